//! The kernel `mandelbrot` as a `while` loop over one point that is mapped over a plane, twice.

use desc_jit::prelude::*;

use super::mandelbrot::{inputs, mandelbrot};
use crate::bench::Bench;

#[desc_jit]
fn escape(re: f64, im: f64, limit: i64) -> i64 {
    let (mut x, mut y) = (0.0, 0.0);
    let mut k = 0;
    while k < limit && x * x + y * y <= 4.0 {
        let next_x = x * x - y * y + re;
        y = 2.0 * x * y + im;
        x = next_x;
        k += 1;
    }
    k
}

#[desc_jit]
pub fn mandelbrot_vmap(re: &Array1<f64>, im: &Array1<f64>, limit: i64) -> Array2<i64> {
    vmap(vmap(escape).in_axes(in_axes![0, _, _])).in_axes(in_axes![_, 0, _])(re, im, limit)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        mandelbrot_vmap(re, im, limit),
        inputs,
        sizes: [("tiny", [9, 20]), ("S", [100, 200]), ("M", [400, 200])],
        tolerance: Edges(1e-4),
        native: mandelbrot::native,
    }
}
