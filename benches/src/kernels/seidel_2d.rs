//! Gauss-Seidel sweeps over a plate, as in NPBench's `seidel_2d`: every element from neighbours already updated.

use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn seidel_2d(tsteps: usize, a: &mut Array2<f64>) {
    let (nx, ny) = a.dim();
    for _ in 1..tsteps {
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                a[[i, j]] = (a[[i - 1, j - 1]]
                    + a[[i - 1, j]]
                    + a[[i - 1, j + 1]]
                    + a[[i, j - 1]]
                    + a[[i, j]]
                    + a[[i, j + 1]]
                    + a[[i + 1, j - 1]]
                    + a[[i + 1, j]]
                    + a[[i + 1, j + 1]])
                    / 9.0;
            }
        }
    }
}

pub fn inputs([n, tsteps]: [usize; 2]) -> (usize, InOut<Array2<f64>>) {
    (tsteps, InOut(Array2::from_shape_fn((n, n), |(i, j)| (i * (j + 2) + 2) as f64 / n as f64)))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        seidel_2d(tsteps, a),
        inputs,
        sizes: [("tiny", [12, 4]), ("S", [50, 8]), ("M", [100, 15])],
        tolerance: Bits,
        steps: 1,
    }
}
