//! The mathematics of compiled kernels: `exp`, `sin`, `powf`, .. on tiles and on single elements, and the sums,
//! products and extremes of blocks.
//!
//! An element has the same bits on every CPU, in a tile or alone, wherever it stands in the tile: a function
//! is one definition in correctly rounded operations (`tile.rs` says how it becomes machine code). Errors
//! are below 1 ulp (the table is in `docs/vector-math.md`), special values those of C99, Annex F. `f32` is
//! computed as `f64` and rounded once.
//!
//! | file | holds |
//! | --- | --- |
//! | `exp.rs`, `log.rs`, `power.rs` | exp, exp2, exp_m1; ln, log2, log10, ln_1p; cbrt, hypot, powf |
//! | `trig.rs`, `inverse_trig.rs` | sin, cos, tan; asin, acos, atan, atan2 |
//! | `hyperbolic.rs` | sinh, cosh, tanh, asinh, acosh, atanh |
//! | `bits.rs` | what they are made of |
//! | `tile.rs` | from a definition to its compiled forms |
//! | `reduce.rs` | the one order in which elements are combined |
//! | `tests/` | errors against multiprecision references; the scripts that made these and the polynomials |

mod bits;
mod exp;
mod hyperbolic;
mod inverse_trig;
mod log;
mod power;
pub(crate) mod reduce;
#[cfg(test)]
mod tests;
mod tile;
mod trig;

use crate::op::{BinaryOp, UnaryOp};
use tile::Level;

/// `n` elements from `src` to `dst`; they may be the same memory, or not overlap at all.
pub(crate) type Unary64 = unsafe extern "C" fn(dst: *mut f64, src: *const f64, n: usize);
/// `n` elements from `a` and `b` to `dst`, which may be the same memory as either, or not overlap it at all.
pub(crate) type Binary64 = unsafe extern "C" fn(dst: *mut f64, a: *const f64, b: *const f64, n: usize);
/// As [`Unary64`].
pub(crate) type Unary32 = unsafe extern "C" fn(dst: *mut f32, src: *const f32, n: usize);
/// As [`Binary64`].
pub(crate) type Binary32 = unsafe extern "C" fn(dst: *mut f32, a: *const f32, b: *const f32, n: usize);

/// `$form` with `$F` the type that defines the op; `None` where the op is not of this library.
macro_rules! form_of {
    ($op:expr, $F:ident => $form:expr; $($name:path = $function:ty,)*) => {
        match $op {
            $($name => {
                type $F = $function;
                Some($form)
            })*
            _ => None,
        }
    };
    (unary $op:expr, $F:ident => $form:expr) => {
        form_of! { $op, $F => $form;
            UnaryOp::Cbrt = power::Cbrt,
            UnaryOp::Exp = exp::Exp,
            UnaryOp::Exp2 = exp::Exp2,
            UnaryOp::ExpM1 = exp::ExpM1,
            UnaryOp::Ln = log::Ln,
            UnaryOp::Log2 = log::Log2,
            UnaryOp::Log10 = log::Log10,
            UnaryOp::Ln1p = log::Ln1p,
            UnaryOp::Sin = trig::Sin,
            UnaryOp::Cos = trig::Cos,
            UnaryOp::Tan = trig::Tan,
            UnaryOp::Asin = inverse_trig::Asin,
            UnaryOp::Acos = inverse_trig::Acos,
            UnaryOp::Atan = inverse_trig::Atan,
            UnaryOp::Sinh = hyperbolic::Sinh,
            UnaryOp::Cosh = hyperbolic::Cosh,
            UnaryOp::Tanh = hyperbolic::Tanh,
            UnaryOp::Asinh = hyperbolic::Asinh,
            UnaryOp::Acosh = hyperbolic::Acosh,
            UnaryOp::Atanh = hyperbolic::Atanh,
        }
    };
    (binary $op:expr, $F:ident => $form:expr) => {
        form_of! { $op, $F => $form;
            BinaryOp::Pow = power::Pow,
            BinaryOp::Atan2 = inverse_trig::Atan2,
            BinaryOp::Hypot = power::Hypot,
        }
    };
}

