//! Elementwise operations: their names and what types they take. Their values are in
//! [`scalar`]; arrays go to Candle where it has the op.

use super::datum::{Datum, collect};
use super::{Op, scalar};
use crate::array::{Buffer, Device};
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use candle_core::Tensor;

/// Declares an enum of ops with their textual names in one table.
macro_rules! named_ops {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)* }

        impl $name {
            /// Every op of this family.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Its name in the textual form and in messages.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The op of that name.
            pub fn from_name(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|op| op.name() == name)
            }
        }
    };
}
pub(crate) use named_ops;

named_ops! {
    /// Operations of one operand, with the meaning of Rust's operator or method of that name.
    UnaryOp {
        /// `-x`
        Neg = "neg",
        /// `!x` of bools and integers
        Not = "not",
        /// `x.abs()`
        Abs = "abs",
        /// `x.signum()`
        Signum = "signum",
        /// `x.floor()`
        Floor = "floor",
        /// `x.ceil()`
        Ceil = "ceil",
        /// `x.round()`: half away from zero
        Round = "round",
        /// `x.round_ties_even()`
        RoundTiesEven = "round_ties_even",
        /// `x.trunc()`
        Trunc = "trunc",
        /// `x.fract()`
        Fract = "fract",
        /// `x.sqrt()`
        Sqrt = "sqrt",
        /// `x.cbrt()`
        Cbrt = "cbrt",
        /// `x.exp()`
        Exp = "exp",
        /// `x.exp2()`
        Exp2 = "exp2",
        /// `x.exp_m1()`
        ExpM1 = "exp_m1",
        /// `x.ln()`
        Ln = "ln",
        /// `x.log2()`
        Log2 = "log2",
        /// `x.log10()`
        Log10 = "log10",
        /// `x.ln_1p()`
        Ln1p = "ln_1p",
        /// `x.sin()`
        Sin = "sin",
        /// `x.cos()`
        Cos = "cos",
        /// `x.tan()`
        Tan = "tan",
        /// `x.asin()`
        Asin = "asin",
        /// `x.acos()`
        Acos = "acos",
        /// `x.atan()`
        Atan = "atan",
        /// `x.sinh()`
        Sinh = "sinh",
        /// `x.cosh()`
        Cosh = "cosh",
        /// `x.tanh()`
        Tanh = "tanh",
        /// `x.asinh()`
        Asinh = "asinh",
        /// `x.acosh()`
        Acosh = "acosh",
        /// `x.atanh()`
        Atanh = "atanh",
        /// `x.recip()`
        Recip = "recip",
        /// `x.to_degrees()`
        ToDegrees = "to_degrees",
        /// `x.to_radians()`
        ToRadians = "to_radians",
        /// `x.count_ones()` of integers, as those below
        CountOnes = "count_ones",
        /// `x.leading_zeros()`
        LeadingZeros = "leading_zeros",
        /// `x.trailing_zeros()`
        TrailingZeros = "trailing_zeros",
        /// `x.swap_bytes()`
        SwapBytes = "swap_bytes",
        /// `x.reverse_bits()`
        ReverseBits = "reverse_bits",
        /// `x.isqrt()`
        Isqrt = "isqrt",
        /// `x.ilog2()`
        Ilog2 = "ilog2",
        /// `x.is_nan()`
        IsNan = "is_nan",
        /// `x.is_infinite()`
        IsInfinite = "is_infinite",
        /// `x.is_finite()`
        IsFinite = "is_finite",
        /// `x.is_sign_negative()`
        IsSignNegative = "is_sign_negative",
        /// `x.is_sign_positive()`
        IsSignPositive = "is_sign_positive",
    }
}

named_ops! {
    /// Operations of two operands, with the meaning of Rust's operator or method. Both have one dtype, but for what
    /// [`BinaryOp::second`] says.
    BinaryOp {
        /// `a + b`
        Add = "add",
        /// `a - b`
        Sub = "sub",
        /// `a * b`
        Mul = "mul",
        /// `a / b`
        Div = "div",
        /// `a % b`
        Rem = "rem",
        /// `a.div_euclid(b)`
        DivEuclid = "div_euclid",
        /// `a.rem_euclid(b)`
        RemEuclid = "rem_euclid",
        /// `a.powf(b)`; integers: `a.pow(b)`
        Pow = "pow",
        /// `a.powi(b)`: `a` float, `b` `i32`
        Powi = "powi",
        /// `a.min(b)`: the other one where one is NaN
        Min = "min",
        /// `a.max(b)`: the other one where one is NaN
        Max = "max",
        /// `a.atan2(b)`
        Atan2 = "atan2",
        /// `a.hypot(b)`
        Hypot = "hypot",
        /// `a.copysign(b)`
        Copysign = "copysign",
        /// `a & b`
        And = "and",
        /// `a | b`
        Or = "or",
        /// `a ^ b`
        Xor = "xor",
        /// `a << b`
        Shl = "shl",
        /// `a >> b`
        Shr = "shr",
        /// `a.wrapping_add(b)` of integers, as those below
        WrappingAdd = "wrapping_add",
        /// `a.wrapping_sub(b)`
        WrappingSub = "wrapping_sub",
        /// `a.wrapping_mul(b)`
        WrappingMul = "wrapping_mul",
        /// `a.wrapping_pow(b)`
        WrappingPow = "wrapping_pow",
        /// `a.saturating_mul(b)`
        SaturatingMul = "saturating_mul",
        /// `a.rotate_left(b)`
        RotateLeft = "rotate_left",
        /// `a.rotate_right(b)`
        RotateRight = "rotate_right",
    }
}

