//! Roots and fixed points, as functions of what their equations depend on: DESC's `root_scalar`, `root` and
//! `fixed_point`. Inside annotated functions both modes differentiate them by the theorem of implicit functions, whatever
//! the iteration did; outside they run as they are written here.
//!
//! ```
//! use desc_jit::prelude::*;
//!
//! #[desc_jit]
//! fn kepler(mean: f64, eccentricity: f64) -> f64 {
//!     root_scalar(|e: f64| e - eccentricity * e.sin() - mean, mean)
//! }
//!
//! let e = kepler(1.0, 0.3);
//! assert!((e - 0.3 * e.sin() - 1.0).abs() < 1e-6);
//! let slope = grad(kepler::jit())(1.0, 0.3);
//! assert!((slope - 1.0 / (1.0 - 0.3 * e.cos())).abs() < 1e-12);
//! ```

mod fixed;
pub(crate) mod linear;

use crate::array::{Array1, Array2};
use crate::differences::{Scheme, derivative, jacobian};
use crate::staged::staged_with;
pub(crate) use fixed::{MAX_ITERATIONS as FIXED_POINT_ITERATIONS, TOLERANCE as FIXED_POINT_TOLERANCE};
pub use fixed::{Point, fixed_point, fixed_point_with};

/// Iteration stops when the residual is no larger.
pub(crate) const TOLERANCE: f64 = 1e-6;
/// The most Newton steps.
pub(crate) const MAX_ITERATIONS: usize = 20;
/// The most times that a step is shortened.
pub(crate) const MAX_SHORTER: usize = 5;
/// By how much it is.
pub(crate) const SHORTER: f64 = 0.1;

/// `x` with `f(x) = 0`, by Newton's method from `x0`, with steps that are shortened while the residual does not
/// fall. The derivative of `f` is that of its graph, or natively that of differences.
///
/// Stops at a residual of `1e-6`, after 20 steps at most; [`root_scalar_with`] chooses that, and tells how far it came.
/// Where it does not converge the result is the last iterate, as in DESC. It is differentiable with respect to what `f`
/// uses from around, not with respect to `x0`.
///
/// ```
/// use desc_jit::functional::root_scalar;
/// let x = root_scalar(|x| x * x - 2.0, 1.0);
/// assert!((x - 2.0_f64.sqrt()).abs() < 1e-6);
/// ```
pub fn root_scalar(f: impl Fn(f64) -> f64, x0: f64) -> f64 {
    let slope = |x: f64| derivative(&f, x, Scheme::Richardson);
    newton(&f, x0, slope, |x| x, TOLERANCE, MAX_ITERATIONS, MAX_SHORTER, SHORTER).0
}
staged_with!(root_scalar => root_scalar_operands);

/// [`root_scalar`] with everything chosen: the derivative `slope` of `f`, a function `fixup` applied to each iterate (a
/// period, a bound), the residual `tol` at which it stops, at most `maxiter` steps, each shortened at most `maxiter_ls`
/// times by the factor `alpha`. Gives the root, the residual's magnitude there, and the number of steps.
///
/// ```
/// use desc_jit::functional::root_scalar_with;
/// let (x, (residual, steps)) =
///     root_scalar_with(|x| x * x - 2.0, 1.0, |x| 2.0 * x, |x| x.max(0.0), 1e-12, 20, 5, 0.1);
/// assert!(residual <= 1e-12 && steps < 8 && (x - 2.0_f64.sqrt()).abs() < 1e-12);
/// ```
#[expect(clippy::too_many_arguments, reason = "DESC's options, in its order")]
pub fn root_scalar_with(
    f: impl Fn(f64) -> f64,
    x0: f64,
    slope: impl Fn(f64) -> f64,
    fixup: impl Fn(f64) -> f64,
    tol: f64,
    maxiter: usize,
    maxiter_ls: usize,
    alpha: f64,
) -> (f64, (f64, usize)) {
    newton(&f, x0, slope, fixup, tol, maxiter, maxiter_ls, alpha)
}
staged_with!(root_scalar_with => root_scalar_with_operands);