/// The forms of every function for one level. To call one, the CPU must have that level.
impl Level {
    fn unary64(self, op: UnaryOp) -> Option<Unary64> {
        form_of!(unary op, F => tile::unary::<F, f64>(self))
    }

    fn unary32(self, op: UnaryOp) -> Option<Unary32> {
        form_of!(unary op, F => tile::unary::<F, f32>(self))
    }

    fn binary64(self, op: BinaryOp) -> Option<Binary64> {
        form_of!(binary op, F => tile::binary::<F, f64>(self))
    }

    fn binary32(self, op: BinaryOp) -> Option<Binary32> {
        form_of!(binary op, F => tile::binary::<F, f32>(self))
    }

    fn scalar_unary64(self, op: UnaryOp) -> Option<unsafe extern "C" fn(f64) -> f64> {
        form_of!(unary op, F => tile::scalar_unary::<F, f64>(self))
    }

    fn scalar_unary32(self, op: UnaryOp) -> Option<unsafe extern "C" fn(f32) -> f32> {
        form_of!(unary op, F => tile::scalar_unary::<F, f32>(self))
    }

    fn scalar_binary64(self, op: BinaryOp) -> Option<unsafe extern "C" fn(f64, f64) -> f64> {
        form_of!(binary op, F => tile::scalar_binary::<F, f64>(self))
    }

    fn scalar_binary32(self, op: BinaryOp) -> Option<unsafe extern "C" fn(f32, f32) -> f32> {
        form_of!(binary op, F => tile::scalar_binary::<F, f32>(self))
    }
}

/// The function on tiles of `f64`; `None` where the op is not of this library.
pub(crate) fn unary64(op: UnaryOp) -> Option<Unary64> {
    Level::best().unary64(op)
}

/// The function on tiles of `f32`; `None` where the op is not of this library.
pub(crate) fn unary32(op: UnaryOp) -> Option<Unary32> {
    Level::best().unary32(op)
}

/// The function on tiles of `f64`; `None` where the op is not of this library.
pub(crate) fn binary64(op: BinaryOp) -> Option<Binary64> {
    Level::best().binary64(op)
}

/// The function on tiles of `f32`; `None` where the op is not of this library.
pub(crate) fn binary32(op: BinaryOp) -> Option<Binary32> {
    Level::best().binary32(op)
}

/// The function on one element, with the same bits as in a tile.
pub(crate) fn scalar_unary64(op: UnaryOp) -> Option<extern "C" fn(f64) -> f64> {
    // SAFETY: unsafe only because of the instructions used, and this CPU has them.
    Level::best_for_scalars().scalar_unary64(op).map(|f| unsafe { std::mem::transmute(f) })
}

/// The function on one element, with the same bits as in a tile.
pub(crate) fn scalar_unary32(op: UnaryOp) -> Option<extern "C" fn(f32) -> f32> {
    // SAFETY: unsafe only because of the instructions used, and this CPU has them.
    Level::best_for_scalars().scalar_unary32(op).map(|f| unsafe { std::mem::transmute(f) })
}

/// The function on one element, with the same bits as in a tile.
pub(crate) fn scalar_binary64(op: BinaryOp) -> Option<extern "C" fn(f64, f64) -> f64> {
    // SAFETY: unsafe only because of the instructions used, and this CPU has them.
    Level::best_for_scalars().scalar_binary64(op).map(|f| unsafe { std::mem::transmute(f) })
}

/// The function on one element, with the same bits as in a tile.
pub(crate) fn scalar_binary32(op: BinaryOp) -> Option<extern "C" fn(f32, f32) -> f32> {
    // SAFETY: unsafe only because of the instructions used, and this CPU has them.
    Level::best_for_scalars().scalar_binary32(op).map(|f| unsafe { std::mem::transmute(f) })
}
