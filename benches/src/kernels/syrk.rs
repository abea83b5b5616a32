//! The symmetric update of rank k `C = alpha A A^T + beta C` of the lower triangle, as in NPBench's `syrk`.

use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn syrk(alpha: f64, beta: f64, c: &mut Array2<f64>, a: &Array2<f64>) {
    let (n, m) = a.dim();
    for i in 0..n {
        for j in 0..=i {
            let mut sum = 0.0;
            for k in 0..m {
                sum += a[[i, k]] * a[[j, k]];
            }
            c[[i, j]] = alpha * sum + beta * c[[i, j]];
        }
    }
}

pub fn inputs([m, n]: [usize; 2]) -> (f64, f64, InOut<Array2<f64>>, Array2<f64>) {
    let c = Array2::from_shape_fn((n, n), |(i, j)| ((i * j + 2) % m) as f64 / m as f64);
    let a = Array2::from_shape_fn((n, m), |(i, k)| ((i * k + 1) % n) as f64 / n as f64);
    (1.5, 1.2, InOut(c), a)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        syrk(alpha, beta, c, a),
        inputs,
        sizes: [("tiny", [6, 8]), ("S", [50, 70]), ("M", [150, 200]), ("L", [500, 600])],
        tolerance: Relative(1e-12),
    }
}
