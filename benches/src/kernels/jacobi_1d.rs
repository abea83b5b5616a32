//! Jacobi sweeps over a rod, as in NPBench's `jacobi_1d`: two arrays, each updated from the other.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array_mut, int};
use crate::parameters::InOut;

#[desc_jit]
pub fn jacobi_1d(tsteps: usize, a: &mut Array1<f64>, b: &mut Array1<f64>) {
    let n = a.len();
    for _ in 1..tsteps {
        for i in 1..n - 1 {
            b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1]);
        }
        for i in 1..n - 1 {
            a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1]);
        }
    }
}

pub fn inputs([n, tsteps]: [usize; 2]) -> (usize, InOut<Array1<f64>>, InOut<Array1<f64>>) {
    let rod = |k: f64| Array1::from_shape_fn(n, |i| (i as f64 + k) / n as f64);
    (tsteps, InOut(rod(2.0)), InOut(rod(3.0)))
}

fn by_hand(tsteps: usize, a: &mut Array1<f64>, b: &mut Array1<f64>) -> Result<()> {
    static C: CFile = CFile::new("jacobi_1d", include_str!("../c/jacobi_1d.c"));
    C.call(&[int(a.len()), int(tsteps), array_mut(a), array_mut(b)])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        jacobi_1d(tsteps, a, b),
        inputs,
        sizes: [("tiny", [40, 6]), ("S", [3200, 800]), ("M", [12_000, 3000])],
        tolerance: Bits,
        limit: by_hand,
        steps: 1,
    }
}
