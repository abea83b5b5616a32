//! A sparse matrix in rows (CSR) times a vector, as in NPBench's `spmv`.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};

/// The entries of row i are `start[i]..start[i + 1]`, each with its column.
#[desc_jit]
pub fn spmv(start: &Array1<u32>, column: &Array1<u32>, value: &Array1<f64>, x: &Array1<f64>) -> Array1<f64> {
    let rows = start.len() - 1;
    let mut y = Array1::<f64>::zeros(rows);
    for i in 0..rows {
        let mut sum = 0.0;
        for k in start[i] as usize..start[i + 1] as usize {
            sum += value[k] * x[column[k] as usize];
        }
        y[i] = sum;
    }
    y
}

pub type Inputs = (Array1<u32>, Array1<u32>, Array1<f64>, Array1<f64>);

/// `nnz` entries in rows and columns without order, as NPBench draws them.
pub fn inputs([rows, columns, nnz]: [usize; 3]) -> Inputs {
    let irregular = |k: f64| (1e4 * k.sin()).fract().abs();
    let below = |n: usize, k: f64| (n as f64 * irregular(k)) as usize;
    let mut entries: Vec<(usize, u32)> =
        (0..nnz).map(|k| (below(rows, k as f64), below(columns, 0.5 + k as f64) as u32)).collect();
    entries.sort_unstable();
    let start = Array1::from_shape_fn(rows + 1, |i| entries.partition_point(|entry| entry.0 < i) as u32);
    let column = Array1::from_shape_fn(nnz, |k| entries[k].1);
    let value = Array1::from_shape_fn(nnz, |k| irregular(0.25 + k as f64));
    let x = Array1::from_shape_fn(columns, |j| irregular(0.75 + j as f64));
    (start, column, value, x)
}

fn by_hand(
    start: &Array1<u32>,
    column: &Array1<u32>,
    value: &Array1<f64>,
    x: &Array1<f64>,
) -> Result<Array1<f64>> {
    static C: CFile = CFile::new("spmv", include_str!("../c/spmv.c"));
    let rows = start.len() - 1;
    let mut y = Array1::<f64>::zeros(rows);
    C.call(&[int(rows), array(start), array(column), array(value), array(x), array_mut(&mut y)])?;
    Ok(y)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        spmv(start, column, value, x),
        inputs,
        sizes: [
            ("tiny", [10, 12, 30]),
            ("S", [4096, 4096, 8192]),
            ("M", [32_768, 32_768, 65_536]),
            ("L", [262_144, 262_144, 2_621_440]),
        ],
        tolerance: Relative(1e-12),
        limit: by_hand,
    }
}
