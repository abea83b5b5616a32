//! What is called where, and how the values become a derivative.

use crate::array::Float;
use crate::dtype::DType;

/// How a derivative is made of values. Rounding adds about `eps |f| / h` to the error, so the best step is a balance,
/// and [`step`](Scheme::step) takes `eps^(1 / (order + 1)) max(|x|, 1)`, which leaves an error of about
/// `eps^(order / (order + 1))` for functions that change over lengths of 1.
///
/// | scheme | derivative | calls | error | step for f64, f32 | error left |
/// | --- | --- | --- | --- | --- | --- |
/// | `Forward` | `(f(x + h) - f(x)) / h` | 2 | `h f'' / 2` | 1.5e-8, 3.5e-4 | 1e-8, 3e-4 |
/// | `Central` | `(f(x + h) - f(x - h)) / 2h` | 2 | `h^2 f''' / 6` | 6.1e-6, 4.9e-3 | 4e-11, 2e-5 |
/// | `Richardson` | `(4 C(h / 2) - C(h)) / 3`, `C` the central one | 4 | `h^4 f''''' / 480` | 7.4e-4, 4.1e-2 | 3e-13, 3e-6 |
///
/// Source: Press et al., Numerical Recipes, 3rd edition, section 5.7; Richardson's extrapolation is the first step of
/// Ridders' method there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// One step forward: order 1.
    Forward,
    /// One step to both sides: order 2.
    Central,
    /// Central differences of two steps, extrapolated: order 4.
    Richardson,
}

impl Scheme {
    /// The power of the step that the error goes with.
    ///
    /// ```
    /// assert_eq!(desc_jit::differences::Scheme::Richardson.order(), 4);
    /// ```
    #[must_use]
    pub fn order(self) -> i32 {
        match self {
            Scheme::Forward => 1,
            Scheme::Central => 2,
            Scheme::Richardson => 4,
        }
    }

    /// The step at `x`: `eps^(1 / (order + 1)) max(|x|, 1)` with the `eps` of the dtype, rounded so that the points
    /// that are `h` and `h / 2` away from `x` are numbers of that dtype.
    ///
    /// ```
    /// use desc_jit::differences::Scheme;
    /// assert!((Scheme::Central.step(1.0) / f64::EPSILON.cbrt() - 1.0).abs() < 1e-9);
    /// ```
    pub fn step<T: Float>(self, x: T) -> T {
        self.step_of(1, x)
    }

    /// The same where differences are taken of differences, `derivatives` times in all: rounding adds about
    /// `eps |f| / h^derivatives`, so the step is `eps^(1 / (order + derivatives)) max(|x|, 1)`.
    pub(crate) fn step_of<T: Float>(self, derivatives: i32, x: T) -> T {
        let eps = if T::DTYPE == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let relative = T::of_f64(eps.powf(1.0 / f64::from(self.order() + derivatives)));
        let size = if x.abs() > T::ONE { x.abs() } else { T::ONE };
        let half = relative * size / T::of_f64(2.0);
        let exact = (x + half) - x;
        exact + exact
    }

    /// Where the function is called: `x + offset * h`.
    pub(super) fn offsets(self) -> &'static [f64] {
        match self {
            Scheme::Forward => &[0.0, 1.0],
            Scheme::Central => &[-1.0, 1.0],
            Scheme::Richardson => &[-1.0, -0.5, 0.5, 1.0],
        }
    }

    /// The derivative from the values at the offsets, which are asked for in their order.
    pub(super) fn quotient<T: Float>(self, step: T, mut f: impl FnMut(f64) -> T) -> T {
        let mut at = [T::ZERO; 4];
        for (slot, &offset) in at.iter_mut().zip(self.offsets()) {
            *slot = f(offset);
        }
        let number = T::of_f64;
        match self {
            Scheme::Forward => (at[1] - at[0]) / step,
            Scheme::Central => (at[1] - at[0]) / (number(2.0) * step),
            // (4 (f(h/2) - f(-h/2)) / h - (f(h) - f(-h)) / 2h) / 3
            Scheme::Richardson => (number(8.0) * (at[2] - at[1]) - (at[3] - at[0])) / (number(6.0) * step),
        }
    }
}
