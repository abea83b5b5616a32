//! Rosenbrock's function of many variables: what `rosenbrock_hvp` differentiates.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn rosenbrock(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        let b = 1.0 - x[i];
        sum += 100.0 * a * a + b * b;
    }
    sum
}

pub fn place(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| (0.3 * i as f64).cos())
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>,) {
    (place(n),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        rosenbrock(x),
        inputs,
        sizes: [("tiny", [9]), ("S", [1000])],
        tolerance: Relative(1e-12),
    }
}
