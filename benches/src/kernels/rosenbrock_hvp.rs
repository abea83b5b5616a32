//! The product of the Hessian of Rosenbrock's function with a vector.

use desc_jit::prelude::*;

use super::rosenbrock::{place, rosenbrock};
use crate::bench::Bench;

#[desc_jit]
pub fn rosenbrock_hvp(x: &Array1<f64>, v: &Array1<f64>) -> Array1<f64> {
    hvp(rosenbrock)(x, v)
}

pub fn by_hand(x: &Array1<f64>, v: &Array1<f64>) -> Array1<f64> {
    let mut product = Array1::zeros(x.len());
    for i in 0..x.len() - 1 {
        let off = -400.0 * x[i];
        product[i] += (1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0) * v[i] + off * v[i + 1];
        product[i + 1] += 200.0 * v[i + 1] + off * v[i];
    }
    product
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>, Array1<f64>) {
    (place(n), Array1::from_shape_fn(n, |i| (0.2 * i as f64).sin()))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        rosenbrock_hvp(x, v),
        inputs,
        sizes: [("tiny", [9]), ("S", [1000])],
        tolerance: Relative(1e-12),
        native: by_hand,
    };
    bench.derivative_of("rosenbrock")
}
