//! A system of equations with a lower triangular matrix by substitution, as in NPBench's `trisolv`.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn trisolv(l: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let n = b.len();
    let mut x = Array1::<f64>::zeros(n);
    for i in 0..n {
        let mut rest = b[i];
        for j in 0..i {
            rest -= l[[i, j]] * x[j];
        }
        x[i] = rest / l[[i, i]];
    }
    x
}

pub fn inputs([n]: [usize; 1]) -> (Array2<f64>, Array1<f64>) {
    let l = Array2::from_shape_fn((n, n), |(i, j)| (i + n + 1 - j) as f64 * 2.0 / n as f64);
    (l, Array1::from_shape_fn(n, |i| i as f64))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        trisolv(l, b),
        inputs,
        sizes: [("tiny", [20]), ("S", [2000]), ("M", [5000])],
        // Rows of differing signs cancel: another order of the sums differs by up to 4e-12 from exact values at S, and
        // so does the order of the text; at M the two are 2.7e-11 apart.
        tolerance: Relative(5e-11),
    }
}
