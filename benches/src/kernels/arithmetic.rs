//! Three arrays in, one out, a few operations each: bound by memory.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};

#[desc_jit]
pub fn arithmetic(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Array1<f64> {
    let n = a.len();
    let mut y = Array1::<f64>::zeros(n);
    for i in 0..n {
        y[i] = 2.0 * a[i] * b[i] + c[i] * (a[i] - b[i]) / 2.0;
    }
    y
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>, Array1<f64>, Array1<f64>) {
    let wave = |k: f64| Array1::from_shape_fn(n, |i| (k * i as f64).sin());
    (wave(0.37), wave(0.11), wave(0.23))
}

fn by_hand(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Result<Array1<f64>> {
    static C: CFile = CFile::new("arithmetic", include_str!("../c/arithmetic.c"));
    let mut y = Array1::<f64>::zeros(a.len());
    C.call(&[int(a.len()), array(a), array(b), array(c), array_mut(&mut y)])?;
    Ok(y)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        arithmetic(a, b, c),
        inputs,
        sizes: [("tiny", [1000]), ("S", [100_000]), ("M", [4_000_000])],
        tolerance: Bits,
        limit: by_hand,
    }
}
