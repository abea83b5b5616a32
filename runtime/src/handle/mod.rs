//! Handles of functions, typed, and the transforms that make handles of handles.
//!
//! A [`Jit<A, R, W>`](Jit) knows the arguments `A` and the result `R` of its function, and which arguments
//! derivatives are taken by, `W`. A transform is a function from handle to handle whose bounds say what it can be
//! applied to; what it does is untyped, a `Transform` added to a recipe.

mod argnums;
mod args;
mod batch;
mod by_backend;
mod checkpoint;
mod derivatives;
mod directions;
mod jacobian;
mod jit;
mod linearize;
mod signature;
mod tangent;
mod vmap;

pub use argnums::{Argnum, Argnums, Directions, Pick, Wrt};
pub use args::{Arg, Pure, Ref, RefMut};
pub use batch::{BatchArg, BatchResult, InAxes, Leading, MapArgs, Mapped, Unmapped};
pub use by_backend::{Again, Derivative, Kind, Moved, OfNumber, OfResults, OneArgument, SecondOfNumber};
pub use checkpoint::checkpoint;
pub use derivatives::{GradientOf, IntoJit, grad, grad_with_aux, value_and_grad, value_and_grad_with_aux};
pub use directions::{TangentOf, WithCotangent, WithTangents, hvp, jvp, vjp};
pub use jacobian::{Jacobian, hessian, jacfwd, jacrev};
pub use jit::Jit;
pub use linearize::{Linear, Linearize, TangentsOf, linearize};
pub use signature::{Append, Signature};
pub use tangent::{Differentiable, ScalarResult, Tangent, WithAux};
pub use vmap::{OutAxes, Vmap, vmap};
