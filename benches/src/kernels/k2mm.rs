//! Two matrix products, `D = alpha A B C + beta D`, as in NPBench's `k2mm`.

use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn k2mm(
    alpha: f64,
    beta: f64,
    a: &Array2<f64>,
    b: &Array2<f64>,
    c: &Array2<f64>,
    d: &mut Array2<f64>,
) {
    let (ni, nk) = a.dim();
    let (nj, nl) = c.dim();
    let mut ab = Array2::<f64>::zeros((ni, nj));
    for i in 0..ni {
        for k in 0..nk {
            for j in 0..nj {
                ab[[i, j]] += alpha * a[[i, k]] * b[[k, j]];
            }
        }
    }
    for i in 0..ni {
        for l in 0..nl {
            d[[i, l]] *= beta;
        }
        for j in 0..nj {
            for l in 0..nl {
                d[[i, l]] += ab[[i, j]] * c[[j, l]];
            }
        }
    }
}

pub type Inputs = (f64, f64, Array2<f64>, Array2<f64>, Array2<f64>, InOut<Array2<f64>>);

pub fn inputs([ni, nj, nk, nl]: [usize; 4]) -> Inputs {
    let a = Array2::from_shape_fn((ni, nk), |(i, k)| ((i * k + 1) % ni) as f64 / ni as f64);
    let b = Array2::from_shape_fn((nk, nj), |(k, j)| (k * (j + 1) % nj) as f64 / nj as f64);
    let c = Array2::from_shape_fn((nj, nl), |(j, l)| ((j * (l + 3) + 1) % nl) as f64 / nl as f64);
    let d = Array2::from_shape_fn((ni, nl), |(i, l)| (i * (l + 2) % nk) as f64 / nk as f64);
    (1.5, 1.2, a, b, c, InOut(d))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        k2mm(alpha, beta, a, b, c, d),
        inputs,
        sizes: [("tiny", [6, 7, 8, 9]), ("small", [160, 170, 180, 190]), ("S", [800, 850, 900, 950]), ("M", [2000, 2250, 2500, 2750])],
        tolerance: Relative(1e-12),
    }
}
