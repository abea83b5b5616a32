//! Jacobi sweeps over a plate, as in NPBench's `jacobi_2d`: two arrays, each updated from the other.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array_mut, int};
use crate::parameters::InOut;

#[desc_jit]
pub fn jacobi_2d(tsteps: usize, a: &mut Array2<f64>, b: &mut Array2<f64>) {
    let (nx, ny) = a.dim();
    for _ in 1..tsteps {
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                b[[i, j]] = 0.2 * (a[[i, j]] + a[[i, j - 1]] + a[[i, j + 1]] + a[[i + 1, j]] + a[[i - 1, j]]);
            }
        }
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                a[[i, j]] = 0.2 * (b[[i, j]] + b[[i, j - 1]] + b[[i, j + 1]] + b[[i + 1, j]] + b[[i - 1, j]]);
            }
        }
    }
}

pub fn inputs([n, tsteps]: [usize; 2]) -> (usize, InOut<Array2<f64>>, InOut<Array2<f64>>) {
    let plate = |k: f64| Array2::from_shape_fn((n, n), |(i, j)| i as f64 * (j as f64 + k) / n as f64);
    (tsteps, InOut(plate(2.0)), InOut(plate(3.0)))
}

fn by_hand(tsteps: usize, a: &mut Array2<f64>, b: &mut Array2<f64>) -> Result<()> {
    static C: CFile = CFile::new("jacobi_2d", include_str!("../c/jacobi_2d.c"));
    let (nx, ny) = a.dim();
    C.call(&[int(nx), int(ny), int(tsteps), array_mut(a), array_mut(b)])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        jacobi_2d(tsteps, a, b),
        inputs,
        sizes: [("tiny", [12, 4]), ("S", [150, 50]), ("M", [350, 80])],
        tolerance: Bits,
        limit: by_hand,
        steps: 1,
    }
}
