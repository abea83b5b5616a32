//! The value of every scalar op on literals, with exactly Rust's meaning: the definition that constant
//! folding, the op-by-op engine and the register machine share.

use super::{BinaryOp, CmpOp, UnaryOp};
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};

fn overflow(verb: &str, a: Literal, b: Literal, symbol: &str) -> Error {
    Error::new(
        ErrorKind::Arithmetic,
        format!("attempt to {verb} with overflow: `{a} {symbol} {b}` does not fit in {}", a.dtype()),
    )
}

fn unsupported(op: &str, x: Literal) -> Error {
    Error::new(ErrorKind::DType, format!("`{op}` does not take a value of type {}", x.dtype()))
}

macro_rules! float_unary {
    ($op:expr, $x:expr, $wrap:path, $lit:expr) => {{
        use UnaryOp::*;
        let x = $x;
        Ok(match $op {
            Neg => $wrap(-x),
            Abs => $wrap(x.abs()),
            Signum => $wrap(x.signum()),
            Floor => $wrap(x.floor()),
            Ceil => $wrap(x.ceil()),
            Round => $wrap(x.round()),
            RoundTiesEven => $wrap(x.round_ties_even()),
            Trunc => $wrap(x.trunc()),
            Fract => $wrap(x.fract()),
            Sqrt => $wrap(x.sqrt()),
            Cbrt => $wrap(x.cbrt()),
            Exp => $wrap(x.exp()),
            Exp2 => $wrap(x.exp2()),
            ExpM1 => $wrap(x.exp_m1()),
            Ln => $wrap(x.ln()),
            Log2 => $wrap(x.log2()),
            Log10 => $wrap(x.log10()),
            Ln1p => $wrap(x.ln_1p()),
            Sin => $wrap(x.sin()),
            Cos => $wrap(x.cos()),
            Tan => $wrap(x.tan()),
            Asin => $wrap(x.asin()),
            Acos => $wrap(x.acos()),
            Atan => $wrap(x.atan()),
            Sinh => $wrap(x.sinh()),
            Cosh => $wrap(x.cosh()),
            Tanh => $wrap(x.tanh()),
            Asinh => $wrap(x.asinh()),
            Acosh => $wrap(x.acosh()),
            Atanh => $wrap(x.atanh()),
            Recip => $wrap(x.recip()),
            ToDegrees => $wrap(x.to_degrees()),
            ToRadians => $wrap(x.to_radians()),
            IsNan => Literal::Bool(x.is_nan()),
            IsInfinite => Literal::Bool(x.is_infinite()),
            IsFinite => Literal::Bool(x.is_finite()),
            IsSignNegative => Literal::Bool(x.is_sign_negative()),
            IsSignPositive => Literal::Bool(x.is_sign_positive()),
            Not | CountOnes | LeadingZeros | TrailingZeros | SwapBytes | ReverseBits | Isqrt | Ilog2 => {
                return Err(unsupported($op.name(), $lit));
            }
        })
    }};
}

/// What signed and unsigned integers have in common.
macro_rules! bits_unary {
    ($op:expr, $x:expr, $wrap:path, $lit:expr) => {{
        let x = $x;
        match $op {
            UnaryOp::Not => Ok($wrap(!x)),
            UnaryOp::CountOnes => Ok(Literal::U32(x.count_ones())),
            UnaryOp::LeadingZeros => Ok(Literal::U32(x.leading_zeros())),
            UnaryOp::TrailingZeros => Ok(Literal::U32(x.trailing_zeros())),
            UnaryOp::SwapBytes => Ok($wrap(x.swap_bytes())),
            UnaryOp::ReverseBits => Ok($wrap(x.reverse_bits())),
            UnaryOp::Ilog2 => x.checked_ilog2().map(Literal::U32).ok_or_else(|| {
                let message =
                    format!("attempt to take the logarithm of a number that is not positive: `{x}`");
                Error::new(ErrorKind::Arithmetic, message)
            }),
            _ => Err(unsupported($op.name(), $lit)),
        }
    }};
}

