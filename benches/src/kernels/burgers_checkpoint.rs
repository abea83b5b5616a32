//! The kernel `burgers_gradient` with a checkpoint: the tape has some of the steps, and the others are run again.

use desc_jit::prelude::*;

use super::burgers::{gradient, inputs};
use crate::bench::Bench;

/// The function `burgers` of the kernel of that name, with one line more.
#[desc_jit]
fn burgers(u: &Array1<f64>, c: f64, d: f64, steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.clone();
    #[checkpoint]
    for _ in 0..steps {
        let mut next = u.clone();
        for i in 1..n - 1 {
            next[i] = u[i] - c * u[i] * (u[i + 1] - u[i - 1]) + d * (u[i + 1] - 2.0 * u[i] + u[i - 1]);
        }
        u = next;
    }
    let mut energy = 0.0;
    for i in 0..n {
        energy += 0.5 * u[i] * u[i];
    }
    energy
}

#[desc_jit]
pub fn burgers_checkpoint(u: &Array1<f64>, c: f64, d: f64, steps: usize) -> Array1<f64> {
    grad(burgers)(u, c, d, steps)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        burgers_checkpoint(u, c, d, steps),
        inputs,
        sizes: [("tiny", [9, 5]), ("small", [300, 50]), ("S", [2000, 10_000])],
        tolerance: Relative(1e-11),
        native: gradient,
        steps: 1,
    };
    bench.derivative_of("burgers")
}
