//! A tridiagonal system by the Thomas algorithm (Numerical Recipes, section 2.4): two recurrences.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn tridiagonal(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>, d: &Array1<f64>) -> Array1<f64> {
    let n = d.len();
    let mut cp = Array1::<f64>::zeros(n);
    let mut x = Array1::<f64>::zeros(n);
    cp[0] = c[0] / b[0];
    x[0] = d[0] / b[0];
    for i in 1..n {
        let m = b[i] - a[i] * cp[i - 1];
        cp[i] = c[i] / m;
        x[i] = (d[i] - a[i] * x[i - 1]) / m;
    }
    for i in (0..n - 1).rev() {
        x[i] -= cp[i] * x[i + 1];
    }
    x
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>, Array1<f64>, Array1<f64>, Array1<f64>) {
    let wave = |k: f64, middle: f64| Array1::from_shape_fn(n, |i| middle + 0.3 * (k * i as f64).sin());
    (wave(0.37, -1.0), wave(0.11, 3.0), wave(0.23, -1.0), wave(0.05, 0.0))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        tridiagonal(a, b, c, d),
        inputs,
        sizes: [("tiny", [50]), ("S", [100_000]), ("M", [4_000_000])],
        tolerance: Bits,
    }
}