macro_rules! unsigned_unary {
    ($op:expr, $x:expr, $wrap:path, $lit:expr) => {
        match $op {
            UnaryOp::Isqrt => Ok($wrap($x.isqrt())),
            _ => bits_unary!($op, $x, $wrap, $lit),
        }
    };
}

macro_rules! signed_unary {
    ($op:expr, $x:expr, $wrap:path, $lit:expr) => {{
        let x = $x;
        if $op == UnaryOp::Isqrt {
            return x.checked_isqrt().map($wrap).ok_or_else(|| {
                let message = format!("attempt to take the square root of a negative integer: `{x}`");
                Error::new(ErrorKind::Arithmetic, message)
            });
        }
        let checked = match $op {
            UnaryOp::Neg => x.checked_neg(),
            UnaryOp::Abs => x.checked_abs(),
            UnaryOp::Signum => Some(x.signum()),
            _ => return bits_unary!($op, x, $wrap, $lit),
        };
        checked.map($wrap).ok_or_else(|| {
            Error::new(
                ErrorKind::Arithmetic,
                format!("attempt to {} with overflow: `{x}` as {}", $op.verb(), $lit.dtype()),
            )
        })
    }};
}

/// The value of a unary op.
pub fn unary(op: UnaryOp, x: Literal) -> Result<Literal> {
    match x {
        Literal::F64(v) => float_unary!(op, v, Literal::F64, x),
        Literal::F32(v) => float_unary!(op, v, Literal::F32, x),
        Literal::I32(v) => signed_unary!(op, v, Literal::I32, x),
        Literal::I64(v) => signed_unary!(op, v, Literal::I64, x),
        Literal::U32(v) => unsigned_unary!(op, v, Literal::U32, x),
        Literal::U64(v) => unsigned_unary!(op, v, Literal::U64, x),
        Literal::Usize(v) => unsigned_unary!(op, v, Literal::Usize, x),
        Literal::Bool(v) if op == UnaryOp::Not => Ok(Literal::Bool(!v)),
        _ => Err(unsupported(op.name(), x)),
    }
}

macro_rules! float_binary {
    ($op:expr, $a:expr, $b:expr, $wrap:path, $lit:expr) => {{
        use BinaryOp::*;
        let (a, b) = ($a, $b);
        Ok($wrap(match $op {
            Add => a + b,
            Sub => a - b,
            Mul => a * b,
            Div => a / b,
            Rem => a % b,
            DivEuclid => a.div_euclid(b),
            RemEuclid => a.rem_euclid(b),
            Pow => a.powf(b),
            Min => a.min(b),
            Max => a.max(b),
            Atan2 => a.atan2(b),
            Hypot => a.hypot(b),
            Copysign => a.copysign(b),
            Powi | And | Or | Xor | Shl | Shr | WrappingAdd | WrappingSub | WrappingMul | WrappingPow
            | SaturatingMul | RotateLeft | RotateRight => return Err(unsupported($op.name(), $lit)),
        }))
    }};
}

