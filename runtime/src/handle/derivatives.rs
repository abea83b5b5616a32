//! The transforms that differentiate, from handle to handle.

use super::argnums::{Directions, Wrt};
use super::args::Pure;
use super::jacobian::Jacobian;
use super::jit::Jit;
use super::signature::{Append, Signature};
use super::tangent::{ScalarResult, Tangent, WithAux};
use crate::exec::{Output, Target};
use crate::transform::recipe::Transform;

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
}

impl<H: IntoJit> IntoJit for &H {
    type Args = H::Args;
    type Result = H::Result;
    type Wrt = H::Wrt;
    fn __target(&self) -> __Target {
        (*self).__target()
    }
}

/// The gradients of a function by its differentiated arguments.
type GradientOf<H> = <<H as IntoJit>::Wrt as Wrt<<H as IntoJit>::Args>>::Gradient;

fn wrt<H: IntoJit>() -> Vec<usize>
where
    H::Wrt: Wrt<H::Args>,
{
    H::Wrt::positions()
}

pub fn grad<H>(handle: H) -> Jit<H::Args, GradientOf<H>>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: false })
}

pub fn value_and_grad<H>(handle: H) -> Jit<H::Args, (H::Result, GradientOf<H>)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: true })
}

pub fn grad_with_aux<H>(handle: H) -> Jit<H::Args, (GradientOf<H>, <H::Result as WithAux>::Aux)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: WithAux,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: false })
}

pub fn value_and_grad_with_aux<H>(handle: H) -> Jit<H::Args, (H::Result, GradientOf<H>)>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: WithAux,
{
    Jit::derive(handle.__target().0, Transform::Grad { wrt: wrt::<H>(), value: true })
}

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

pub fn jacfwd<H>(handle: H) -> Jit<H::Args, <H::Result as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Jacobian { wrt: wrt::<H>(), reverse: false })
}

pub fn jacrev<H>(handle: H) -> Jit<H::Args, <H::Result as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Jacobian { wrt: wrt::<H>(), reverse: true })
}

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

pub fn hvp<H>(handle: H) -> Jit<<H::Wrt as Directions<H::Args>>::All, GradientOf<H>>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Directions<H::Args>,
    H::Result: ScalarResult,
{
    Jit::derive(handle.__target().0, Transform::Hvp { wrt: wrt::<H>() })
}
