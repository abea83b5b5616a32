//! Derivatives of ops of one operand.

use super::super::emit::Emit;
use super::partial::Partial;
use crate::error::Result;
use crate::graph::ValueId;
use crate::op::{CmpOp, UnaryOp};
use std::f64::consts::{LN_2, LN_10, PI};

/// The op is constant between its jumps.
pub(super) fn is_flat(op: UnaryOp) -> bool {
    use UnaryOp::*;
    matches!(op, Signum | Floor | Ceil | Round | RoundTiesEven | Trunc)
}

/// `dy/dx` of `y = op(x)`.
pub(super) fn partial(w: &mut dyn Emit, op: UnaryOp, x: ValueId, y: ValueId) -> Result<Partial> {
    use Partial::{MinusOne, One, Over, Scale, Zero};
    use UnaryOp::*;
    Ok(match op {
        Neg => MinusOne,
        Fract => One,
        Abs => {
            // 0 at 0, the middle of both sides.
            let x = w.primal(x)?;
            let zero = w.number(0.0, x)?;
            let sign = w.unary(Signum, x)?;
            let at_zero = w.compare(CmpOp::Eq, x, zero)?;
            Scale(w.select(at_zero, zero, sign)?)
        }
        Sqrt => {
            let y = w.primal(y)?;
            Over(w.add(y, y)?)
        }
        Cbrt => {
            let y = w.primal(y)?;
            let square = w.mul(y, y)?;
            Over(w.scale(3.0, square)?)
        }
        Exp => Scale(w.primal(y)?),
        Exp2 => {
            let y = w.primal(y)?;
            Scale(w.scale(LN_2, y)?)
        }
        ExpM1 => {
            let y = w.primal(y)?;
            let one = w.number(1.0, y)?;
            Scale(w.add(y, one)?)
        }
        Ln => Over(w.primal(x)?),
        Log2 => {
            let x = w.primal(x)?;
            Over(w.scale(LN_2, x)?)
        }
        Log10 => {
            let x = w.primal(x)?;
            Over(w.scale(LN_10, x)?)
        }
        Ln1p => {
            let x = w.primal(x)?;
            let one = w.number(1.0, x)?;
            Over(w.add(one, x)?)
        }
        Sin => {
            let x = w.primal(x)?;
            Scale(w.unary(Cos, x)?)
        }
        Cos => {
            let x = w.primal(x)?;
            let sin = w.unary(Sin, x)?;
            Scale(w.neg(sin)?)
        }
        Tan => {
            let y = w.primal(y)?;
            Scale(square_plus(w, y, 1.0)?)
        }
        Asin => {
            let x = w.primal(x)?;
            let below = one_minus_square(w, x)?;
            Over(w.unary(Sqrt, below)?)
        }
        Acos => {
            let x = w.primal(x)?;
            let below = one_minus_square(w, x)?;
            let root = w.unary(Sqrt, below)?;
            Over(w.neg(root)?)
        }
        Atan => {
            let x = w.primal(x)?;
            Over(square_plus(w, x, 1.0)?)
        }
        Sinh => {
            let x = w.primal(x)?;
            Scale(w.unary(Cosh, x)?)
        }
        Cosh => {
            let x = w.primal(x)?;
            Scale(w.unary(Sinh, x)?)
        }
        Tanh => {
            let y = w.primal(y)?;
            Scale(one_minus_square(w, y)?)
        }
        Asinh => {
            let x = w.primal(x)?;
            let below = square_plus(w, x, 1.0)?;
            Over(w.unary(Sqrt, below)?)
        }
        Acosh => {
            // Two roots: near 1 the difference of squares would cancel.
            let x = w.primal(x)?;
            let one = w.number(1.0, x)?;
            let (below, above) = (w.sub(x, one)?, w.add(x, one)?);
            let (below, above) = (w.unary(Sqrt, below)?, w.unary(Sqrt, above)?);
            Over(w.mul(below, above)?)
        }
        Atanh => {
            let x = w.primal(x)?;
            Over(one_minus_square(w, x)?)
        }
        Recip => {
            let y = w.primal(y)?;
            let square = w.mul(y, y)?;
            Scale(w.neg(square)?)
        }
        ToDegrees => Scale(w.number(180.0 / PI, y)?),
        ToRadians => Scale(w.number(PI / 180.0, y)?),
        Not | Signum | Floor | Ceil | Round | RoundTiesEven | Trunc | IsNan | IsInfinite | IsFinite
        | IsSignNegative | IsSignPositive => Zero,
        // Of integers, which have no derivative.
        CountOnes | LeadingZeros | TrailingZeros | SwapBytes | ReverseBits | Isqrt | Ilog2 => Zero,
    })
}

/// `x^2 + k`
fn square_plus(w: &mut dyn Emit, x: ValueId, k: f64) -> Result<ValueId> {
    let square = w.mul(x, x)?;
    let k = w.number(k, x)?;
    w.add(square, k)
}

/// `1 - x^2`, as a product that does not cancel near 1.
fn one_minus_square(w: &mut dyn Emit, x: ValueId) -> Result<ValueId> {
    let one = w.number(1.0, x)?;
    let (below, above) = (w.sub(one, x)?, w.add(one, x)?);
    w.mul(below, above)
}
