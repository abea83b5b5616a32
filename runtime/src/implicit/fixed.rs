//! Fixed points of functions of numbers and arrays.

use super::defaults::{MAXITER, TOL};
use crate::array::Array;
use crate::stage::{Constant, Cx, Value};
use crate::staged::staged_with;
use ndarray::Dimension;

/// How [`fixed_point_with`] iterates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Iteration {
    /// `x = f(x)`, "iteration" of SciPy, "simple" of DESC.
    Simple,
    /// Two applications and Aitken's extrapolation from them (Steffensen's method): quadratic where `f` is smooth.
    Del2,
}

impl Iteration {
    pub(crate) const SIMPLE: usize = 0;
    pub(crate) const DEL2: usize = 1;
}

impl Constant for Iteration {
    fn stage(&self, _: &Cx) -> Value {
        Value::usize(match self {
            Iteration::Simple => Iteration::SIMPLE,
            Iteration::Del2 => Iteration::DEL2,
        })
    }
}

/// What a fixed point can be: an `f64`, or an array of them.
#[diagnostic::on_unimplemented(message = "a fixed point is an f64 or an array of f64, not `{Self}`")]
pub trait Unknown: Clone {
    /// The elements in row-major order.
    #[doc(hidden)]
    fn elements(&self) -> Vec<f64>;
    /// The same shape with other elements.
    #[doc(hidden)]
    #[must_use]
    fn with_elements(&self, elements: impl Iterator<Item = f64>) -> Self;
}

impl Unknown for f64 {
    fn elements(&self) -> Vec<f64> {
        vec![*self]
    }
    fn with_elements(&self, mut elements: impl Iterator<Item = f64>) -> f64 {
        elements.next().unwrap_or(*self)
    }
}

impl<D: Dimension> Unknown for Array<f64, D> {
    fn elements(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
    fn with_elements(&self, elements: impl Iterator<Item = f64>) -> Self {
        let mut new = self.clone();
        new.iter_mut().zip(elements).for_each(|(x, value)| *x = value);
        new
    }
}

/// The `x` with `x = f(x)` near `x0`: [`fixed_point_with`] with DESC's values, `xtol = 1e-6`, `maxiter = 20` and
/// [`Iteration::Del2`].
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn dottie(k: f64) -> f64 {
///     fixed_point(|x: f64| k * x.cos(), 0.5)
/// }
/// assert!((dottie(1.0) - 0.739085133215).abs() < 1e-9);
/// ```
#[track_caller]
pub fn fixed_point<X: Unknown>(f: impl Fn(X) -> X, x0: X) -> X {
    fixed_point_with(f, x0, TOL, MAXITER, Iteration::Del2).0
}
staged_with!(fixed_point => fixed_point_operands);

/// The `x` with `x = f(x)` near `x0`, a number or an array: `(x, (residual, niter))` with the 2-norm of `x - f(x)` and
/// the number of iterations, which end when the relative change `|x - p| / |p|` from the iterate `p` before (`|x|` where
/// `p` is 0) is below `xtol` in all elements, and after `maxiter`.
///
/// With [`Iteration::Del2`] the elements are extrapolated one by one:
/// `p - (p1 - p)^2 / (p2 - 2 p1 + p)` with `p1 = f(p)` and `p2 = f(p1)`, or `p2` where the denominator is 0. Both kinds
/// converge only to fixed points that attract; a [`root`](super::root) of `x - f(x)` need not. Source:
/// `desc.backend.fixed_point` and `scipy.optimize.fixed_point`. DESC gives no residual here.
///
/// # Panics
/// When `f` changes the shape.
///
/// ```
/// use desc_jit::implicit::Iteration;
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn shifted(b: &Array1<f64>) -> (Array1<f64>, (f64, usize)) {
///     fixed_point_with(|x| 0.5 * &x + b, b.clone(), 1e-12, 100, Iteration::Simple)
/// }
/// let (x, _) = shifted(&Array1::from_vec(vec![1.0, -3.0]));
/// assert!((x[1] + 6.0).abs() < 1e-11);
/// ```
#[track_caller]
pub fn fixed_point_with<X: Unknown>(
    f: impl Fn(X) -> X,
    x0: X,
    xtol: f64,
    maxiter: usize,
    iteration: Iteration,
) -> (X, (f64, usize)) {
    let apply = |x: &X| -> X {
        let after = f(x.clone());
        assert!(
            after.elements().len() == x.elements().len(),
            "a fixed point has the shape of what it comes from"
        );
        after
    };
    let (mut x, mut unfinished, mut niter) = (x0, true, 0);
    while niter < maxiter && unfinished {
        let once = apply(&x);
        let next = match iteration {
            Iteration::Simple => once,
            Iteration::Del2 => {
                let twice = apply(&once);
                let (p, p1, p2) = (x.elements(), once.elements(), twice.elements());
                let each = p.into_iter().zip(p1).zip(p2);
                x.with_elements(each.map(|((p, p1), p2)| extrapolated(p, p1, p2)))
            }
        };
        let changes = x.elements().into_iter().zip(next.elements());
        let small = |(p, new): (f64, f64)| {
            let change = if p == 0.0 { new } else { (new - p) / p };
            change.abs() < xtol
        };
        unfinished = !changes.map(small).fold(true, |all, small| all & small);
        x = next;
        niter += 1;
    }
    let after = apply(&x);
    let squares = x.elements().into_iter().zip(after.elements()).map(|(x, y)| (x - y) * (x - y));
    let residual = squares.sum::<f64>().sqrt();
    (x, (residual, niter))
}
staged_with!(fixed_point_with => fixed_point_with_operands);

/// Aitken's delta-squared.
fn extrapolated(p: f64, p1: f64, p2: f64) -> f64 {
    let d = p2 - 2.0 * p1 + p;
    if d == 0.0 { p2 } else { p - (p1 - p) * (p1 - p) / d }
}
