//! `checkpoint`: a function that reverse mode runs again.

use super::args::Pure;
use super::derivatives::IntoJit;
use super::jit::Jit;
use crate::transform::recipe::Transform;

/// The same function, of which reverse mode keeps the arguments alone: where the derivative needs values from inside,
/// it runs the function again. That takes less memory and more time. Results and derivatives are the same.
///
/// It is for calls inside annotated functions, `checkpoint(step)(&u, k)`: a function that takes many steps keeps what is
/// between them. `#[desc_jit(checkpoint)]` makes every call of a function one, `#[checkpoint]` in front of a `for` keeps
/// the square root of its iterations. What was chosen by [`Jit::wrt`] stays chosen.
///
/// # Errors
/// Of a call: what the function raises.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn step(u: &Array1<f64>, k: f64) -> Array1<f64> {
///     let slope = (u * k).mapv(|v| v.sin());
///     u + &slope * 0.1
/// }
///
/// #[desc_jit]
/// fn after(u: &Array1<f64>, k: f64) -> f64 {
///     let mut u = u.clone();
///     for _ in 0..100 {
///         u = checkpoint(step)(&u, k);
///     }
///     u.sum()
/// }
///
/// let u = Array1::from_vec(vec![0.1, 0.2, 0.3]);
/// assert_eq!(after(&u, 0.0), u.sum());
/// assert_eq!(grad(after::jit())(&u, 0.0).to_vec(), [1.0, 1.0, 1.0]);
/// assert_eq!(checkpoint(step::jit())(&u, 2.0), step(&u, 2.0));
/// ```
pub fn checkpoint<H>(handle: H) -> Jit<H::Args, H::Result, H::Wrt>
where
    H: IntoJit,
    H::Args: Pure,
{
    Jit::alike(&handle, Transform::Checkpoint)
}
