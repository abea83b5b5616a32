//! The magnetic field of a coil of straight segments (Hanson and Hirshman, Phys. Plasmas 9, 4410, 2002).

use std::f64::consts::PI;

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int, real};

const MU_0: f64 = 4e-7 * PI;

/// `points`, the vertices of the coil and the result in tesla have one row (x, y, z) each; a segment runs from
/// one vertex to the next.
#[desc_jit]
pub fn biot_savart(points: &Array2<f64>, coil: &Array2<f64>, current: f64) -> Array2<f64> {
    let n = points.nrows();
    let segments = coil.nrows() - 1;
    let mut field = Array2::<f64>::zeros((n, 3));
    for i in 0..n {
        let (mut bx, mut by, mut bz) = (0.0, 0.0, 0.0);
        for k in 0..segments {
            // From the two ends of the segment to the point.
            let ax = points[[i, 0]] - coil[[k, 0]];
            let ay = points[[i, 1]] - coil[[k, 1]];
            let az = points[[i, 2]] - coil[[k, 2]];
            let cx = points[[i, 0]] - coil[[k + 1, 0]];
            let cy = points[[i, 1]] - coil[[k + 1, 1]];
            let cz = points[[i, 2]] - coil[[k + 1, 2]];
            let a = (ax * ax + ay * ay + az * az).sqrt();
            let c = (cx * cx + cy * cy + cz * cz).sqrt();
            let weight = (a + c) / (a * c * (a * c + ax * cx + ay * cy + az * cz));
            bx += weight * (ay * cz - az * cy);
            by += weight * (az * cx - ax * cz);
            bz += weight * (ax * cy - ay * cx);
        }
        let scale = MU_0 * current / (4.0 * PI);
        field[[i, 0]] = scale * bx;
        field[[i, 1]] = scale * by;
        field[[i, 2]] = scale * bz;
    }
    field
}

/// A bent circle of radius 1 m, closed, and points on a helix inside.
pub fn inputs([segments, n]: [usize; 2]) -> (Array2<f64>, Array2<f64>, f64) {
    let angle = |k: usize, of: usize| 2.0 * PI * k as f64 / of as f64;
    let row = |k: usize, [x, y, z]: [f64; 3]| [x, y, z][k];
    let vertex = |t: f64| [t.cos() * (1.0 + 0.1 * (3.0 * t).cos()), t.sin(), 0.2 * (2.0 * t).sin()];
    let point = |t: f64| [0.5 * (5.0 * t).cos(), 0.5 * (5.0 * t).sin(), 0.3 * (t - PI)];
    let coil =
        Array2::from_shape_fn((segments + 1, 3), |(i, k)| row(k, vertex(angle(i % segments, segments))));
    let points = Array2::from_shape_fn((n, 3), |(i, k)| row(k, point(angle(i, n))));
    (points, coil, 1e6)
}

fn by_hand(points: &Array2<f64>, coil: &Array2<f64>, current: f64) -> Result<Array2<f64>> {
    static C: CFile = CFile::new("biot_savart", include_str!("../c/biot_savart.c"));
    let mut field = Array2::<f64>::zeros(points.dim());
    let scale = MU_0 * current / (4.0 * PI);
    C.call(&[
        int(points.nrows()),
        int(coil.nrows()),
        array(points),
        array(coil),
        real(scale),
        array_mut(&mut field),
    ])?;
    Ok(field)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        biot_savart(points, coil, current),
        inputs,
        sizes: [("tiny", [12, 7]), ("S", [200, 200]), ("M", [1000, 1000])],
        tolerance: Relative(1e-12),
        limit: by_hand,
    }
}
