//! Maxwell's equations in two dimensions by finite differences in space and time, as in NPBench's `fdtd_2d`.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};
use crate::parameters::InOut;

#[desc_jit]
pub fn fdtd_2d(
    tmax: usize,
    ex: &mut Array2<f64>,
    ey: &mut Array2<f64>,
    hz: &mut Array2<f64>,
    source: &Array1<f64>,
) {
    let (nx, ny) = hz.dim();
    for t in 0..tmax {
        for j in 0..ny {
            ey[[0, j]] = source[t];
        }
        for i in 1..nx {
            for j in 0..ny {
                ey[[i, j]] -= 0.5 * (hz[[i, j]] - hz[[i - 1, j]]);
            }
        }
        for i in 0..nx {
            for j in 1..ny {
                ex[[i, j]] -= 0.5 * (hz[[i, j]] - hz[[i, j - 1]]);
            }
        }
        for i in 0..nx - 1 {
            for j in 0..ny - 1 {
                hz[[i, j]] -= 0.7 * (ex[[i, j + 1]] - ex[[i, j]] + ey[[i + 1, j]] - ey[[i, j]]);
            }
        }
    }
}

pub type Inputs = (usize, InOut<Array2<f64>>, InOut<Array2<f64>>, InOut<Array2<f64>>, Array1<f64>);

pub fn inputs([nx, ny, tmax]: [usize; 3]) -> Inputs {
    let field = |k: usize, n: usize| Array2::from_shape_fn((nx, ny), |(i, j)| (i * (j + k)) as f64 / n as f64);
    let source = Array1::from_shape_fn(tmax, |t| t as f64);
    (tmax, InOut(field(1, nx)), InOut(field(2, ny)), InOut(field(3, nx)), source)
}

fn by_hand(
    tmax: usize,
    ex: &mut Array2<f64>,
    ey: &mut Array2<f64>,
    hz: &mut Array2<f64>,
    source: &Array1<f64>,
) -> Result<()> {
    static C: CFile = CFile::new("fdtd_2d", include_str!("../c/fdtd_2d.c"));
    let (nx, ny) = hz.dim();
    C.call(&[int(nx), int(ny), int(tmax), array_mut(ex), array_mut(ey), array_mut(hz), array(source)])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        fdtd_2d(tmax, ex, ey, hz, source),
        inputs,
        sizes: [("tiny", [12, 14, 5]), ("S", [200, 220, 20]), ("M", [400, 450, 60])],
        tolerance: Bits,
        limit: by_hand,
        steps: 2,
    }
}
