//! The Jacobian of Lorenz's model of 1996 by its state, reverse: one direction for each of the results.

use desc_jit::prelude::*;

use super::lorenz96::{inputs, jacobian, lorenz96};
use crate::bench::Bench;

#[desc_jit]
pub fn lorenz96_jacrev(x: &Array1<f64>, forcing: f64, dt: f64, steps: usize) -> Array2<f64> {
    jacrev(lorenz96)(x, forcing, dt, steps)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        lorenz96_jacrev(x, forcing, dt, steps),
        inputs,
        sizes: [("tiny", [5, 3]), ("S", [100, 20])],
        tolerance: Relative(1e-12),
        native: jacobian,
        steps: 1,
    };
    bench.derivative_of("lorenz96")
}
