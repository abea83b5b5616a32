//! The heat equation in a cube, as in NPBench's `heat_3d`: two arrays, each updated from the other.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array_mut, int};
use crate::parameters::InOut;

#[desc_jit]
pub fn heat_3d(tsteps: usize, a: &mut Array3<f64>, b: &mut Array3<f64>) {
    let (nx, ny, nz) = a.dim();
    for _ in 1..tsteps {
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                for k in 1..nz - 1 {
                    b[[i, j, k]] = 0.125 * (a[[i + 1, j, k]] - 2.0 * a[[i, j, k]] + a[[i - 1, j, k]])
                        + 0.125 * (a[[i, j + 1, k]] - 2.0 * a[[i, j, k]] + a[[i, j - 1, k]])
                        + 0.125 * (a[[i, j, k + 1]] - 2.0 * a[[i, j, k]] + a[[i, j, k - 1]])
                        + a[[i, j, k]];
                }
            }
        }
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                for k in 1..nz - 1 {
                    a[[i, j, k]] = 0.125 * (b[[i + 1, j, k]] - 2.0 * b[[i, j, k]] + b[[i - 1, j, k]])
                        + 0.125 * (b[[i, j + 1, k]] - 2.0 * b[[i, j, k]] + b[[i, j - 1, k]])
                        + 0.125 * (b[[i, j, k + 1]] - 2.0 * b[[i, j, k]] + b[[i, j, k - 1]])
                        + b[[i, j, k]];
                }
            }
        }
    }
}

pub fn inputs([n, tsteps]: [usize; 2]) -> (usize, InOut<Array3<f64>>, InOut<Array3<f64>>) {
    let cube = Array3::from_shape_fn((n, n, n), |(i, j, k)| (i + j + n - k) as f64 * 10.0 / n as f64);
    (tsteps, InOut(cube.clone()), InOut(cube))
}

fn by_hand(tsteps: usize, a: &mut Array3<f64>, b: &mut Array3<f64>) -> Result<()> {
    static C: CFile = CFile::new("heat_3d", include_str!("../c/heat_3d.c"));
    let (nx, ny, nz) = a.dim();
    C.call(&[int(nx), int(ny), int(nz), int(tsteps), array_mut(a), array_mut(b)])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        heat_3d(tsteps, a, b),
        inputs,
        sizes: [("tiny", [8, 4]), ("S", [25, 25]), ("M", [40, 50])],
        tolerance: Bits,
        limit: by_hand,
        steps: 1,
    }
}
