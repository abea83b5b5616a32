//! The covariance matrix of the columns of a table, as in NPBench's `covariance`.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn covariance(data: &Array2<f64>) -> Array2<f64> {
    let (n, m) = data.dim();
    let mut mean = Array1::<f64>::zeros(m);
    for k in 0..n {
        for i in 0..m {
            mean[i] += data[[k, i]] / n as f64;
        }
    }
    let mut centred = data.clone();
    for k in 0..n {
        for i in 0..m {
            centred[[k, i]] -= mean[i];
        }
    }
    let mut covariance = Array2::<f64>::zeros((m, m));
    for i in 0..m {
        for k in 0..n {
            for j in i..m {
                covariance[[i, j]] += centred[[k, i]] * centred[[k, j]];
            }
        }
        for j in i..m {
            covariance[[i, j]] /= (n - 1) as f64;
            covariance[[j, i]] = covariance[[i, j]];
        }
    }
    covariance
}

pub fn inputs([m, n]: [usize; 2]) -> (Array2<f64>,) {
    (Array2::from_shape_fn((n, m), |(k, i)| (k * i) as f64 / m as f64),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        covariance(data),
        inputs,
        sizes: [("tiny", [7, 9]), ("small", [150, 180]), ("S", [500, 600]), ("M", [1400, 1800])],
        tolerance: Relative(1e-12),
    }
}
