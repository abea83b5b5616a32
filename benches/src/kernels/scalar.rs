//! One number in, one number out: what a call costs.

use desc_jit::prelude::*;

use crate::bench::Bench;

/// The relativistic factor of a velocity in units of that of light.
#[desc_jit]
pub fn scalar(beta: f64) -> f64 {
    1.0 / (1.0 - beta * beta).sqrt()
}

pub fn inputs([]: [usize; 0]) -> (f64,) {
    (0.6,)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        scalar(beta),
        inputs,
        sizes: [("tiny", []), ("S", [])],
        tolerance: Bits,
    }
}
