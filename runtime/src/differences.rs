//! Derivatives of plain Rust functions by finite differences, for code that has no graph: the native reading of the
//! root finders, and a check on derivatives of graphs.
//!
//! ```
//! use desc_jit::differences::{Scheme, derivative};
//!
//! let slope = derivative(f64::sin, 1.0, Scheme::Richardson);
//! assert!((slope - 1.0_f64.cos()).abs() < 1e-11);
//! ```

use crate::array::{Array1, Array2};

/// How a derivative is approximated; `h` is the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// `(f(x + h) - f(x)) / h`: error of order `h`, one evaluation more.
    Forward,
    /// `(f(x + h) - f(x - h)) / 2h`: error of order `h^2`, two evaluations.
    Central,
    /// Central differences of `h` and `h / 2`, extrapolated: error of order `h^4`, four evaluations.
    #[default]
    Richardson,
}

impl Scheme {
    /// The step at `x`, for numbers of precision `epsilon`: where the error of the scheme is that of rounding.
    ///
    /// ```
    /// use desc_jit::differences::Scheme;
    /// assert_eq!(Scheme::Forward.step(0.0, f64::EPSILON), f64::EPSILON.sqrt());
    /// ```
    #[must_use]
    pub fn step(self, x: f64, epsilon: f64) -> f64 {
        let relative = match self {
            Scheme::Forward => epsilon.sqrt(),
            Scheme::Central => epsilon.cbrt(),
            Scheme::Richardson => epsilon.powf(0.2),
        };
        relative * x.abs().max(1.0)
    }

    /// The derivative at 0 of `f`, which writes its values at an offset, with step `h`.
    ///
    /// ```
    /// use desc_jit::differences::Scheme;
    /// let d = Scheme::Central.along(&mut |t| vec![3.0 * t, t * t], 1e-3);
    /// assert!((d[0] - 3.0).abs() < 1e-12 && d[1].abs() < 1e-12);
    /// ```
    pub fn along(self, f: &mut dyn FnMut(f64) -> Vec<f64>, h: f64) -> Vec<f64> {
        let difference = |a: Vec<f64>, b: Vec<f64>, width: f64| -> Vec<f64> {
            a.into_iter().zip(b).map(|(a, b)| (a - b) / width).collect()
        };
        let mut central = |h: f64| difference(f(h), f(-h), 2.0 * h);
        match self {
            Scheme::Central => central(h),
            Scheme::Richardson => {
                let (coarse, fine) = (central(h), central(0.5 * h));
                coarse.into_iter().zip(fine).map(|(c, f)| (4.0 * f - c) / 3.0).collect()
            }
            Scheme::Forward => difference(f(h), f(0.0), h),
        }
    }
}

/// The derivative of a function of one number.
///
/// ```
/// use desc_jit::differences::{Scheme, derivative};
/// assert!((derivative(|x| x * x * x, 2.0, Scheme::Central) - 12.0).abs() < 1e-9);
/// ```
pub fn derivative(f: impl Fn(f64) -> f64, x: f64, scheme: Scheme) -> f64 {
    scheme.along(&mut |t| vec![f(x + t)], scheme.step(x, f64::EPSILON))[0]
}

/// The Jacobian of a function of an array: element `[i, j]` is the derivative of result `i` by argument `j`. A function
/// without results has one without rows.
///
/// ```
/// use desc_jit::array::Array1;
/// use desc_jit::differences::{Scheme, jacobian};
///
/// let f = |x: &Array1<f64>| Array1::from_vec(vec![x[0] * x[1], x[0] - x[1]]);
/// let j = jacobian(f, &Array1::from_vec(vec![2.0, 3.0]), Scheme::Richardson);
/// assert!((j[[0, 0]] - 3.0).abs() < 1e-10 && (j[[1, 1]] + 1.0).abs() < 1e-10);
/// ```
pub fn jacobian(f: impl Fn(&Array1<f64>) -> Array1<f64>, x: &Array1<f64>, scheme: Scheme) -> Array2<f64> {
    let columns: Vec<Vec<f64>> = (0..x.len())
        .map(|j| {
            let at = |t: f64| {
                let mut moved = x.clone();
                moved[j] += t;
                f(&moved).to_vec()
            };
            scheme.along(&mut { at }, scheme.step(x[j], f64::EPSILON))
        })
        .collect();
    let rows = columns.first().map_or_else(|| f(x).len(), Vec::len);
    Array2::from_shape_fn((rows, x.len()), |(i, j)| columns[j][i])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error of a scheme for `exp` at 0 with step `h`: its order shows when `h` is halved.
    fn error(scheme: Scheme, h: f64) -> f64 {
        (scheme.along(&mut |t| vec![t.exp()], h)[0] - 1.0).abs()
    }

    #[test]
    fn each_scheme_has_its_order() {
        for (scheme, order) in [(Scheme::Forward, 1), (Scheme::Central, 2), (Scheme::Richardson, 4)] {
            let ratio = error(scheme, 0.1) / error(scheme, 0.05);
            let expected = f64::from(1 << order);
            assert!((ratio / expected - 1.0).abs() < 0.06, "{scheme:?}: {ratio}");
        }
    }

    #[test]
    fn steps_balance_rounding() {
        for (scheme, accuracy) in
            [(Scheme::Forward, 1e-7), (Scheme::Central, 1e-9), (Scheme::Richardson, 1e-11)]
        {
            assert!((derivative(f64::exp, 0.3, scheme) - 0.3f64.exp()).abs() < accuracy, "{scheme:?}");
        }
    }
}