#[expect(clippy::too_many_arguments, reason = "DESC's options, in its order")]
fn newton(
    f: impl Fn(f64) -> f64,
    x0: f64,
    slope: impl Fn(f64) -> f64,
    fixup: impl Fn(f64) -> f64,
    tol: f64,
    maxiter: usize,
    maxiter_ls: usize,
    alpha: f64,
) -> (f64, (f64, usize)) {
    let (mut x, mut y, mut steps) = (x0, f(x0), 0);
    while steps < maxiter && y.abs() > tol {
        let step = y / slope(x);
        let mut next = fixup(x - step);
        let mut value = f(next);
        let (mut length, mut tries) = (alpha, 0);
        while tries < maxiter_ls && value.abs() >= y.abs() {
            next = fixup(x - length * step);
            value = f(next);
            length *= alpha;
            tries += 1;
        }
        (x, y) = (next, value);
        steps += 1;
    }
    (x, (y.abs(), steps))
}

/// `x` with `f(x) = 0` for `n` unknowns and `m` equations: [`root_scalar`] for arrays of rank 1, with the 2-norm of the
/// residual. Steps solve the linear system where `m = n`, and are least-squares steps otherwise.
///
/// ```
/// use desc_jit::array::Array1;
/// use desc_jit::functional::root;
///
/// let f = |x: &Array1<f64>| Array1::from_vec(vec![x[0] + x[1] - 3.0, x[0] * x[1] - 2.0]);
/// let x = root(f, &Array1::from_vec(vec![0.0, 3.5]));
/// assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 2.0).abs() < 1e-6);
/// ```
pub fn root(f: impl Fn(&Array1<f64>) -> Array1<f64>, x0: &Array1<f64>) -> Array1<f64> {
    let slope = |x: &Array1<f64>| jacobian(&f, x, Scheme::Richardson);
    newton_system(&f, x0, slope, Clone::clone, TOLERANCE, MAX_ITERATIONS, MAX_SHORTER, SHORTER).0
}
staged_with!(root => root_operands);

/// [`root`] with everything chosen, as in [`root_scalar_with`]; `slope` gives the Jacobian, shape `(m, n)`.
#[expect(clippy::too_many_arguments, reason = "DESC's options, in its order")]
pub fn root_with(
    f: impl Fn(&Array1<f64>) -> Array1<f64>,
    x0: &Array1<f64>,
    slope: impl Fn(&Array1<f64>) -> Array2<f64>,
    fixup: impl Fn(&Array1<f64>) -> Array1<f64>,
    tol: f64,
    maxiter: usize,
    maxiter_ls: usize,
    alpha: f64,
) -> (Array1<f64>, (f64, usize)) {
    newton_system(&f, x0, slope, fixup, tol, maxiter, maxiter_ls, alpha)
}
staged_with!(root_with => root_with_operands);

#[expect(clippy::too_many_arguments, reason = "DESC's options, in its order")]
fn newton_system(
    f: impl Fn(&Array1<f64>) -> Array1<f64>,
    x0: &Array1<f64>,
    slope: impl Fn(&Array1<f64>) -> Array2<f64>,
    fixup: impl Fn(&Array1<f64>) -> Array1<f64>,
    tol: f64,
    maxiter: usize,
    maxiter_ls: usize,
    alpha: f64,
) -> (Array1<f64>, (f64, usize)) {
    let norm = |y: &Array1<f64>| y.iter().map(|y| y * y).sum::<f64>().sqrt();
    let moved = |x: &Array1<f64>, length: f64, step: &Array1<f64>| {
        fixup(&Array1::from_vec(x.iter().zip(step.iter()).map(|(x, s)| x - length * s).collect()))
    };
    let (mut x, mut y, mut steps) = (x0.clone(), f(x0), 0);
    while steps < maxiter && norm(&y) > tol {
        let step = linear::least_squares::native(&slope(&x), &y);
        let mut next = moved(&x, 1.0, &step);
        let mut value = f(&next);
        let (mut length, mut tries) = (alpha, 0);
        while tries < maxiter_ls && norm(&value) >= norm(&y) {
            next = moved(&x, length, &step);
            value = f(&next);
            length *= alpha;
            tries += 1;
        }
        (x, y) = (next, value);
        steps += 1;
    }
    let residual = norm(&y);
    (x, (residual, steps))
}
