//! The gravitational acceleration of every body by all others, by direct summation with Plummer's softening.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int, real};

/// `position` and the result have one row (x, y, z) per body; the gravitational constant is 1.
#[desc_jit]
pub fn nbody(position: &Array2<f64>, mass: &Array1<f64>, softening: f64) -> Array2<f64> {
    let n = mass.len();
    let mut acceleration = Array2::<f64>::zeros((n, 3));
    for i in 0..n {
        let (mut ax, mut ay, mut az) = (0.0, 0.0, 0.0);
        for j in 0..n {
            let dx = position[[j, 0]] - position[[i, 0]];
            let dy = position[[j, 1]] - position[[i, 1]];
            let dz = position[[j, 2]] - position[[i, 2]];
            let r2 = dx * dx + dy * dy + dz * dz + softening * softening;
            let weight = mass[j] / (r2 * r2.sqrt());
            ax += weight * dx;
            ay += weight * dy;
            az += weight * dz;
        }
        acceleration[[i, 0]] = ax;
        acceleration[[i, 1]] = ay;
        acceleration[[i, 2]] = az;
    }
    acceleration
}

pub fn inputs([n]: [usize; 1]) -> (Array2<f64>, Array1<f64>, f64) {
    let position = Array2::from_shape_fn((n, 3), |(i, k)| (1e4 * (3 * i + k) as f64).sin());
    let mass = Array1::from_shape_fn(n, |i| (1.0 + 0.5 * (i as f64).cos()) / n as f64);
    (position, mass, 0.05)
}

fn by_hand(position: &Array2<f64>, mass: &Array1<f64>, softening: f64) -> Result<Array2<f64>> {
    static C: CFile = CFile::new("nbody", include_str!("../c/nbody.c"));
    let mut acceleration = Array2::<f64>::zeros(position.dim());
    C.call(&[int(mass.len()), array(position), array(mass), real(softening), array_mut(&mut acceleration)])?;
    Ok(acceleration)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        nbody(position, mass, softening),
        inputs,
        sizes: [("tiny", [12]), ("S", [300]), ("M", [1000])],
        tolerance: Relative(1e-12),
        limit: by_hand,
    }
}
