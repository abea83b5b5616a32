//! Roots of functions of one number.

use super::defaults::{ALPHA, MAXITER, MAXITER_LS, TOL};
use crate::differences::{Scheme, derivative};
use crate::staged::staged_with;

/// A root of `f` near `x0`: [`root_scalar_with`] with DESC's values, `tol = 1e-6`, `maxiter = 20`,
/// `maxiter_ls = 5`, `alpha = 0.1`, and nothing else.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn angle(b: f64) -> f64 {
///     root_scalar(|x| x + 0.3 * x.sin() - b, b)
/// }
/// assert!((angle(1.0) - 0.7874360957).abs() < 1e-6);
/// assert!((root_scalar(|x| x * x - 2.0, 1.0) - 2.0_f64.sqrt()).abs() < 1e-6);
/// ```
#[must_use]
pub fn root_scalar(f: impl Fn(f64) -> f64, x0: f64) -> f64 {
    root_scalar_with(f, x0, None, None, TOL, MAXITER, MAXITER_LS, ALPHA).0
}
staged_with!(root_scalar => root_scalar_operands);

/// A root of `f` near `x0` by Newton's method with a backtracking line search: `(x, (residual, niter))` with
/// `residual = |f(x)|` and the number of iterations.
///
/// | argument | is | in DESC |
/// | --- | --- | --- |
/// | `jac` | the derivative of `f`; `None`: by differentiation | the same |
/// | `fixup` | applied to every new iterate, to keep it in a period or a range; `None`: nothing | the same |
/// | `tol` | iterations end when `\|f(x)\| <= tol` | 1e-6 |
/// | `maxiter` | and after that many | 20 |
/// | `maxiter_ls` | a step is made shorter that many times at most, until `\|f\|` decreases; the last is taken | 5 |
/// | `alpha` | by this factor | 0.1 |
///
/// Inside annotated functions the closures may capture variables. The solution's derivatives come from `f` alone.
/// Source: `desc.backend.root_scalar` with `full_output=True`.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn angle(b: f64) -> (f64, (f64, usize)) {
///     let period = std::f64::consts::TAU;
///     root_scalar_with(
///         |x| (x - b).sin(),
///         b + 1.0,
///         Some(&|x| (x - b).cos()),
///         Some(&|x| x.rem_euclid(period)),
///         1e-12,
///         20,
///         5,
///         0.1,
///     )
/// }
/// let (x, (residual, niter)) = angle(2.0);
/// assert!((x - 2.0).abs() < 1e-12 && residual <= 1e-12 && niter < 20);
/// ```
#[allow(clippy::too_many_arguments)]
#[must_use]
pub fn root_scalar_with(
    f: impl Fn(f64) -> f64,
    x0: f64,
    jac: Option<&dyn Fn(f64) -> f64>,
    fixup: Option<&dyn Fn(f64) -> f64>,
    tol: f64,
    maxiter: usize,
    maxiter_ls: usize,
    alpha: f64,
) -> (f64, (f64, usize)) {
    let slope = |x: f64| jac.map_or_else(|| derivative(&f, x, Scheme::Richardson), |jac| jac(x));
    let fixed = |x: f64| fixup.map_or(x, |fixup| fixup(x));
    let (mut x, mut value, mut niter) = (x0, f(x0), 0);
    while niter < maxiter && value.abs() > tol {
        let step = value / slope(x);
        let (mut next, mut next_value, mut scale, mut shorter) = (x, value, 1.0, 0);
        while shorter <= maxiter_ls && next_value.abs() >= value.abs() {
            next = fixed(x - scale * step);
            next_value = f(next);
            scale *= alpha;
            shorter += 1;
        }
        (x, value) = (next, next_value);
        niter += 1;
    }
    (x, (value.abs(), niter))
}
staged_with!(root_scalar_with => root_scalar_with_operands);
