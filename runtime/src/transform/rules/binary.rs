//! Derivatives of ops of two operands.

use super::super::emit::Emit;
use super::partial::Partial;
use crate::dtype::Literal;
use crate::error::Result;
use crate::graph::ValueId;
use crate::op::{BinaryOp, CmpOp, UnaryOp};

/// The derivative of `y = op(a, b)` with respect to operand `k`.
pub(super) fn partial(
    w: &mut dyn Emit,
    op: BinaryOp,
    [a, b]: [ValueId; 2],
    y: ValueId,
    k: usize,
) -> Result<Partial> {
    use BinaryOp::*;
    use Partial::{MinusOne, One, Over, Scale, Zero};
    Ok(match (op, k) {
        (Add, _) | (Sub | Rem | RemEuclid, 0) => One,
        (Sub, _) => MinusOne,
        (Mul, 0) => Scale(w.primal(b)?),
        (Mul, _) => Scale(w.primal(a)?),
        (Div, 0) => Over(w.primal(b)?),
        (Div, _) => {
            let (b, y) = (w.primal(b)?, w.primal(y)?);
            Partial::OverTimes(b, w.neg(y)?)
        }
        // a % b = a - trunc(a / b) * b
        (Rem, _) => {
            let (a, b) = (w.primal(a)?, w.primal(b)?);
            let quotient = w.div(a, b)?;
            let whole = w.unary(UnaryOp::Trunc, quotient)?;
            Scale(w.neg(whole)?)
        }
        (RemEuclid, _) => {
            let (a, b) = (w.primal(a)?, w.primal(b)?);
            let whole = w.binary(DivEuclid, a, b)?;
            Scale(w.neg(whole)?)
        }
        (Pow, 0) => {
            // b * a^(b - 1), and 0 where b is 0: there a^(b - 1) may be infinite.
            let (a, b) = (w.primal(a)?, w.primal(b)?);
            let (zero, one) = (w.number(0.0, b)?, w.number(1.0, b)?);
            let constant = w.compare(CmpOp::Eq, b, zero)?;
            let exponent = w.sub(b, one)?;
            let exponent = w.select(constant, one, exponent)?;
            let power = w.binary(Pow, a, exponent)?;
            Scale(w.mul(b, power)?)
        }
        (Pow, _) => {
            // a^b ln(a), and 0 where a is 0, unless a^b is infinite there.
            let (a, y) = (w.primal(a)?, w.primal(y)?);
            let (zero, one) = (w.number(0.0, a)?, w.number(1.0, a)?);
            let is_zero = w.compare(CmpOp::Eq, a, zero)?;
            let is_finite = w.unary(UnaryOp::IsFinite, y)?;
            let nothing = w.binary(And, is_zero, is_finite)?;
            let base = w.select(nothing, one, a)?;
            let ln = w.unary(UnaryOp::Ln, base)?;
            Scale(w.mul(y, ln)?)
        }
        (Powi, 0) => {
            // n * a^(n - 1); n - 1 must not leave its type, and a^-1 must not make 0 * infinity where n is 0.
            let (a, n) = (w.primal(a)?, w.primal(b)?);
            let ty = w.ty(n);
            let lowest = w.full(Literal::I32(i32::MIN + 1), &ty.shape)?;
            let (zero, one) = (w.full(Literal::I32(0), &ty.shape)?, w.full(Literal::I32(1), &ty.shape)?);
            let bounded = w.binary(Max, n, lowest)?;
            let less = w.sub(bounded, one)?;
            let constant = w.compare(CmpOp::Eq, n, zero)?;
            let exponent = w.select(constant, zero, less)?;
            let power = w.binary(Powi, a, exponent)?;
            let float = w.ty(a).dtype;
            let factor = w.cast(n, float)?;
            Scale(w.mul(factor, power)?)
        }
        (Min | Max, k) => {
            // The operand that is the result; both, by halves, in a tie.
            let (a, b, y) = (w.primal(a)?, w.primal(b)?, w.primal(y)?);
            let is_a = w.compare(CmpOp::Eq, a, y)?;
            let is_b = w.compare(CmpOp::Eq, b, y)?;
            if k == 0 { Partial::Shared(is_a, is_b) } else { Partial::Shared(is_b, is_a) }
        }
        (Atan2, k) => {
            let (a, b) = (w.primal(a)?, w.primal(b)?);
            let (aa, bb) = (w.mul(a, a)?, w.mul(b, b)?);
            let square = w.add(aa, bb)?;
            let over = w.div(if k == 0 { b } else { a }, square)?;
            Scale(if k == 0 { over } else { w.neg(over)? })
        }
        (Hypot, k) => {
            // 0 at the origin, where there is no derivative.
            let (x, y) = (w.primal(if k == 0 { a } else { b })?, w.primal(y)?);
            let (zero, one) = (w.number(0.0, y)?, w.number(1.0, y)?);
            let origin = w.compare(CmpOp::Eq, y, zero)?;
            let length = w.select(origin, one, y)?;
            Scale(w.div(x, length)?)
        }
        (Copysign, 0) => {
            let (a, b) = (w.primal(a)?, w.primal(b)?);
            let one = w.number(1.0, a)?;
            let (sign_a, sign_b) = (w.binary(Copysign, one, a)?, w.binary(Copysign, one, b)?);
            Scale(w.mul(sign_a, sign_b)?)
        }
        (Powi | Copysign | DivEuclid, _) => Zero,
        // Of integers, which have no derivative.
        (And | Or | Xor | Shl | Shr | WrappingAdd | WrappingSub | WrappingMul | WrappingPow, _) => Zero,
        (SaturatingMul | RotateLeft | RotateRight, _) => Zero,
    })
}
