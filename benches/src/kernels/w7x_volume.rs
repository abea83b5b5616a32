//! The volume inside the plasma boundary of W7-X from its Fourier modes: what `w7x_volume_gradient` differentiates.

use std::f64::consts::PI;

use desc_jit::prelude::*;

use super::w7x_surface::{inputs, series};
use crate::bench::Bench;

/// V = |nfp/2 sum R^2 dZ/dtheta| dtheta dzeta; see `w7x_surface`.
#[desc_jit]
pub fn w7x_volume(
    r_modes: &Array2<i64>,
    r_coefficients: &Array1<f64>,
    z_modes: &Array2<i64>,
    z_coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> f64 {
    let (r, _, _) = series(r_modes, r_coefficients, nfp, theta, zeta);
    let (_, z_theta, _) = series(z_modes, z_coefficients, nfp, theta, zeta);
    let (n_theta, n_zeta) = r.dim();
    let periods = nfp as f64;
    let cell = (2.0 * PI / n_theta as f64) * (2.0 * PI / (periods * n_zeta as f64));
    let mut volume = 0.0;
    for i in 0..n_theta {
        for j in 0..n_zeta {
            volume += r[[i, j]].powi(2) * z_theta[[i, j]];
        }
    }
    (0.5 * periods * volume * cell).abs()
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        w7x_volume(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta),
        inputs,
        sizes: [("tiny", [5, 2]), ("S", [33, 12]), ("M", [129, 12])],
        tolerance: Relative(1e-12),
    }
}
