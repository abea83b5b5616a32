//! The types that an array can hold.

use crate::dtype::{DType, Literal};
use std::fmt;
use std::ops::{AddAssign, DivAssign, MulAssign, Rem, RemAssign, SubAssign};

mod sealed {
    pub trait Sealed {}
}

/// A type that an array can hold: `f64`, `f32`, `i64`, `i32`, `u32`, `u64`, `usize`, `bool`.
///
/// Sealed: `DTYPE` says exactly which type it is, and the buffers rely on that.
#[diagnostic::on_unimplemented(
    message = "an array can't hold `{Self}`",
    note = "the element types are f64, f32, i64, i32, u32, u64, usize and bool"
)]
pub trait Element:
    Copy
    + PartialEq
    + PartialOrd
    + Default
    + fmt::Debug
    + fmt::Display
    + Send
    + Sync
    + ndarray::ScalarOperand
    + sealed::Sealed
    + 'static
{
    /// The dtype of this type.
    const DTYPE: DType;
    /// Zero, or `false`.
    const ZERO: Self;
    /// One, or `true`.
    const ONE: Self;

    /// The value with its dtype.
    fn to_literal(self) -> Literal;
    /// The value of a literal of this very dtype; `None` for any other (nothing is converted).
    fn from_literal(literal: Literal) -> Option<Self>;
    /// The type that NumPy files store it as.
    #[doc(hidden)]
    type File: Copy + ndarray_npy::ReadableElement + ndarray_npy::WritableElement;
    #[doc(hidden)]
    fn to_file(self) -> Option<Self::File>;
    #[doc(hidden)]
    fn from_file(value: Self::File) -> Option<Self>;
    /// It is not equal to itself: a NaN. Always `false` for integers and `bool`.
    fn is_nan_value(self) -> bool;
}

/// An element type with arithmetic: all but `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no arithmetic",
    note = "this needs an array of numbers: f64, f32, i64, i32, u32, u64 or usize"
)]
pub trait Number:
    Element
    + ndarray::LinalgScalar
    + Rem<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + RemAssign
{
    /// The nearest value to `x` (Rust's `as`).
    fn of_f64(x: f64) -> Self;
    /// The value as `f64` (Rust's `as`).
    fn as_f64(self) -> f64;
}

macro_rules! elements {
    ($($ty:ident $variant:ident $zero:literal $one:literal $file:ident;)*) => {$(
        impl sealed::Sealed for $ty {}
        impl Element for $ty {
            const DTYPE: DType = DType::$variant;
            const ZERO: $ty = $zero;
            const ONE: $ty = $one;
            fn to_literal(self) -> Literal {
                Literal::$variant(self)
            }
            fn from_literal(literal: Literal) -> Option<$ty> {
                match literal {
                    Literal::$variant(v) => Some(v),
                    _ => None,
                }
            }
            type File = $file;
            fn to_file(self) -> Option<$file> {
                $file::try_from(self).ok()
            }
            fn from_file(value: $file) -> Option<$ty> {
                $ty::try_from(value).ok()
            }
            #[inline]
            #[allow(clippy::eq_op)]
            fn is_nan_value(self) -> bool {
                self != self
            }
        }
    )*};
}

elements! {
    f64 F64 0.0 1.0 f64;
    f32 F32 0.0 1.0 f32;
    i64 I64 0 1 i64;
    i32 I32 0 1 i32;
    u32 U32 0 1 u32;
    u64 U64 0 1 u64;
    usize Usize 0 1 i64;
    bool Bool false true bool;
}

macro_rules! numbers {
    ($($ty:ident)*) => {$(
        impl Number for $ty {
            #[inline]
            fn of_f64(x: f64) -> $ty {
                x as $ty
            }
            #[inline]
            fn as_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

numbers!(f64 f32 i64 i32 u32 u64 usize);
