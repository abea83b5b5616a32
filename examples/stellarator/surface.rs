//! The kernels: a plasma boundary from its Fourier modes, and what can be measured on it.
//!
//! Cylindrical coordinates (R, phi, Z) in metres with phi = zeta. Arrays over the surface have the shape
//! (poloidal angles theta, toroidal angles zeta); the toroidal angles cover one of `nfp` equal field periods.

use std::f64::consts::PI;

use desc_jit::prelude::*;

/// F_k(x) and its derivative in x, where F_k is cos(k x) for k >= 0 and sin(|k| x) for k < 0.
#[desc_jit]
pub fn basis(k: i64, x: f64) -> (f64, f64) {
    let frequency = k.abs() as f64;
    let phase = frequency * x;
    if k >= 0 { (phase.cos(), -frequency * phase.sin()) } else { (phase.sin(), frequency * phase.cos()) }
}

/// f(theta, zeta) = sum over modes of c_mn F_m(theta) F_n(nfp zeta), with its derivatives in theta and zeta.
///
/// `modes` has one row (m, n) per coefficient.
#[desc_jit]
pub fn series(
    modes: &Array2<i64>,
    coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let periods = nfp as f64;
    let mut f = Array2::zeros((theta.len(), zeta.len()));
    let mut f_theta = Array2::zeros((theta.len(), zeta.len()));
    let mut f_zeta = Array2::zeros((theta.len(), zeta.len()));
    for k in 0..coefficients.len() {
        let c = coefficients[k];
        for i in 0..theta.len() {
            let (a, a_theta) = basis(modes[[k, 0]], theta[i]);
            for j in 0..zeta.len() {
                let (b, b_x) = basis(modes[[k, 1]], periods * zeta[j]);
                f[[i, j]] += c * a * b;
                f_theta[[i, j]] += c * a_theta * b;
                f_zeta[[i, j]] += c * a * (periods * b_x);
            }
        }
    }
    (f, f_theta, f_zeta)
}

/// The boundary and its measures: R, Z, the volume inside, the area of the surface and the mean area of
/// the cross-sections at constant zeta.
///
/// * volume: V = |nfp/2 sum R^2 dZ/dtheta| dtheta dzeta (Gauss' theorem)
/// * area: S = nfp sum |e_theta x e_zeta| dtheta dzeta
/// * cross-section: A = |mean over zeta of sum R dZ/dtheta dtheta| (Green's theorem)
///
/// Sums over equidistant points are the trapezoidal rule, which converges exponentially for periodic functions.
#[desc_jit]
pub fn measure(
    r_modes: &Array2<i64>,
    r_coefficients: &Array1<f64>,
    z_modes: &Array2<i64>,
    z_coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>, f64, f64, f64) {
    let (r, r_theta, r_zeta) = series(r_modes, r_coefficients, nfp, theta, zeta);
    let (z, z_theta, z_zeta) = series(z_modes, z_coefficients, nfp, theta, zeta);

    let (n_theta, n_zeta) = r.dim();
    let periods = nfp as f64;
    let d_theta = 2.0 * PI / n_theta as f64;
    let d_zeta = 2.0 * PI / (periods * n_zeta as f64);
    let mut volume = 0.0;
    let mut area = 0.0;
    let mut section = 0.0;
    for i in 0..n_theta {
        for j in 0..n_zeta {
            let radius = r[[i, j]];
            volume += radius.powi(2) * z_theta[[i, j]];
            section += radius * z_theta[[i, j]];
            // e_theta = (R_theta, 0, Z_theta) and e_zeta = (R_zeta, R, Z_zeta)
            let normal_r = -radius * z_theta[[i, j]];
            let normal_phi = z_theta[[i, j]] * r_zeta[[i, j]] - r_theta[[i, j]] * z_zeta[[i, j]];
            let normal_z = radius * r_theta[[i, j]];
            area += (normal_r.powi(2) + normal_phi.powi(2) + normal_z.powi(2)).sqrt();
        }
    }
    (
        r,
        z,
        (0.5 * periods * volume * d_theta * d_zeta).abs(),
        periods * area * d_theta * d_zeta,
        (section * d_theta / n_zeta as f64).abs(),
    )
}

/// The volume alone, as a function that has a gradient.
#[desc_jit]
pub fn volume(
    r_modes: &Array2<i64>,
    r_coefficients: &Array1<f64>,
    z_modes: &Array2<i64>,
    z_coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> f64 {
    let (_, _, volume, _, _) = measure(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta);
    volume
}
