//! `checkpoint`: a function that reverse mode runs again.

use super::args::Pure;
use super::derivatives::IntoJit;
use super::jit::Jit;
use crate::transform::recipe::Transform;

/// The same function, of which reverse mode keeps the arguments alone: where the derivative needs values from inside,
/// it runs the function again. That takes less memory and more time. Results and derivatives are the same.
///
/// It is for calls that follow one another in annotated functions, as below: what the loops of one call record is gone
/// when those of the other record theirs. A call inside a loop needs none: of a loop reverse mode keeps what is carried
/// from iteration to iteration, and runs the rest again. `#[desc_jit(checkpoint)]` makes every call of a function a
/// checkpoint, `#[checkpoint]` in front of a `for` keeps what about the square root of its iterations carry. What was
/// chosen by [`Jit::wrt`] stays chosen.
///
/// # Errors
/// Of a call: what the function raises.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn relaxed(u: &Array1<f64>, k: f64) -> Array1<f64> {
///     let mut u = u.clone();
///     for _ in 0..100 {
///         u = &u - (k * &u).sin() * 0.01;
///     }
///     u
/// }
///
/// #[desc_jit]
/// fn after_both(u: &Array1<f64>, k: f64) -> f64 {
///     let u = checkpoint(relaxed)(u, k);
///     checkpoint(relaxed)(&u, 2.0 * k).sum()
/// }
///
/// let u = Array1::from_vec(vec![0.1, 0.2, 0.3]);
/// assert_eq!(after_both(&u, 0.0), u.sum());
/// assert_eq!(grad(after_both::jit())(&u, 0.0).to_vec(), [1.0, 1.0, 1.0]);
/// assert_eq!(checkpoint(relaxed::jit())(&u, 2.0), relaxed(&u, 2.0));
/// ```
pub fn checkpoint<H>(handle: H) -> Jit<H::Args, H::Result, H::Wrt>
where
    H: IntoJit,
    H::Args: Pure,
{
    Jit::alike(&handle, Transform::Checkpoint)
}
