//! The functions of `f64` and `f32`, for one element and for every element of an array.

use super::element::Number;
use super::view::ArrayRef;
use super::{Array, Array1, Dimension};
use crate::exec::{IntoArg, Output};
use crate::handle::{Arg, Differentiable, Pure, ScalarResult, Tangent};
use crate::stage::Constant;
use crate::tree::{OfNumbers, Tree};
use std::iter::{Product, Sum};
use std::ops::Neg;

/// `f32` or `f64`: what a type parameter stands for, `fn norm<T: Float>(x: &Array1<T>) -> T`.
///
/// The functions are [`num_traits::Float`]'s, the mathematical constants `T::PI()` and so on
/// [`num_traits::FloatConst`]'s. A number is `T::from(0.5).unwrap()`.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn norm<T: Float>(x: &Array1<T>) -> T {
///     let mut sum = T::zero();
///     for i in 0..x.len() {
///         sum += x[i] * x[i];
///     }
///     sum.sqrt()
/// }
/// assert_eq!(norm(&Array1::from_vec(vec![3.0_f32, 4.0])), 5.0_f32);
/// assert_eq!(norm(&Array1::from_vec(vec![3.0, 4.0])), 5.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a floating-point type",
    note = "this needs f64 or f32"
)]
pub trait Float:
    Number
    + num_traits::Float
    + num_traits::FloatConst
    + num_traits::NumAssign
    + Neg<Output = Self>
    + Sum
    + Product
    + for<'a> Sum<&'a Self>
    + for<'a> Product<&'a Self>
    + Staged
{
}

impl Float for f64 {}
impl Float for f32 {}

/// What staged code and handles ask of a scalar.
#[doc(hidden)]
pub trait Staged:
    for<'a> IntoArg<'a>
    + for<'a> Arg<Of<'a> = Self>
    + Output
    + Constant
    + Tree<__Stacked = Array1<Self>, __Lists = OfNumbers>
    + Pure
    + Differentiable<Gradient = Self>
    + Tangent<Tangent = Self, Cotangent = Self>
    + ScalarResult
{
}

impl Staged for f64 {}
impl Staged for f32 {}

/// The table: one row per function, for arrays of both float types.
macro_rules! float_functions {
    (
        unary: $(#[doc = $doc1:literal] $unary:ident)*;
        binary: $(#[doc = $doc2:literal] $binary:ident)*;
    ) => {
        /// # The functions of `f64` and `f32`, element by element
        ///
        /// ```
        /// use desc_jit::array::Array1;
        ///
        /// let x = Array1::from_vec(vec![0.0, 3.0]);
        /// assert_eq!(x.cos()[0], 1.0);
        /// assert_eq!(x.powi(2).to_vec(), [0.0, 9.0]);
        /// assert_eq!(x.hypot(4.0).to_vec(), [4.0, 5.0]);
        /// ```
        impl<T: Float, D: Dimension> ArrayRef<T, D> {
            $(
                #[doc = $doc1]
                #[must_use = "this returns a new array and leaves the old one as it is"]
                #[track_caller]
                pub fn $unary(&self) -> Array<T, D> {
                    self.mapv(<T as num_traits::Float>::$unary)
                }
            )*
            $(
                #[doc = $doc2]
                #[must_use = "this returns a new array and leaves the old one as it is"]
                #[track_caller]
                pub fn $binary(&self, other: T) -> Array<T, D> {
                    self.mapv(|x| num_traits::Float::$binary(x, other))
                }
            )*
        }
    };
}

float_functions! {
    unary:
        /// The largest integer not above.
        floor
        /// The smallest integer not below.
        ceil
        /// The nearest integer, halves away from zero.
        round
        /// The integer part.
        trunc
        /// The fractional part.
        fract
        /// The absolute value.
        abs
        /// 1 with the sign of the number (also for zeros), NaN for NaN.
        signum
        /// `1 / x`.
        recip
        /// The square root.
        sqrt
        /// The cubic root.
        cbrt
        /// `e^x`.
        exp
        /// `2^x`.
        exp2
        /// `e^x - 1`, accurate near 0.
        exp_m1
        /// The natural logarithm.
        ln
        /// The logarithm to base 2.
        log2
        /// The logarithm to base 10.
        log10
        /// `ln(1 + x)`, accurate near 0.
        ln_1p
        /// The sine (radians).
        sin
        /// The cosine (radians).
        cos
        /// The tangent (radians).
        tan
        /// The arcsine, in radians.
        asin
        /// The arccosine, in radians.
        acos
        /// The arctangent, in radians.
        atan
        /// The hyperbolic sine.
        sinh
        /// The hyperbolic cosine.
        cosh
        /// The hyperbolic tangent.
        tanh
        /// The inverse hyperbolic sine.
        asinh
        /// The inverse hyperbolic cosine.
        acosh
        /// The inverse hyperbolic tangent.
        atanh
        /// Radians to degrees.
        to_degrees
        /// Degrees to radians.
        to_radians;
    binary:
        /// The power with this exponent.
        powf
        /// The logarithm to this base.
        log
        /// The length of the hypotenuse over this other leg.
        hypot
        /// The angle of the point with this abscissa (the element is the ordinate), in radians.
        atan2
        /// The magnitude of the element with the sign of the other number.
        copysign;
}

impl<T: Float, D: Dimension> ArrayRef<T, D> {
    /// The `n`-th power of every element.
    #[must_use = "this returns a new array and leaves the old one as it is"]
    #[track_caller]
    pub fn powi(&self, n: i32) -> Array<T, D> {
        self.mapv(|x| x.powi(n))
    }

    /// The square of every element.
    #[must_use = "this returns a new array and leaves the old one as it is"]
    #[track_caller]
    pub fn pow2(&self) -> Array<T, D> {
        self.mapv(|x| x * x)
    }

    /// Where the elements are NaN.
    #[must_use = "this returns a new array and leaves the old one as it is"]
    #[track_caller]
    pub fn is_nan(&self) -> Array<bool, D> {
        self.mapv(T::is_nan_value)
    }

    /// Any element is NaN.
    pub fn is_any_nan(&self) -> bool {
        self.iter().any(|x| x.is_nan_value())
    }

    /// All elements are NaN.
    pub fn is_all_nan(&self) -> bool {
        self.iter().all(|x| x.is_nan_value())
    }

    /// Where the elements are infinite.
    #[must_use = "this returns a new array and leaves the old one as it is"]
    #[track_caller]
    pub fn is_infinite(&self) -> Array<bool, D> {
        self.mapv(|x| x.as_f64().is_infinite())
    }

    /// Where the elements are neither infinite nor NaN.
    #[must_use = "this returns a new array and leaves the old one as it is"]
    #[track_caller]
    pub fn is_finite(&self) -> Array<bool, D> {
        self.mapv(|x| x.as_f64().is_finite())
    }
}
