//! Transcendental functions of every element of an array.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn expression(x: &Array1<f64>) -> Array1<f64> {
    let n = x.len();
    let mut y = Array1::<f64>::zeros(n);
    for i in 0..n {
        y[i] = x[i].sin() * (-x[i] * x[i]).exp() + (x[i].abs() + 1.0).sqrt();
    }
    y
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>,) {
    (Array1::linspace(-3.0, 3.0, n),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        expression(x),
        inputs,
        sizes: [("tiny", [1000]), ("S", [100_000]), ("M", [4_000_000])],
        tolerance: Relative(1e-12),
    }
}