macro_rules! int_binary {
    ($op:expr, $a:expr, $b:expr, $wrap:path, $la:expr, $lb:expr) => {{
        use BinaryOp::*;
        let (a, b) = ($a, $b);
        let zero = || {
            let what = if matches!($op, Rem | RemEuclid) {
                "calculate the remainder with a divisor of zero"
            } else {
                "divide by zero"
            };
            Error::new(ErrorKind::Arithmetic, format!("attempt to {what}: `{a} {} {b}`", $op.symbol()))
        };
        if b == 0 && matches!($op, Div | Rem | DivEuclid | RemEuclid) {
            return Err(zero());
        }
        let (value, verb) = match $op {
            Add => (a.checked_add(b), "add"),
            Sub => (a.checked_sub(b), "subtract"),
            Mul => (a.checked_mul(b), "multiply"),
            Div => (a.checked_div(b), "divide"),
            Rem => (a.checked_rem(b), "calculate the remainder"),
            DivEuclid => (a.checked_div_euclid(b), "divide"),
            RemEuclid => (a.checked_rem_euclid(b), "calculate the remainder"),
            Min => (Some(a.min(b)), ""),
            Max => (Some(a.max(b)), ""),
            And => (Some(a & b), ""),
            Or => (Some(a | b), ""),
            Xor => (Some(a ^ b), ""),
            WrappingAdd => (Some(a.wrapping_add(b)), ""),
            WrappingSub => (Some(a.wrapping_sub(b)), ""),
            WrappingMul => (Some(a.wrapping_mul(b)), ""),
            SaturatingMul => (Some(a.saturating_mul(b)), ""),
            Pow | Powi | Atan2 | Hypot | Copysign | Shl | Shr | WrappingPow | RotateLeft | RotateRight => {
                return Err(unsupported($op.name(), $la));
            }
        };
        value.map($wrap).ok_or_else(|| overflow(verb, $la, $lb, $op.symbol()))
    }};
}

/// Exponents and distances, which have a type of their own.
macro_rules! int_by_count {
    ($op:expr, $a:expr, $wrap:path, $la:expr, $lb:expr) => {{
        let a = $a;
        // One that is negative, or larger than any of `u32`, is too large as well.
        let count = $lb.as_i128().and_then(|b| u32::try_from(b).ok());
        let n = count.unwrap_or(u32::MAX);
        let (value, verb) = match $op {
            BinaryOp::Shl => (a.checked_shl(n), "shift left"),
            BinaryOp::Shr => (a.checked_shr(n), "shift right"),
            BinaryOp::Pow => (a.checked_pow(n), "raise to a power"),
            BinaryOp::WrappingPow => (Some(a.wrapping_pow(n)), ""),
            BinaryOp::RotateLeft => (Some(a.rotate_left(n)), ""),
            BinaryOp::RotateRight => (Some(a.rotate_right(n)), ""),
            _ => return Err(unsupported($op.name(), $la)),
        };
        value.map($wrap).ok_or_else(|| match $op {
            BinaryOp::Pow => overflow(verb, $la, $lb, $op.symbol()),
            _ => {
                let (bits, dtype) = (8 * $la.dtype().size(), $la.dtype());
                let message = format!(
                    "attempt to {verb} with overflow: `{} {} {}`, but {dtype} has {bits} bits",
                    $la,
                    $op.symbol(),
                    $lb
                );
                Error::new(ErrorKind::Arithmetic, message)
            }
        })
    }};
}

/// The value of a binary op; both of one dtype, but for what [`BinaryOp::second`] says.
pub fn binary(op: BinaryOp, a: Literal, b: Literal) -> Result<Literal> {
    match (a, b) {
        (Literal::F64(x), Literal::I32(n)) if op == BinaryOp::Powi => Ok(Literal::F64(x.powi(n))),
        (Literal::F32(x), Literal::I32(n)) if op == BinaryOp::Powi => Ok(Literal::F32(x.powi(n))),
        _ if op.counts() && a.dtype().is_int() && op.takes(a.dtype(), b.dtype()) => by_count(op, a, b),
        (Literal::F64(x), Literal::F64(y)) => float_binary!(op, x, y, Literal::F64, a),
        (Literal::F32(x), Literal::F32(y)) => float_binary!(op, x, y, Literal::F32, a),
        (Literal::I32(x), Literal::I32(y)) => int_binary!(op, x, y, Literal::I32, a, b),
        (Literal::U32(x), Literal::U32(y)) => int_binary!(op, x, y, Literal::U32, a, b),
        (Literal::I64(x), Literal::I64(y)) => int_binary!(op, x, y, Literal::I64, a, b),
        (Literal::U64(x), Literal::U64(y)) => int_binary!(op, x, y, Literal::U64, a, b),
        (Literal::Usize(x), Literal::Usize(y)) => int_binary!(op, x, y, Literal::Usize, a, b),
        (Literal::Bool(x), Literal::Bool(y)) => match op {
            BinaryOp::And => Ok(Literal::Bool(x & y)),
            BinaryOp::Or => Ok(Literal::Bool(x | y)),
            BinaryOp::Xor => Ok(Literal::Bool(x ^ y)),
            BinaryOp::Min => Ok(Literal::Bool(x.min(y))),
            BinaryOp::Max => Ok(Literal::Bool(x.max(y))),
            _ => Err(unsupported(op.name(), a)),
        },
        _ => Err(Error::new(
            ErrorKind::DType,
            format!("`{}` takes two values of one type, not {} and {}", op.name(), a.dtype(), b.dtype()),
        )),
    }
}

