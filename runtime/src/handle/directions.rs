//! Derivatives along directions: `jvp`, `vjp` and `hvp`.

use super::argnums::{Directions, Wrt};
use super::args::Pure;
use super::derivatives::{GradientOf, IntoJit, wrt};
use super::jit::Jit;
use super::signature::Append;
use super::tangent::{ScalarResult, Tangent};
use crate::transform::recipe::Transform;

/// The arguments, then a tangent for each differentiated one.
pub type WithTangents<H> = <<H as IntoJit>::Wrt as Directions<<H as IntoJit>::Args>>::All;

/// The tangent of the result.
pub type TangentOf<H> = <<H as IntoJit>::Result as Tangent>::Tangent;

/// The arguments, then the cotangent of the result.
pub type WithCotangent<H> =
    <<H as IntoJit>::Args as Append<<<H as IntoJit>::Result as Tangent>::Cotangent>>::All;

/// The derivative along a direction, by forward mode: takes the arguments, then one tangent per differentiated
/// argument, passed as that is; gives the result and its tangent. What is no float has the tangent `()`.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument,
/// a tangent of another shape than its argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn area(width: f64, height: f64) -> f64 {
///     width * height
/// }
///
/// let along = jvp(area::jit().wrt(argnums![0, 1]));
/// assert_eq!(along(2.0, 3.0, 1.0, 10.0), (6.0, 23.0));
/// ```
pub fn jvp<H>(handle: H) -> Jit<WithTangents<H>, (H::Result, TangentOf<H>)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Directions<H::Args>,
    H::Result: Tangent,
{
    Jit::derive(handle.__target().0, Transform::Jvp { wrt: wrt::<H>() })
}

/// The derivative by reverse mode: takes the arguments, then the cotangent of the result (floats by value, arrays
/// by reference, `()` for what is no float, a tuple for a tuple); gives the result, and the cotangents of the
/// differentiated arguments as [`grad`](super::grad) gives gradients.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument,
/// a cotangent of another shape than the result.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn squares(x: &Array1<f64>) -> Array1<f64> {
///     x * x
/// }
///
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// let weights = Array1::from_vec(vec![10.0, 1.0]);
/// let (y, back) = vjp(squares::jit())(&x, &weights);
/// assert_eq!(y.to_vec(), [1.0, 4.0]);
/// assert_eq!(back.to_vec(), [20.0, 4.0]);
/// ```
pub fn vjp<H>(handle: H) -> Jit<WithCotangent<H>, (H::Result, GradientOf<H>)>
where
    H: IntoJit,
    H::Args: Pure + Append<<H::Result as Tangent>::Cotangent>,
    H::Wrt: Wrt<H::Args>,
    H::Result: Tangent,
{
    Jit::derive(handle.__target().0, Transform::Vjp { wrt: wrt::<H>() })
}

/// The product of the Hessian with a direction, without the Hessian: takes the arguments, then one tangent per
/// differentiated argument, passed as that is; gives what [`grad`](super::grad) gives.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument,
/// a tangent of another shape than its argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn saddle(x: &Array1<f64>) -> f64 {
///     x[0] * x[0] + 3.0 * x[0] * x[1]
/// }
///
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// let v = Array1::from_vec(vec![10.0, 1.0]);
/// assert_eq!(hvp(saddle::jit())(&x, &v).to_vec(), [23.0, 30.0]);
/// ```
pub fn hvp<H>(handle: H) -> Jit<WithTangents<H>, GradientOf<H>>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Directions<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Hvp { wrt: wrt::<H>() })
}
