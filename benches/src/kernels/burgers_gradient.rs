//! The gradient of the energy of viscous shocks with respect to the field at the start, whose steps are kept by segments.

use desc_jit::prelude::*;

use super::burgers::{burgers, gradient, inputs};
use crate::bench::Bench;

#[desc_jit]
pub fn burgers_gradient(u: &Array1<f64>, c: f64, d: f64, steps: usize) -> Array1<f64> {
    grad(burgers)(u, c, d, steps)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        burgers_gradient(u, c, d, steps),
        inputs,
        sizes: [("tiny", [9, 5]), ("small", [300, 50]), ("S", [2000, 10_000])],
        tolerance: Relative(1e-11),
        native: gradient,
        steps: 1,
    };
    bench.derivative_of("burgers")
}
