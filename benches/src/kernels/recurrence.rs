//! A recurrence that writes one element in each step from the one before: what `recurrence_gradient` differentiates.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn recurrence(a: &Array1<f64>, r: f64) -> f64 {
    let n = a.len();
    let mut a = a.clone();
    for i in 1..n {
        a[i] = r * a[i - 1] * (1.0 - a[i - 1]) + 0.1 * a[i];
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += a[i] * a[i];
    }
    sum
}

/// At this `r` the recurrence forgets where it came from, so that gradients neither grow nor vanish.
pub fn inputs([n]: [usize; 1]) -> (Array1<f64>, f64) {
    (Array1::from_shape_fn(n, |i| 0.5 + 0.4 * (0.7 * i as f64).sin()), 2.5)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        recurrence(a, r),
        inputs,
        sizes: [("tiny", [9]), ("S", [2000])],
        tolerance: Relative(1e-12),
        steps: 0,
    }
}
