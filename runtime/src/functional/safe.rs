//! Functions whose usual form has no derivative somewhere, with one.

use crate::prelude::*;

/// The 2-norm of an array of shape `(n,)`. Its gradient at 0 is 0, where that of `x.dot(&x).sqrt()` is NaN.
///
/// ```
/// use desc_jit::functional::safe_norm;
/// use desc_jit::prelude::*;
///
/// assert_eq!(safe_norm(&Array1::from_vec(vec![3.0, 4.0])), 5.0);
/// assert_eq!(grad(safe_norm::jit())(&Array1::zeros(2)).to_vec(), [0.0, 0.0]);
/// ```
#[desc_jit]
pub fn safe_norm(x: &Array1<f64>) -> f64 {
    let mut square = 0.0;
    for i in 0..x.len() {
        square += x[i] * x[i];
    }
    if square > 0.0 { square.sqrt() } else { 0.0 }
}

/// `a / b`, and `fallback` where `b` is 0. Its derivatives are those of whichever it is, and never NaN because of the
/// other one.
///
/// ```
/// use desc_jit::functional::safe_div;
/// use desc_jit::prelude::*;
///
/// assert_eq!((safe_div(1.0, 4.0, 9.0), safe_div(1.0, 0.0, 9.0)), (0.25, 9.0));
/// let (by_a, by_b, by_fallback) = grad(safe_div::jit().wrt(argnums![0, 1, 2]))(1.0, 0.0, 9.0);
/// assert_eq!((by_a, by_b, by_fallback), (0.0, 0.0, 1.0));
/// ```
#[desc_jit]
pub fn safe_div(a: f64, b: f64, fallback: f64) -> f64 {
    if b == 0.0 { fallback } else { a / b }
}
