//! The product of the Hessian of the energy of atoms in a plane with a vector of displacements.

use desc_jit::prelude::*;

use super::lennard_jones::{atoms, lennard_jones};
use crate::bench::Bench;

#[desc_jit]
pub fn lennard_jones_hvp(x: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    hvp(lennard_jones)(x, v)
}

/// With E(q) of the squared distance q = d.d of a pair, the force between the two changes by
/// 2 E' w + 4 E'' (d.w) d where their displacements differ by w.
pub fn by_hand(x: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let mut product = Array2::zeros((x.nrows(), 2));
    for i in 0..x.nrows() {
        for j in 0..i {
            let d = [x[[i, 0]] - x[[j, 0]], x[[i, 1]] - x[[j, 1]]];
            let w = [v[[i, 0]] - v[[j, 0]], v[[i, 1]] - v[[j, 1]]];
            let s = 1.0 / (d[0] * d[0] + d[1] * d[1]);
            let s3 = s * s * s;
            let first = 4.0 * s * (3.0 * s3 - 6.0 * s3 * s3);
            let second = 4.0 * s * s * (42.0 * s3 * s3 - 12.0 * s3);
            let along = d[0] * w[0] + d[1] * w[1];
            for axis in 0..2 {
                let change = 2.0 * first * w[axis] + 4.0 * second * along * d[axis];
                product[[i, axis]] += change;
                product[[j, axis]] -= change;
            }
        }
    }
    product
}

pub fn inputs([n]: [usize; 1]) -> (Array2<f64>, Array2<f64>) {
    (atoms(n), Array2::from_shape_fn((n, 2), |(k, axis)| ((3 * k + axis) as f64).cos()))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        lennard_jones_hvp(x, v),
        inputs,
        sizes: [("tiny", [7]), ("S", [500])],
        tolerance: Relative(1e-11),
        native: by_hand,
    };
    bench.derivative_of("lennard_jones")
}
