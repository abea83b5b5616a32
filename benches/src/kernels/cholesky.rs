//! The Cholesky factor of a matrix, in the lower triangle of its place, as in NPBench's `cholesky`.

use desc_jit::prelude::*;

use super::lu::positive_definite;
use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn cholesky(a: &mut Array2<f64>) {
    let n = a.nrows();
    for i in 0..n {
        for j in 0..i {
            let mut rest = a[[i, j]];
            for k in 0..j {
                rest -= a[[i, k]] * a[[j, k]];
            }
            a[[i, j]] = rest / a[[j, j]];
        }
        let mut rest = a[[i, i]];
        for k in 0..i {
            rest -= a[[i, k]] * a[[i, k]];
        }
        a[[i, i]] = rest.sqrt();
    }
}

pub fn inputs([n]: [usize; 1]) -> (InOut<Array2<f64>>,) {
    (InOut(positive_definite(n)),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        cholesky(a),
        inputs,
        sizes: [("tiny", [12]), ("S", [100]), ("M", [300])],
        tolerance: Relative(1e-12),
    }
}
