//! Functions whose derivatives stay finite where those of the plain formula do not.
//!
//! A derivative of `where(b != 0, a / b, 0)` is NaN at `b = 0` all the same: the branch not taken is differentiated
//! too, and `0 * inf` is NaN. Here the operand is replaced as well as the result (JAX calls it the "double where").
//!
//! ```
//! use desc_jit::prelude::*;
//!
//! #[desc_jit]
//! fn unit(x: &Array1<f64>) -> Array1<f64> {
//!     safe_div(x, safe_norm(x), 0.0)
//! }
//! assert_eq!(unit(&Array1::from_vec(vec![3.0, 4.0])).to_vec(), [0.6, 0.8]);
//! assert_eq!(unit(&Array1::zeros(2)).to_vec(), [0.0, 0.0]);
//! ```

use crate::array::{Array, ArrayRef, Float};
use crate::op::{BinaryOp, CmpOp, ReduceOp, UnaryOp};
use crate::staged::staged;
use ndarray::Dimension;

/// The 2-norm of all elements of an array, `sqrt(sum x^2)`; its gradient is `x / norm`, and 0 (not NaN) where all
/// elements are 0. As with any norm by squares, elements below 1e-154 count as 0 in f64. (`safenorm` of DESC.)
///
/// ```
/// use desc_jit::prelude::*;
/// assert_eq!(safe_norm(&Array1::from_vec(vec![3.0, 4.0])), 5.0);
/// assert_eq!(safe_norm(&Array2::<f64>::zeros((2, 2))), 0.0);
/// ```
#[must_use]
pub fn safe_norm<T: Float, D: Dimension>(x: &ArrayRef<T, D>) -> T {
    let squares: Array<T, D> = x * x;
    let sum = squares.sum();
    if sum == T::ZERO { T::ZERO } else { sum.sqrt() }
}
staged!(safe_norm(cx, [x], at) {
    let squares = cx.binary(BinaryOp::Mul, x, x, at)?;
    let rank = cx.ty(&squares, at)?.rank();
    let sum = cx.reduce(ReduceOp::Sum, &squares, (0..rank).collect(), at)?;
    let vanishes = cx.compare_elements(CmpOp::Eq, &sum, &cx.float(0.0), at)?;
    let positive = cx.select(&vanishes, &cx.float(1.0), &sum, at)?;
    let root = cx.unary(UnaryOp::Sqrt, &positive, at)?;
    cx.select(&vanishes, &cx.float(0.0), &root, at)
});

/// What [`safe_div`] divides by a `B`.
#[diagnostic::on_unimplemented(message = "`safe_div` cannot divide `{Self}` by `{B}`")]
pub trait SafeDiv<B> {
    /// The element type.
    type Elem: Float;
    /// The quotient.
    type Out;
    /// See [`safe_div`].
    fn safe_div(self, b: B, fallback: Self::Elem) -> Self::Out;
}

fn divide<T: Float>(a: T, b: T, fallback: T) -> T {
    if b == T::ZERO { fallback } else { a / b }
}

macro_rules! scalars {
    ($($t:ty)*) => { $(
        impl SafeDiv<$t> for $t {
            type Elem = $t;
            type Out = $t;
            fn safe_div(self, b: $t, fallback: $t) -> $t {
                divide(self, b, fallback)
            }
        }
        impl<'a, D: Dimension> SafeDiv<&'a Array<$t, D>> for $t {
            type Elem = $t;
            type Out = Array<$t, D>;
            fn safe_div(self, b: &'a Array<$t, D>, fallback: $t) -> Array<$t, D> {
                b.mapv(|b| divide(self, b, fallback))
            }
        }
    )* };
}
scalars!(f64 f32);

impl<T: Float, D: Dimension> SafeDiv<T> for &Array<T, D> {
    type Elem = T;
    type Out = Array<T, D>;
    fn safe_div(self, b: T, fallback: T) -> Array<T, D> {
        self.mapv(|a| divide(a, b, fallback))
    }
}

impl<T: Float, D: Dimension> SafeDiv<&Array<T, D>> for &Array<T, D> {
    type Elem = T;
    type Out = Array<T, D>;
    #[track_caller]
    fn safe_div(self, b: &Array<T, D>, fallback: T) -> Array<T, D> {
        let mut quotient = self.clone();
        quotient.zip_mut_with(b, |a, &b| *a = divide(*a, b, fallback));
        quotient
    }
}

/// `a / b` where `b` is not 0, else `fallback`: of numbers, of an array and a number, or elementwise of arrays of one
/// shape. Where `b` is 0 the derivatives with respect to `a` and `b` are 0, never NaN. (`safediv` of DESC.)
///
/// # Panics
/// When two arrays have different shapes.
///
/// ```
/// use desc_jit::prelude::*;
/// assert_eq!(safe_div(1.0, 4.0, 0.0), 0.25);
/// assert_eq!(safe_div(1.0, 0.0, 7.0), 7.0);
/// let b = Array1::from_vec(vec![2.0, 0.0]);
/// assert_eq!(safe_div(&Array1::ones(2), &b, -1.0).to_vec(), [0.5, -1.0]);
/// ```
#[track_caller]
#[must_use]
pub fn safe_div<A: SafeDiv<B>, B>(a: A, b: B, fallback: A::Elem) -> A::Out {
    a.safe_div(b, fallback)
}
staged!(safe_div(cx, [a, b, fallback], at) {
    let vanishes = cx.compare_elements(CmpOp::Eq, b, &cx.float(0.0), at)?;
    let divisor = cx.select(&vanishes, &cx.float(1.0), b, at)?;
    let quotient = cx.binary(BinaryOp::Div, a, &divisor, at)?;
    cx.select(&vanishes, fallback, &quotient, at)
});
