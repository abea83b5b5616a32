//! Fixed points.

use crate::array::Array1;
use crate::staged::staged_with;

pub(crate) const TOLERANCE: f64 = 1e-6;
pub(crate) const MAX_ITERATIONS: usize = 20;

/// What has a fixed point: a number, or an array of rank 1.
pub trait Point: Clone {
    /// Its numbers.
    fn numbers(&self) -> Vec<f64>;
    /// One like this with other numbers.
    #[must_use]
    fn with(&self, numbers: Vec<f64>) -> Self;
}

impl Point for f64 {
    fn numbers(&self) -> Vec<f64> {
        vec![*self]
    }
    fn with(&self, numbers: Vec<f64>) -> f64 {
        numbers.first().copied().unwrap_or(*self)
    }
}

impl Point for Array1<f64> {
    fn numbers(&self) -> Vec<f64> {
        self.to_vec()
    }
    fn with(&self, numbers: Vec<f64>) -> Array1<f64> {
        Array1::from_vec(numbers)
    }
}

/// `x` with `f(x) = x`, by iteration from `x0` with Aitken's acceleration, until no number changes by more than `1e-6` of
/// itself; 20 iterations at most. [`fixed_point_with`] chooses that. Where it does not converge the result is the
/// last iterate, as in DESC. It is differentiable with respect to what `f` uses from around.
///
/// ```
/// use desc_jit::functional::fixed_point;
/// let x = fixed_point(f64::cos, 1.0);
/// assert!((x - x.cos()).abs() < 1e-9);
/// ```
pub fn fixed_point<P: Point>(f: impl Fn(P) -> P, x0: P) -> P {
    fixed_point_with(f, x0, true, TOLERANCE, MAX_ITERATIONS).0
}
staged_with!(fixed_point => fixed_point_operands);

/// [`fixed_point`] with everything chosen: whether it is accelerated (`del2`) or iterates simply, the relative change
/// `xtol` at which it stops, and at most `maxiter` iterations. Gives the fixed point, the largest relative change of
/// the last iteration, and the number of iterations.
///
/// Source of the acceleration: Aitken's delta squared, as in `scipy.optimize.fixed_point`.
///
/// ```
/// use desc_jit::functional::fixed_point_with;
/// let (x, (change, iterations)) = fixed_point_with(f64::cos, 1.0, false, 1e-10, 100);
/// assert!(change < 1e-10 && iterations > 20 && (x - x.cos()).abs() < 1e-9);
/// ```
pub fn fixed_point_with<P: Point>(
    f: impl Fn(P) -> P,
    x0: P,
    del2: bool,
    xtol: f64,
    maxiter: usize,
) -> (P, (f64, usize)) {
    let (mut x, mut change, mut iterations) = (x0, f64::INFINITY, 0);
    while iterations < maxiter && !(change < xtol) {
        let first = f(x.clone());
        let before = x.numbers();
        let mut next = first.numbers();
        if del2 {
            let second = f(first).numbers();
            next = before
                .iter()
                .zip(&next)
                .zip(&second)
                .map(|((&p0, &p1), &p2)| accelerated(p0, p1, p2))
                .collect();
        }
        let relative = before.iter().zip(&next).map(|(&p0, &p)| if p0 == 0.0 { p } else { (p - p0) / p0 });
        change = relative.fold(0.0, |most: f64, r| if r.abs() > most || r.is_nan() { r.abs() } else { most });
        x = x.with(next);
        iterations += 1;
    }
    (x, (change, iterations))
}
staged_with!(fixed_point_with => fixed_point_with_operands);

/// Aitken's delta squared; where the second difference is 0 the sequence has arrived.
fn accelerated(p0: f64, p1: f64, p2: f64) -> f64 {
    let second = p2 - 2.0 * p1 + p0;
    if second == 0.0 { p2 } else { p0 - (p1 - p0) * (p1 - p0) / second }
}
