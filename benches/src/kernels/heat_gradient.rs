//! The gradient of the energy of a rod after many steps with respect to the field at the start.

use desc_jit::prelude::*;

use super::heat_energy::{heat_energy, inputs};
use crate::bench::Bench;

#[desc_jit]
pub fn heat_gradient(u: &Array1<f64>, steps: usize) -> Array1<f64> {
    grad(heat_energy)(u, steps)
}

/// The energy's gradient at the end is the field there; a step backwards is the transposed step.
pub fn by_hand(u: &Array1<f64>, steps: usize) -> Array1<f64> {
    let n = u.len();
    let mut u = u.to_vec();
    let mut next = u.clone();
    for _ in 0..steps {
        for i in 1..n - 1 {
            next[i] = u[i] + 0.25 * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    // The ends keep their values: they take, and give nothing.
    for _ in 0..steps {
        for i in 2..n - 2 {
            next[i] = u[i] + 0.25 * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        next[0] = u[0] + 0.25 * u[1];
        next[1] = 0.5 * u[1] + 0.25 * u[2];
        next[n - 2] = 0.5 * u[n - 2] + 0.25 * u[n - 3];
        next[n - 1] = u[n - 1] + 0.25 * u[n - 2];
        std::mem::swap(&mut u, &mut next);
    }
    Array1::from_vec(u)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        heat_gradient(u, steps),
        inputs,
        sizes: [("tiny", [9, 4]), ("S", [10_000, 100])],
        tolerance: Relative(1e-12),
        native: by_hand,
        steps: 1,
    };
    bench.derivative_of("heat_energy")
}
