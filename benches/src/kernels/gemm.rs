//! The general matrix product `C = alpha A B + beta C`, as in NPBench's `gemm`, as three loops.

use ::gemm::{Parallelism, gemm as library_gemm};
use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn gemm(alpha: f64, beta: f64, c: &mut Array2<f64>, a: &Array2<f64>, b: &Array2<f64>) {
    let (ni, nj) = c.dim();
    let nk = a.ncols();
    for i in 0..ni {
        for j in 0..nj {
            let mut sum = 0.0;
            for k in 0..nk {
                sum += a[[i, k]] * b[[k, j]];
            }
            c[[i, j]] = alpha * sum + beta * c[[i, j]];
        }
    }
}

pub type Inputs = (f64, f64, InOut<Array2<f64>>, Array2<f64>, Array2<f64>);

pub fn inputs([ni, nj, nk]: [usize; 3]) -> Inputs {
    let c = Array2::from_shape_fn((ni, nj), |(i, j)| ((i * j + 1) % ni) as f64 / ni as f64);
    let a = Array2::from_shape_fn((ni, nk), |(i, k)| (i * (k + 1) % nk) as f64 / nk as f64);
    let b = Array2::from_shape_fn((nk, nj), |(k, j)| (k * (j + 2) % nj) as f64 / nj as f64);
    (1.5, 1.2, InOut(c), a, b)
}

fn by_library(alpha: f64, beta: f64, c: &mut Array2<f64>, a: &Array2<f64>, b: &Array2<f64>) -> Result<()> {
    let (m, n) = c.dim();
    let k = a.ncols();
    let (c, a, b) = (c.as_slice_mut().unwrap(), a.as_slice().unwrap(), b.as_slice().unwrap());
    assert!(c.len() == m * n && a.len() == m * k && b.len() == k * n);
    let (row_of_n, row_of_k) = (n as isize, k as isize);
    // SAFETY: all three are row-major and of these extents, which was just checked; `c` is borrowed mutably.
    unsafe {
        library_gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            row_of_n,
            true,
            a.as_ptr(),
            1,
            row_of_k,
            b.as_ptr(),
            1,
            row_of_n,
            beta,
            alpha,
            false,
            false,
            false,
            Parallelism::Rayon(0),
        );
    }
    Ok(())
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        gemm(alpha, beta, c, a, b),
        inputs,
        sizes: [("tiny", [7, 8, 9]), ("small", [200, 220, 240]), ("S", [1000, 1100, 1200]), ("M", [2500, 2750, 3000])],
        tolerance: Relative(1e-12),
        limit: by_library,
    }
}
