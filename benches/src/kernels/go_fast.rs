//! A matrix plus the sum of the hyperbolic tangents of its diagonal, as in NPBench's `go_fast`.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn go_fast(a: &Array2<f64>) -> Array2<f64> {
    let (rows, columns) = a.dim();
    let mut trace = 0.0;
    for i in 0..rows {
        trace += a[[i, i]].tanh();
    }
    let mut y = Array2::<f64>::zeros((rows, columns));
    for i in 0..rows {
        for j in 0..columns {
            y[[i, j]] = a[[i, j]] + trace;
        }
    }
    y
}

pub fn inputs([n]: [usize; 1]) -> (Array2<f64>,) {
    (Array2::from_shape_fn((n, n), |(i, j)| (0.618034 * (i * n + j) as f64).fract()),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        go_fast(a),
        inputs,
        sizes: [("tiny", [20]), ("S", [2000]), ("M", [6000])],
        tolerance: Relative(1e-12),
    }
}
