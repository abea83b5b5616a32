//! What transforms take, and gradients.

use super::argnums::Wrt;
use super::args::Pure;
use super::jit::Jit;
use super::signature::Signature;
use super::tangent::{ScalarResult, WithAux};
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
pub type GradientOf<H> = <<H as IntoJit>::Wrt as Wrt<<H as IntoJit>::Args>>::Gradient;

/// The gradients, and what the function returns beside the float.
type GradientAndAux<H> = (GradientOf<H>, <<H as IntoJit>::Result as WithAux>::Aux);

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
pub fn grad_with_aux<H>(handle: H) -> Jit<H::Args, GradientAndAux<H>>
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