named_ops! {
    /// Comparisons, to `bool`; false with a NaN (but `Ne` true).
    CmpOp {
        /// `a == b`
        Eq = "eq",
        /// `a != b`
        Ne = "ne",
        /// `a < b`
        Lt = "lt",
        /// `a <= b`
        Le = "le",
        /// `a > b`
        Gt = "gt",
        /// `a >= b`
        Ge = "ge",
    }
}

impl UnaryOp {
    /// The dtype of the result, `None` where the op does not take that dtype.
    pub fn result(self, x: DType) -> Option<DType> {
        use UnaryOp::*;
        match self {
            Neg => (x.is_float() || matches!(x, DType::I32 | DType::I64)).then_some(x),
            Not => (x == DType::Bool || x.is_int()).then_some(x),
            Abs | Signum => (x.is_float() || matches!(x, DType::I32 | DType::I64)).then_some(x),
            CountOnes | LeadingZeros | TrailingZeros | Ilog2 => x.is_int().then_some(DType::U32),
            SwapBytes | ReverseBits | Isqrt => x.is_int().then_some(x),
            IsNan | IsInfinite | IsFinite | IsSignNegative | IsSignPositive => {
                x.is_float().then_some(DType::Bool)
            }
            _ => x.is_float().then_some(x),
        }
    }

    /// How messages write it.
    pub fn verb(self) -> &'static str {
        match self {
            UnaryOp::Neg => "negate",
            UnaryOp::Not => "apply `!` to",
            other => other.name(),
        }
    }
}

impl BinaryOp {
    /// The dtype of the result for left operand `a`, `None` where the op does not take that dtype.
    pub fn result(self, a: DType) -> Option<DType> {
        use BinaryOp::*;
        let ok = match self {
            Add | Sub | Mul | Div | Rem | DivEuclid | RemEuclid | Pow => a != DType::Bool,
            Min | Max => true,
            Powi | Atan2 | Hypot | Copysign => a.is_float(),
            And | Or | Xor => !a.is_float(),
            Shl | Shr | WrappingAdd | WrappingSub | WrappingMul | WrappingPow | SaturatingMul
            | RotateLeft | RotateRight => a.is_int(),
        };
        ok.then_some(a)
    }

    /// The dtype of the right operand for left operand `a`: the same, but for exponents and distances, which have the
    /// types of Rust's methods. (A distance of `<<` and `>>` may have [any integer type](Self::takes).)
    pub fn second(self, a: DType) -> DType {
        use BinaryOp::*;
        match self {
            Powi => DType::I32,
            _ if self.counts() && a.is_int() => DType::U32,
            _ => a,
        }
    }

    /// Of integers, the right operand is an exponent or a distance.
    pub fn counts(self) -> bool {
        use BinaryOp::*;
        matches!(self, Pow | Shl | Shr | WrappingPow | RotateLeft | RotateRight)
    }

    /// It takes a right operand of dtype `b` beside a left one of dtype `a`.
    pub fn takes(self, a: DType, b: DType) -> bool {
        b == self.second(a) || (matches!(self, BinaryOp::Shl | BinaryOp::Shr) && b.is_int())
    }

    /// The operator or method as the user writes it.
    pub fn symbol(self) -> &'static str {
        use BinaryOp::*;
        match self {
            Add => "+",
            Sub => "-",
            Mul => "*",
            Div => "/",
            Rem => "%",
            And => "&",
            Or => "|",
            Xor => "^",
            Shl => "<<",
            Shr => ">>",
            other => other.name(),
        }
    }
}

impl CmpOp {
    /// The operator as the user writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            CmpOp::Eq => "==",
            CmpOp::Ne => "!=",
            CmpOp::Lt => "<",
            CmpOp::Le => "<=",
            CmpOp::Gt => ">",
            CmpOp::Ge => ">=",
        }
    }
}

