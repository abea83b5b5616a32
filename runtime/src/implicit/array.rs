//! Roots of functions of several numbers.

use super::defaults::{ALPHA, MAXITER, MAXITER_LS_OF_SYSTEMS, TOL};
use super::linear::least_squares;
use crate::array::{Array1, Array2};
use crate::differences::{Scheme, jacobian};
use crate::staged::staged_with;

/// A root of the equations `f(x) = 0` near `x0`, of f64: [`root_with`] with DESC's values, `tol = 1e-6`,
/// `maxiter = 20`, `maxiter_ls = 0` (full steps, no line search), `alpha = 0.1`, and nothing else.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn corner(radius: f64) -> Array1<f64> {
///     // A circle and its diagonal.
///     root(|x| Array1::from_vec(vec![x[0] * x[0] + x[1] * x[1] - radius, x[0] - x[1]]), &Array1::ones(2))
/// }
/// assert!((corner(8.0)[1] - 2.0).abs() < 1e-6);
/// ```
#[must_use]
#[track_caller]
pub fn root(f: impl Fn(&Array1<f64>) -> Array1<f64>, x0: &Array1<f64>) -> Array1<f64> {
    root_with(f, x0, None, None, TOL, MAXITER, MAXITER_LS_OF_SYSTEMS, ALPHA).0
}
staged_with!(root => root_operands);

/// A root of the equations `f(x) = 0` near `x0` by Newton's method with a backtracking line search:
/// `(x, (residual, niter))` with the 2-norm of `f(x)` and the number of iterations.
///
/// `f` takes the `n` unknowns and gives `m` equations, `jac` gives their Jacobian of shape `(m, n)`. Where `m != n` the
/// steps are those of regularised least squares: `(A'A + sqrt(eps) I)^-1 A' f` for `m > n`,
/// `A' (A A' + sqrt(eps) I)^-1 f` for `m < n`, and so are the derivatives. The other arguments are those of
/// [`root_scalar_with`](super::root_scalar_with) with the norm of `f` for its size. Source: `desc.backend.root` with
/// `full_output=True`, which solves the tall system by Cholesky's factorisation.
///
/// # Panics
/// When the closures give arrays of other shapes.
///
/// ```
/// use desc_jit::prelude::*;
/// let f = |x: &Array1<f64>| Array1::from_vec(vec![x[0] * x[1] - 6.0, x[0] + x[1] - 5.0]);
/// let x0 = Array1::from_vec(vec![1.0, 5.0]);
/// let (x, (residual, niter)) = root_with(f, &x0, None, None, 1e-12, 20, 5, 0.1);
/// assert!((x[0] - 2.0).abs() < 1e-10 && residual <= 1e-12 && niter < 10);
/// ```
#[allow(clippy::too_many_arguments, clippy::type_complexity)]
#[must_use]
#[track_caller]
pub fn root_with(
    f: impl Fn(&Array1<f64>) -> Array1<f64>,
    x0: &Array1<f64>,
    jac: Option<&dyn Fn(&Array1<f64>) -> Array2<f64>>,
    fixup: Option<&dyn Fn(&Array1<f64>) -> Array1<f64>>,
    tol: f64,
    maxiter: usize,
    maxiter_ls: usize,
    alpha: f64,
) -> (Array1<f64>, (f64, usize)) {
    let slope = |x: &Array1<f64>| match jac {
        Some(jac) => jac(x),
        None => {
            let by_differences = jacobian(&f, x, Scheme::Richardson);
            let shape = (by_differences.shape()[0], x.len());
            Array2::from_shape_fn(shape, |(i, k)| by_differences[[i, k]])
        }
    };
    let norm = |f: &Array1<f64>| (f * f).sum().sqrt();
    let (mut x, mut value, mut niter) = (x0.clone(), f(x0), 0);
    while niter < maxiter && norm(&value) > tol {
        let step = least_squares::native(&slope(&x), &value);
        let (mut next, mut next_value, mut scale, mut shorter) = (x.clone(), value.clone(), 1.0, 0);
        while shorter <= maxiter_ls && norm(&next_value) >= norm(&value) {
            let moved = &x - scale * &step;
            next = fixup.map_or(moved.clone(), |fixup| fixup(&moved));
            next_value = f(&next);
            scale *= alpha;
            shorter += 1;
        }
        (x, value) = (next, next_value);
        niter += 1;
    }
    let residual = norm(&value);
    (x, (residual, niter))
}
staged_with!(root_with => root_with_operands);
