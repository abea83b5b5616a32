//! Softmax of every row, as in NPBench's `softmax`, whose four axes are rows (the first three) and columns here.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn softmax(x: &Array2<f64>) -> Array2<f64> {
    let (rows, columns) = x.dim();
    let mut y = Array2::<f64>::zeros((rows, columns));
    for i in 0..rows {
        let mut largest = f64::NEG_INFINITY;
        for j in 0..columns {
            largest = largest.max(x[[i, j]]);
        }
        let mut sum = 0.0;
        for j in 0..columns {
            y[[i, j]] = (x[[i, j]] - largest).exp();
            sum += y[[i, j]];
        }
        for j in 0..columns {
            y[[i, j]] /= sum;
        }
    }
    y
}

/// Batch, heads and sequence: NPBench's N, H and SM.
pub fn inputs([batch, heads, sequence]: [usize; 3]) -> (Array2<f64>,) {
    let shape = (batch * heads * sequence, sequence);
    (Array2::from_shape_fn(shape, |(i, j)| (0.618034 * (i * sequence + j) as f64).fract()),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        softmax(x),
        inputs,
        sizes: [("tiny", [2, 2, 5]), ("S", [16, 16, 128]), ("M", [32, 8, 256])],
        tolerance: Relative(1e-12),
    }
}
