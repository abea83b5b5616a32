//! Sums over pairs: gravity and magnetic fields.

use crate::consistency::{Along, product, scattered};
use desc_jit::prelude::*;

/// Of bodies in their own gravity, with Plummer's softening; `state` has a row (x, y, z, vx, vy, vz) per body.
#[desc_jit]
fn energy(state: &Array2<f64>, mass: &Array1<f64>, softening: f64) -> f64 {
    let n = mass.len();
    let mut energy = 0.0;
    for i in 0..n {
        for k in 3..6 {
            energy += 0.5 * mass[i] * state[[i, k]] * state[[i, k]];
        }
        for j in 0..i {
            let mut r2 = softening * softening;
            for k in 0..3 {
                let d = state[[j, k]] - state[[i, k]];
                r2 += d * d;
            }
            energy -= mass[i] * mass[j] / r2.sqrt();
        }
    }
    energy
}

#[test]
fn the_energy_of_bodies() {
    let n = 7;
    let table = |seed| Array2::from_shape_vec((n, 6), scattered(seed, 6 * n)).unwrap();
    let (state, d_state) = (table(1), table(2));
    let mass = Array1::from_shape_fn(n, |i| 1.0 + 0.1 * i as f64);
    let d_mass = Array1::from_vec(scattered(3, n));
    let by_all = energy::jit().wrt(argnums![0, 1, 2]);
    Along {
        value: |t: f64| vec![energy::native(&(&state + &d_state * t), &(&mass + &d_mass * t), 0.5 + 0.3 * t)],
        forward: || vec![jvp(&by_all)(&state, &mass, 0.5, &d_state, &d_mass, 0.3).1],
        reverse: || {
            let (by_state, by_mass, by_softening) = grad(&by_all)(&state, &mass, 0.5);
            product(&by_state, &d_state) + product(&by_mass, &d_mass) + 0.3 * by_softening
        },
        weights: vec![1.0],
    }
    .check();
}

/// The field of a coil of straight segments (Hanson and Hirshman, Phys. Plasmas 9, 4410, 2002), at one point per
/// row and in units of mu_0 times the current over 4 pi.
#[desc_jit]
fn biot_savart(points: &Array2<f64>, coil: &Array2<f64>) -> Array2<f64> {
    let n = points.nrows();
    let mut field = Array2::<f64>::zeros((n, 3));
    for i in 0..n {
        let (mut bx, mut by, mut bz) = (0.0, 0.0, 0.0);
        for k in 0..coil.nrows() - 1 {
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
        field[[i, 0]] = bx;
        field[[i, 1]] = by;
        field[[i, 2]] = bz;
    }
    field
}

/// A closed polygon of corners on the unit circle, lifted a little.
fn polygon(corners: usize) -> Array2<f64> {
    Array2::from_shape_fn((corners + 1, 3), |(k, axis)| {
        let angle = std::f64::consts::TAU * (k % corners) as f64 / corners as f64;
        [angle.cos(), angle.sin(), 0.1 * (2.0 * angle).sin()][axis]
    })
}

#[test]
fn the_field_of_a_coil() {
    let (coil, n) = (polygon(12), 5);
    let points = Array2::from_shape_vec((n, 3), scattered(4, 3 * n)).unwrap() * 0.4;
    let d_points = Array2::from_shape_vec((n, 3), scattered(5, 3 * n)).unwrap();
    let d_coil = Array2::from_shape_vec(coil.dim(), scattered(6, coil.len())).unwrap();
    let weights = Array2::from_shape_vec((n, 3), scattered(7, 3 * n)).unwrap();
    let by_both = biot_savart::jit().wrt(argnums![0, 1]);
    // A tenth of the direction, for the field bends within the distance of a point to the coil.
    Along {
        value: |t: f64| {
            biot_savart::native(&(&points + &d_points * (0.1 * t)), &(&coil + &d_coil * (0.1 * t))).to_vec()
        },
        forward: || jvp(&by_both)(&points, &coil, &(&d_points * 0.1), &(&d_coil * 0.1)).1.to_vec(),
        reverse: || {
            let (_, (by_points, by_coil)) = vjp(&by_both)(&points, &coil, &weights);
            0.1 * (product(&by_points, &d_points) + product(&by_coil, &d_coil))
        },
        weights: weights.to_vec(),
    }
    .check();
}

/// At one point: the Jacobian of a vector by a vector has two axes.
#[desc_jit]
fn field_at(point: &Array1<f64>, coil: &Array2<f64>) -> Array1<f64> {
    let mut points = Array2::<f64>::zeros((1, 3));
    for k in 0..3 {
        points[[0, k]] = point[k];
    }
    let field = biot_savart(&points, coil);
    let mut b = Array1::<f64>::zeros(3);
    for k in 0..3 {
        b[k] = field[[0, k]];
    }
    b
}

/// Off the wire the field has neither sources nor curl: its Jacobian is symmetric and its trace is zero.
#[test]
fn the_field_of_a_coil_has_no_divergence_and_no_curl() {
    let coil = polygon(12);
    let point = Array1::from_vec(vec![0.2, -0.1, 0.3]);
    for by_point in [jacrev(field_at::jit())(&point, &coil), jacfwd(field_at::jit())(&point, &coil)] {
        let d: &Array2<f64> = &by_point;
        assert!((d[[0, 0]] + d[[1, 1]] + d[[2, 2]]).abs() < 1e-13, "{d:?}");
        for (row, column) in [(0, 1), (0, 2), (1, 2)] {
            assert!((d[[row, column]] - d[[column, row]]).abs() < 1e-13, "{d:?}");
        }
    }
}
