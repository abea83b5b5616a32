//! Limited horizontal diffusion of a weather model (COSMO), as in NPBench's `hdiff`: a Laplacian, limited fluxes.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};

#[desc_jit]
pub fn hdiff(field: &Array3<f64>, coeff: &Array3<f64>) -> Array3<f64> {
    let (ni, nj, nk) = coeff.dim();

    let mut lap = Array3::<f64>::zeros((ni + 2, nj + 2, nk));
    for i in 0..ni + 2 {
        for j in 0..nj + 2 {
            for k in 0..nk {
                lap[[i, j, k]] = 4.0 * field[[i + 1, j + 1, k]]
                    - (field[[i + 2, j + 1, k]]
                        + field[[i, j + 1, k]]
                        + field[[i + 1, j + 2, k]]
                        + field[[i + 1, j, k]]);
            }
        }
    }

    let mut flx = Array3::<f64>::zeros((ni + 1, nj, nk));
    for i in 0..ni + 1 {
        for j in 0..nj {
            for k in 0..nk {
                let flux = lap[[i + 1, j + 1, k]] - lap[[i, j + 1, k]];
                let slope = field[[i + 2, j + 2, k]] - field[[i + 1, j + 2, k]];
                flx[[i, j, k]] = if flux * slope > 0.0 { 0.0 } else { flux };
            }
        }
    }

    let mut fly = Array3::<f64>::zeros((ni, nj + 1, nk));
    for i in 0..ni {
        for j in 0..nj + 1 {
            for k in 0..nk {
                let flux = lap[[i + 1, j + 1, k]] - lap[[i + 1, j, k]];
                let slope = field[[i + 2, j + 2, k]] - field[[i + 2, j + 1, k]];
                fly[[i, j, k]] = if flux * slope > 0.0 { 0.0 } else { flux };
            }
        }
    }

    let mut out = Array3::<f64>::zeros((ni, nj, nk));
    for i in 0..ni {
        for j in 0..nj {
            for k in 0..nk {
                out[[i, j, k]] = field[[i + 2, j + 2, k]]
                    - coeff[[i, j, k]]
                        * (flx[[i + 1, j, k]] - flx[[i, j, k]] + fly[[i, j + 1, k]] - fly[[i, j, k]]);
            }
        }
    }
    out
}

pub fn inputs([ni, nj, nk]: [usize; 3]) -> (Array3<f64>, Array3<f64>) {
    let noise = |i: usize, j: usize, k: usize| (i * 131 + j * 71 + k * 37) % 101;
    let field = Array3::from_shape_fn((ni + 4, nj + 4, nk), |(i, j, k)| noise(i * i, j, k) as f64 / 101.0);
    let coeff = Array3::from_shape_fn((ni, nj, nk), |(i, j, k)| noise(i, j * j, k + 3) as f64 / 101.0);
    (field, coeff)
}

fn by_hand(field: &Array3<f64>, coeff: &Array3<f64>) -> Result<Array3<f64>> {
    static C: CFile = CFile::new("hdiff", include_str!("../c/hdiff.c"));
    let (ni, nj, nk) = coeff.dim();
    let mut out = Array3::<f64>::zeros((ni, nj, nk));
    C.call(&[int(ni), int(nj), int(nk), array(field), array(coeff), array_mut(&mut out)])?;
    Ok(out)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        hdiff(field, coeff),
        inputs,
        sizes: [("tiny", [6, 7, 8]), ("S", [64, 64, 60]), ("M", [128, 128, 160])],
        tolerance: Bits,
        limit: by_hand,
    }
}
