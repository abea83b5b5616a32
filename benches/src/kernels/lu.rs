//! A matrix into its triangular factors without pivoting, both in its place, as in NPBench's `lu`.

use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn lu(a: &mut Array2<f64>) {
    let n = a.nrows();
    for k in 0..n {
        for i in k + 1..n {
            a[[i, k]] /= a[[k, k]];
            for j in k + 1..n {
                a[[i, j]] -= a[[i, k]] * a[[k, j]];
            }
        }
    }
}

pub fn inputs([n]: [usize; 1]) -> (InOut<Array2<f64>>,) {
    (InOut(positive_definite(n)),)
}

/// The product of a lower triangular matrix, with ones on its diagonal, and its transpose.
pub fn positive_definite(n: usize) -> Array2<f64> {
    let lower = |i: usize, j: usize| match j {
        _ if j > i => 0.0,
        _ if j == i || j == 0 => 1.0,
        _ => (n - j) as f64 / n as f64 + 1.0,
    };
    Array2::from_shape_fn((n, n), |(i, j)| (0..=i.min(j)).map(|k| lower(i, k) * lower(j, k)).sum())
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        lu(a),
        inputs,
        sizes: [("tiny", [12]), ("S", [60]), ("M", [220])],
        tolerance: Relative(1e-12),
    }
}
