//! The energy that is left in a rod after many steps of the heat equation: what `heat_gradient` differentiates.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn heat_energy(u: &Array1<f64>, steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.clone();
    for _ in 0..steps {
        let mut next = u.clone();
        for i in 1..n - 1 {
            next[i] = u[i] + 0.25 * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        u = next;
    }
    let mut energy = 0.0;
    for i in 0..n {
        energy += 0.5 * u[i] * u[i];
    }
    energy
}

pub fn inputs([n, steps]: [usize; 2]) -> (Array1<f64>, usize) {
    let u = Array1::from_shape_fn(n, |i| (i as f64 * 0.37).sin() + (i as f64 / n as f64));
    (u, steps)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        heat_energy(u, steps),
        inputs,
        sizes: [("tiny", [9, 4]), ("S", [10_000, 100])],
        tolerance: Relative(1e-12),
        steps: 1,
    }
}
