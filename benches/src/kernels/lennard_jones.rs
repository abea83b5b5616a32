//! The energy of atoms in a plane, each pair of which attracts and repels: what `lennard_jones_hvp` differentiates.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn lennard_jones(x: &Array2<f64>) -> f64 {
    let mut energy = 0.0;
    for i in 0..x.nrows() {
        for j in 0..i {
            let dx = x[[i, 0]] - x[[j, 0]];
            let dy = x[[i, 1]] - x[[j, 1]];
            let s = 1.0 / (dx * dx + dy * dy);
            let s3 = s * s * s;
            energy += 4.0 * (s3 * s3 - s3);
        }
    }
    energy
}

/// A square lattice near equilibrium, a little disturbed.
pub fn atoms(n: usize) -> Array2<f64> {
    let columns = (n as f64).sqrt().ceil() as usize;
    Array2::from_shape_fn((n, 2), |(k, axis)| {
        let lattice = if axis == 0 { k % columns } else { k / columns };
        1.12 * lattice as f64 + 0.05 * ((2 * k + axis) as f64 * 1.7).sin()
    })
}

pub fn inputs([n]: [usize; 1]) -> (Array2<f64>,) {
    (atoms(n),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        lennard_jones(x),
        inputs,
        sizes: [("tiny", [7]), ("S", [500])],
        tolerance: Relative(1e-11),
    }
}
