//! `safe_norm` and `safe_div` in every reading.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn safe(a: &Array1<f64>, b: &Array1<f64>, k: f64) -> (f64, Array1<f64>, Array1<f64>, f64) {
    (safe_norm(a), safe_div(a, b, -1.0), safe_div(k, b, 0.5), safe_div(k, safe_norm(b), 7.0))
}

#[test]
fn safe_functions() {
    let a = Array1::from_vec(vec![3.0, 0.0, 4.0]);
    let b = Array1::from_vec(vec![2.0, 0.0, -0.0]);
    let (norm, quotients, of_number, _) = agree!(safe(&a, &b, 3.0));
    assert_eq!(
        (norm, quotients.to_vec(), of_number.to_vec()),
        (5.0, vec![1.5, -1.0, -1.0], vec![1.5, 0.5, 0.5])
    );
    let zero = Array1::zeros(3);
    let (norm, _, _, quotient) = agree!(safe(&zero, &zero, 3.0));
    assert_eq!((norm, quotient), (0.0, 7.0));
}
