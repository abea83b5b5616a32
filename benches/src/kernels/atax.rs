//! The product `A^T (A x)`, as in NPBench's `atax`: the matrix is read once, by rows.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};

#[desc_jit]
pub fn atax(a: &Array2<f64>, x: &Array1<f64>) -> Array1<f64> {
    let (m, n) = a.dim();
    let mut y = Array1::<f64>::zeros(n);
    for i in 0..m {
        let mut row = 0.0;
        for j in 0..n {
            row += a[[i, j]] * x[j];
        }
        for j in 0..n {
            y[j] += a[[i, j]] * row;
        }
    }
    y
}

pub fn inputs([m, n]: [usize; 2]) -> (Array2<f64>, Array1<f64>) {
    let a = Array2::from_shape_fn((m, n), |(i, j)| ((i + j) % n) as f64 / (5 * m) as f64);
    let x = Array1::from_shape_fn(n, |j| 1.0 + j as f64 / n as f64);
    (a, x)
}

fn by_hand(a: &Array2<f64>, x: &Array1<f64>) -> Result<Array1<f64>> {
    static C: CFile = CFile::new("atax", include_str!("../c/atax.c"));
    let (m, n) = a.dim();
    let mut y = Array1::<f64>::zeros(n);
    C.call(&[int(m), int(n), array(a), array(x), array_mut(&mut y)])?;
    Ok(y)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        atax(a, x),
        inputs,
        sizes: [("tiny", [9, 11]), ("small", [1000, 1250]), ("S", [4000, 5000]), ("M", [10_000, 12_500])],
        tolerance: Relative(1e-12),
        limit: by_hand,
    }
}
