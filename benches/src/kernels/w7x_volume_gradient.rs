//! The derivatives of the volume of W7-X by each coefficient of its boundary, in reverse mode.

use std::f64::consts::PI;

use desc_jit::prelude::*;

use super::w7x_surface::{basis, inputs, series};
use super::w7x_volume::w7x_volume;
use crate::bench::Bench;

#[desc_jit]
pub fn w7x_volume_gradient(
    r_modes: &Array2<i64>,
    r_coefficients: &Array1<f64>,
    z_modes: &Array2<i64>,
    z_coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let by_coefficients = grad(w7x_volume::jit().wrt(argnums![1, 3]));
    by_coefficients(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta)
}

/// R and dZ/dtheta are linear in the coefficients, so that their derivatives are the basis functions.
pub fn by_hand(
    r_modes: &Array2<i64>,
    r_coefficients: &Array1<f64>,
    z_modes: &Array2<i64>,
    z_coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let (r, _, _) = series::native(r_modes, r_coefficients, nfp, theta, zeta);
    let (_, z_theta, _) = series::native(z_modes, z_coefficients, nfp, theta, zeta);
    let (n_theta, n_zeta) = r.dim();
    let periods = nfp as f64;
    let cell = (2.0 * PI / n_theta as f64) * (2.0 * PI / (periods * n_zeta as f64));
    let volume: f64 = r.iter().zip(z_theta.iter()).map(|(r, z)| r * r * z).sum();
    let scale = 0.5 * periods * cell * volume.signum();
    let by = |modes: &Array2<i64>, of_r: bool| {
        Array1::from_shape_fn(modes.nrows(), |k| {
            let mut sum = 0.0;
            for i in 0..n_theta {
                let (a, a_theta) = basis::native(modes[[k, 0]], theta[i]);
                for j in 0..n_zeta {
                    let (b, _) = basis::native(modes[[k, 1]], periods * zeta[j]);
                    let radius = r[[i, j]];
                    sum += if of_r { 2.0 * radius * z_theta[[i, j]] * a } else { radius * radius * a_theta } * b;
                }
            }
            scale * sum
        })
    };
    (by(r_modes, true), by(z_modes, false))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    let bench = bench! {
        w7x_volume_gradient(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta),
        inputs,
        sizes: [("tiny", [5, 2]), ("S", [33, 12]), ("M", [129, 12])],
        tolerance: Relative(1e-12),
        native: by_hand,
    };
    bench.derivative_of("w7x_volume")
}