fn by_count(op: BinaryOp, a: Literal, b: Literal) -> Result<Literal> {
    match a {
        Literal::I32(x) => int_by_count!(op, x, Literal::I32, a, b),
        Literal::U32(x) => int_by_count!(op, x, Literal::U32, a, b),
        Literal::I64(x) => int_by_count!(op, x, Literal::I64, a, b),
        Literal::U64(x) => int_by_count!(op, x, Literal::U64, a, b),
        Literal::Usize(x) => int_by_count!(op, x, Literal::Usize, a, b),
        _ => Err(unsupported(op.name(), a)),
    }
}

/// The value of a comparison; both of one dtype.
pub fn compare(op: CmpOp, a: Literal, b: Literal) -> Result<bool> {
    fn by<T: PartialOrd>(op: CmpOp, a: T, b: T) -> bool {
        match op {
            CmpOp::Eq => a == b,
            CmpOp::Ne => a != b,
            CmpOp::Lt => a < b,
            CmpOp::Le => a <= b,
            CmpOp::Gt => a > b,
            CmpOp::Ge => a >= b,
        }
    }
    Ok(match (a, b) {
        (Literal::F64(x), Literal::F64(y)) => by(op, x, y),
        (Literal::F32(x), Literal::F32(y)) => by(op, x, y),
        (Literal::I32(x), Literal::I32(y)) => by(op, x, y),
        (Literal::U32(x), Literal::U32(y)) => by(op, x, y),
        (Literal::I64(x), Literal::I64(y)) => by(op, x, y),
        (Literal::U64(x), Literal::U64(y)) => by(op, x, y),
        (Literal::Usize(x), Literal::Usize(y)) => by(op, x, y),
        (Literal::Bool(x), Literal::Bool(y)) => by(op, x, y),
        _ => {
            return Err(Error::new(
                ErrorKind::DType,
                format!(
                    "`{}` compares two values of one type, not {} and {}",
                    op.symbol(),
                    a.dtype(),
                    b.dtype()
                ),
            ));
        }
    })
}

/// `a * b + c` with one rounding.
pub fn mul_add(a: Literal, b: Literal, c: Literal) -> Result<Literal> {
    match (a, b, c) {
        (Literal::F64(a), Literal::F64(b), Literal::F64(c)) => Ok(Literal::F64(a.mul_add(b, c))),
        (Literal::F32(a), Literal::F32(b), Literal::F32(c)) => Ok(Literal::F32(a.mul_add(b, c))),
        _ => Err(unsupported("mul_add", a)),
    }
}

/// A unary op can fail on some value of that dtype (overflow).
pub fn unary_may_fail(op: UnaryOp, dtype: DType) -> bool {
    match op {
        UnaryOp::Neg | UnaryOp::Abs => dtype.is_int(),
        UnaryOp::Isqrt => dtype.is_signed(),
        UnaryOp::Ilog2 => true,
        _ => false,
    }
}

/// A binary op can fail on some values of that dtype (overflow, division by zero).
pub fn binary_may_fail(op: BinaryOp, dtype: DType) -> bool {
    use BinaryOp::*;
    dtype.is_int() && matches!(op, Add | Sub | Mul | Div | Rem | DivEuclid | RemEuclid | Pow | Shl | Shr)
}
