//! The gradient of a recurrence that writes one element in each step: a tape that kept the array of every step would
//! grow with the square of their number.

use desc_jit::prelude::*;

use super::recurrence::{inputs, recurrence};
use crate::bench::Bench;

#[desc_jit]
pub fn recurrence_gradient(a: &Array1<f64>, r: f64) -> Array1<f64> {
    grad(recurrence)(a, r)
}

pub fn by_hand(a: &Array1<f64>, r: f64) -> Array1<f64> {
    let mut a = a.to_vec();
    for i in 1..a.len() {
        a[i] = r * a[i - 1] * (1.0 - a[i - 1]) + 0.1 * a[i];
    }
    let mut adjoint: Vec<f64> = a.iter().map(|x| 2.0 * x).collect();
    for i in (1..a.len()).rev() {
        adjoint[i - 1] += adjoint[i] * r * (1.0 - 2.0 * a[i - 1]);
        adjoint[i] *= 0.1;
    }
    Array1::from_vec(adjoint)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        recurrence_gradient(a, r),
        inputs,
        sizes: [("tiny", [9]), ("S", [2000])],
        tolerance: Relative(1e-12),
        native: by_hand,
        steps: 0,
    };
    bench.derivative_of("recurrence")
}