/// The Candle op with exactly the meaning of ours, where there is one.
fn candle_unary(op: UnaryOp) -> Option<fn(&Tensor) -> candle_core::Result<Tensor>> {
    Some(match op {
        UnaryOp::Neg => Tensor::neg,
        UnaryOp::Abs => Tensor::abs,
        UnaryOp::Floor => Tensor::floor,
        UnaryOp::Ceil => Tensor::ceil,
        UnaryOp::Round => Tensor::round,
        UnaryOp::Sqrt => Tensor::sqrt,
        UnaryOp::Exp => Tensor::exp,
        UnaryOp::Ln => Tensor::log,
        UnaryOp::Sin => Tensor::sin,
        UnaryOp::Cos => Tensor::cos,
        UnaryOp::Tanh => Tensor::tanh,
        UnaryOp::Recip => Tensor::recip,
        _ => return None,
    })
}

/// As [`candle_unary`]. Candle's `maximum` and `minimum` treat NaN in another way than Rust, and its `pow`
/// is `exp(y ln x)`: those are not here.
fn candle_binary(op: BinaryOp) -> Option<fn(&Tensor, &Tensor) -> candle_core::Result<Tensor>> {
    Some(match op {
        BinaryOp::Add => |a, b| a.add(b),
        BinaryOp::Sub => |a, b| a.sub(b),
        BinaryOp::Mul => |a, b| a.mul(b),
        BinaryOp::Div => |a, b| a.div(b),
        _ => return None,
    })
}

fn candle_compare(op: CmpOp) -> fn(&Tensor, &Tensor) -> candle_core::Result<Tensor> {
    match op {
        CmpOp::Eq => |a, b| a.eq(b),
        CmpOp::Ne => |a, b| a.ne(b),
        CmpOp::Lt => |a, b| a.lt(b),
        CmpOp::Le => |a, b| a.le(b),
        CmpOp::Gt => |a, b| a.gt(b),
        CmpOp::Ge => |a, b| a.ge(b),
    }
}

/// The result by Candle, `None` where Candle lacks the op or gives it another meaning.
fn on_candle(op: &Op, inputs: &[Datum<'_>], device: &Device) -> Result<Option<Tensor>> {
    let dtype = inputs[inputs.len() - 1].ty().dtype;
    let tensor = |k: usize| inputs[k].tensor(device);
    let result = match op {
        Op::Unary(op) if dtype.is_float() => match candle_unary(*op) {
            Some(f) => f(&tensor(0)?)?,
            None => return Ok(None),
        },
        Op::Binary(op) if dtype.is_float() => match candle_binary(*op) {
            Some(f) => f(&tensor(0)?, &tensor(1)?)?,
            None => return Ok(None),
        },
        Op::Compare(op) if dtype.is_float() => candle_compare(*op)(&tensor(0)?, &tensor(1)?)?,
        Op::Select if dtype.is_float() => tensor(0)?.contiguous()?.where_cond(&tensor(1)?, &tensor(2)?)?,
        Op::Cast(to) if dtype.is_float() && to.is_float() => tensor(0)?.to_dtype(to.candle())?,
        _ => return Ok(None),
    };
    Ok(Some(result))
}

pub(super) fn eval<'a>(op: &Op, inputs: Vec<Datum<'a>>, out: &Type, device: &Device) -> Result<Datum<'a>> {
    // One repeated value stays one.
    let repeated = inputs.iter().map(|d| match d {
        Datum::Splat(literal, _) => Some(Datum::Scalar(*literal)),
        _ => None,
    });
    if let Some(scalars) = repeated.collect::<Option<Vec<_>>>()
        && let Datum::Scalar(literal) = super::eval::eval(op, scalars, &Type::scalar(out.dtype), device)?
    {
        return Ok(Datum::Splat(literal, out.shape.clone()));
    }
    if out.count() > 0
        && let Some(tensor) = on_candle(op, &inputs, device)?
    {
        return Ok(Datum::owned(Buffer::from_tensor(tensor, out.dtype)?));
    }
    let inputs = super::eval::all_on_host(inputs)?;
    let readers = inputs.iter().map(Datum::reader).collect::<Result<Vec<_>>>()?;
    let at = |operand: usize, k: usize| (readers[operand])(k);
    let buffer = collect(out.dtype, &out.shape, |k| match op {
        Op::Unary(op) => scalar::unary(*op, at(0, k)),
        Op::Binary(op) => scalar::binary(*op, at(0, k), at(1, k)),
        Op::Compare(op) => scalar::compare(*op, at(0, k), at(1, k)).map(Literal::Bool),
        Op::Select => Ok(if at(0, k) == Literal::Bool(true) { at(1, k) } else { at(2, k) }),
        Op::MulAdd => scalar::mul_add(at(0, k), at(1, k), at(2, k)),
        Op::Cast(to) => Ok(at(0, k).cast(*to)),
        other => Err(Error::new(ErrorKind::Verify, format!("`{}` is not elementwise", other.name()))),
    })?;
    super::eval::to_device(buffer, device)
}
