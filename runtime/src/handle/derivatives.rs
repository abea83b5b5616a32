//! The transforms that differentiate, from handle to handle.

use super::argnums::{Directions, Wrt};
use super::args::Pure;
use super::jacobian::Jacobian;
use super::jit::Jit;
use super::signature::{Append, Signature};
use super::tangent::{ScalarResult, Tangent, WithAux};
use crate::exec::{Output, Target};
use crate::transform::recipe::Transform;
use std::sync::Arc;

/// What transforms take: a handle, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "a transform takes the handle of a #[desc_jit] function",
    label = "not a handle",
    note = "write `f::jit()`, as in `grad(f::jit())`"
)]
pub trait IntoJit {
    /// The arguments.
    type Args: Signature;
    /// The result.
    type Result: Output + 'static;
    /// The arguments that are differentiated.
    type Wrt;
    #[doc(hidden)]
    fn __target(&self) -> __Target;
    /// The function that is as written where the native backend is selected, if there is one.
    #[doc(hidden)]
    fn __native(&self) -> Option<Arc<<Self::Args as Signature>::Call<Self::Result>>> {
        None
    }
}

#[doc(hidden)]
pub struct __Target(pub(super) Target);

impl<A: Signature, R: Output + 'static, W> IntoJit for Jit<A, R, W> {
    type Args = A;
    type Result = R;
    type Wrt = W;
    fn __target(&self) -> __Target {
        __Target(self.target())
    }
    fn __native(&self) -> Option<Arc<A::Call<R>>> {
        self.with_native()
    }
}

impl<H: IntoJit> IntoJit for &H {
    type Args = H::Args;
    type Result = H::Result;
    type Wrt = H::Wrt;
    fn __target(&self) -> __Target {
        (*self).__target()
    }
    fn __native(&self) -> Option<Arc<<H::Args as Signature>::Call<H::Result>>> {
        (*self).__native()
    }
}

/// The gradients of a function by its differentiated arguments.
type GradientOf<H> = <<H as IntoJit>::Wrt as Wrt<<H as IntoJit>::Args>>::Gradient;

pub(super) fn wrt<H: IntoJit>() -> Vec<usize>
where
    H::Wrt: Wrt<H::Args>,
{
    H::Wrt::positions()
}

/// The gradient of a function that returns one float: takes the same arguments, gives the derivative by each
/// differentiated argument, of the argument's owned type (`Array1<f64>` for `&Array1<f64>`, a tuple for a tuple).
/// By default that is the first argument, bare; [`Jit::wrt`] chooses others, several as a tuple.
///
/// The loops of the function are those of the gradient, run forwards and then backwards; loops whose trip count is
/// known only at run time are recorded as far as they ran.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn potential(x: &Array1<f64>, k: f64) -> f64 {
///     let mut e = 0.0;
///     for i in 0..x.len() {
///         e += 0.5 * k * x[i] * x[i];
///     }
///     e
/// }
///
/// let x = Array1::from_vec(vec![1.0, -2.0]);
/// let gradient = grad(potential::jit());
/// assert_eq!(gradient(&x, 3.0).to_vec(), [3.0, -6.0]);
/// let (by_x, by_k) = grad(potential::jit().wrt(argnums![0, 1]))(&x, 3.0);
/// assert_eq!((by_x.to_vec(), by_k), (vec![3.0, -6.0], 2.5));
/// ```
pub fn grad<H>(handle: H) -> Jit<H::Args, GradientOf<H>>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: false })
}

/// The value of a function that returns one float, and its gradient as [`grad`] gives it: one run for both.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn cubic(x: f64) -> f64 {
///     x * x * x
/// }
///
/// assert_eq!(value_and_grad(cubic::jit())(2.0), (8.0, 12.0));
/// ```
pub fn value_and_grad<H>(handle: H) -> Jit<H::Args, (H::Result, GradientOf<H>)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: true })
}

/// The gradient of the first result of a function that returns `(float, more)`: gives `(gradient, more)`.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn residual(x: f64) -> (f64, i64) {
///     (x * x, 7)
/// }
///
/// assert_eq!(grad_with_aux(residual::jit())(3.0), (6.0, 7));
/// ```
pub fn grad_with_aux<H>(handle: H) -> Jit<H::Args, (GradientOf<H>, <H::Result as WithAux>::Aux)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: WithAux,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: false })
}

/// The results of a function that returns `(float, more)`, and the gradient of the first: gives
/// `((float, more), gradient)`.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn residual(x: f64) -> (f64, i64) {
///     (x * x, 7)
/// }
///
/// assert_eq!(value_and_grad_with_aux(residual::jit())(3.0), ((9.0, 7), 6.0));
/// ```
pub fn value_and_grad_with_aux<H>(handle: H) -> Jit<H::Args, (H::Result, GradientOf<H>)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: WithAux,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: true })
}

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
pub fn jvp<H>(
    handle: H,
) -> Jit<<H::Wrt as Directions<H::Args>>::All, (H::Result, <H::Result as Tangent>::Tangent)>
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
/// differentiated arguments as [`grad`] gives gradients.
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
pub fn vjp<H>(
    handle: H,
) -> Jit<<H::Args as Append<<H::Result as Tangent>::Cotangent>>::All, (H::Result, GradientOf<H>)>
where
    H: IntoJit,
    H::Args: Pure + Append<<H::Result as Tangent>::Cotangent>,
    H::Wrt: Wrt<H::Args>,
    H::Result: Tangent,
{
    Jit::derive(handle.__target().0, Transform::Vjp { wrt: wrt::<H>() })
}

/// The Jacobian by forward mode, a run per element of the differentiated arguments: of the shape of the result, then
/// that of the argument. Several results or arguments give tuples, results outside.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn powers(x: f64) -> Array1<f64> {
///     let mut y = Array1::<f64>::zeros(3);
///     for i in 0..3 {
///         y[i] = x * i as f64;
///     }
///     y
/// }
///
/// assert_eq!(jacfwd(powers::jit())(5.0).to_vec(), [0.0, 1.0, 2.0]);
/// ```
pub fn jacfwd<H>(handle: H) -> Jit<H::Args, <H::Result as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Jacobian { wrt: wrt::<H>(), reverse: false })
}

/// The Jacobian by reverse mode, a run backwards per element of the result; of the shapes of [`jacfwd`].
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
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
/// let jacobian: Array2<f64> = jacrev(squares::jit())(&x);
/// assert_eq!(jacobian.to_vec(), [2.0, 0.0, 0.0, 4.0]);
/// ```
pub fn jacrev<H>(handle: H) -> Jit<H::Args, <H::Result as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Jacobian { wrt: wrt::<H>(), reverse: true })
}

/// The second derivatives of a function that returns one float: of the shape of the argument, twice. Several
/// arguments give a tuple of tuples.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
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
/// assert_eq!(hessian(saddle::jit())(&x).to_vec(), [2.0, 3.0, 3.0, 0.0]);
/// ```
pub fn hessian<H>(handle: H) -> Jit<H::Args, <GradientOf<H> as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: ScalarResult,
    GradientOf<H>: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Hessian { wrt: wrt::<H>() })
}

/// The product of the Hessian with a direction, without the Hessian: takes the arguments, then one tangent per
/// differentiated argument, passed as that is; gives what [`grad`] gives.
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
pub fn hvp<H>(handle: H) -> Jit<<H::Wrt as Directions<H::Args>>::All, GradientOf<H>>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Directions<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Hvp { wrt: wrt::<H>() })
}
