//! Diffusion on a plate by alternating directions, each implicit in turn, as in NPBench's `adi`.

use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[desc_jit]
pub fn adi(tsteps: usize, u: &mut Array2<f64>) {
    let n = u.nrows();
    let mut v = Array2::<f64>::zeros((n, n));
    let mut p = Array2::<f64>::zeros((n, n));
    let mut q = Array2::<f64>::zeros((n, n));

    let dx = 1.0 / n as f64;
    let dt = 1.0 / tsteps as f64;
    let mul1 = 2.0 * dt / (dx * dx);
    let mul2 = dt / (dx * dx);
    let a = -mul1 / 2.0;
    let b = 1.0 + mul1;
    let c = a;
    let d = -mul2 / 2.0;
    let e = 1.0 + mul2;
    let f = d;

    for _ in 0..tsteps {
        for i in 1..n - 1 {
            v[[0, i]] = 1.0;
            p[[i, 0]] = 0.0;
            q[[i, 0]] = v[[0, i]];
            for j in 1..n - 1 {
                p[[i, j]] = -c / (a * p[[i, j - 1]] + b);
                q[[i, j]] = (-d * u[[j, i - 1]] + (1.0 + 2.0 * d) * u[[j, i]]
                    - f * u[[j, i + 1]]
                    - a * q[[i, j - 1]])
                    / (a * p[[i, j - 1]] + b);
            }
            v[[n - 1, i]] = 1.0;
            for j in (1..n - 1).rev() {
                v[[j, i]] = p[[i, j]] * v[[j + 1, i]] + q[[i, j]];
            }
        }
        for i in 1..n - 1 {
            u[[i, 0]] = 1.0;
            p[[i, 0]] = 0.0;
            q[[i, 0]] = u[[i, 0]];
            for j in 1..n - 1 {
                p[[i, j]] = -f / (d * p[[i, j - 1]] + e);
                q[[i, j]] = (-a * v[[i - 1, j]] + (1.0 + 2.0 * a) * v[[i, j]]
                    - c * v[[i + 1, j]]
                    - d * q[[i, j - 1]])
                    / (d * p[[i, j - 1]] + e);
            }
            u[[i, n - 1]] = 1.0;
            for j in (1..n - 1).rev() {
                u[[i, j]] = p[[i, j]] * u[[i, j + 1]] + q[[i, j]];
            }
        }
    }
}

pub fn inputs([n, tsteps]: [usize; 2]) -> (usize, InOut<Array2<f64>>) {
    (tsteps, InOut(Array2::from_shape_fn((n, n), |(i, j)| (i + n - j) as f64 / n as f64)))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        adi(tsteps, u),
        inputs,
        sizes: [("tiny", [10, 3]), ("S", [100, 5]), ("M", [200, 20])],
        tolerance: Bits,
        steps: 1,
    }
}
