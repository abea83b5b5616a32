//! Volume and area of the plasma boundary of W7-X from its Fourier modes, as in `examples/stellarator`.

use std::f64::consts::PI;

use desc_jit::prelude::*;
use desc_jit_examples::files;

use crate::bench::Bench;

/// F_k(x) and its derivative in x, where F_k is cos(k x) for k >= 0 and sin(|k| x) for k < 0.
#[desc_jit]
pub fn basis(k: i64, x: f64) -> (f64, f64) {
    let frequency = k.abs() as f64;
    let phase = frequency * x;
    if k >= 0 { (phase.cos(), -frequency * phase.sin()) } else { (phase.sin(), frequency * phase.cos()) }
}

/// f(theta, zeta) = sum over modes of c_mn F_m(theta) F_n(nfp zeta), with its derivatives in theta and zeta.
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

/// V = |nfp/2 sum R^2 dZ/dtheta| dtheta dzeta and S = nfp sum |e_theta x e_zeta| dtheta dzeta. The modes have
/// one row (m, n) per coefficient; `zeta` covers one of `nfp` field periods.
#[desc_jit]
pub fn w7x_surface(
    r_modes: &Array2<i64>,
    r_coefficients: &Array1<f64>,
    z_modes: &Array2<i64>,
    z_coefficients: &Array1<f64>,
    nfp: i64,
    theta: &Array1<f64>,
    zeta: &Array1<f64>,
) -> (f64, f64) {
    let (r, r_theta, r_zeta) = series(r_modes, r_coefficients, nfp, theta, zeta);
    let (_, z_theta, z_zeta) = series(z_modes, z_coefficients, nfp, theta, zeta);
    let (n_theta, n_zeta) = r.dim();
    let periods = nfp as f64;
    let cell = (2.0 * PI / n_theta as f64) * (2.0 * PI / (periods * n_zeta as f64));
    let mut volume = 0.0;
    let mut area = 0.0;
    for i in 0..n_theta {
        for j in 0..n_zeta {
            let radius = r[[i, j]];
            volume += radius.powi(2) * z_theta[[i, j]];
            // e_theta = (R_theta, 0, Z_theta) and e_zeta = (R_zeta, R, Z_zeta)
            let normal_r = -radius * z_theta[[i, j]];
            let normal_phi = z_theta[[i, j]] * r_zeta[[i, j]] - r_theta[[i, j]] * z_zeta[[i, j]];
            let normal_z = radius * r_theta[[i, j]];
            area += (normal_r.powi(2) + normal_phi.powi(2) + normal_z.powi(2)).sqrt();
        }
    }
    ((0.5 * periods * volume * cell).abs(), periods * area * cell)
}

const FIELD_PERIODS: usize = 5;

/// The modes of R or Z up to a largest m and n, and their coefficients.
fn modes(csv: &str, coordinate: &str, largest: u64) -> (Array2<i64>, Array1<f64>) {
    let mode = |line: &str| {
        let columns: Vec<&str> = line.split(',').collect();
        let [name, m, n, value] = columns[..] else { return None };
        let (m, n): (i64, i64) = (m.parse().ok()?, n.parse().ok()?);
        let wanted = name == coordinate && m.unsigned_abs().max(n.unsigned_abs()) <= largest;
        wanted.then_some(([m, n], value.parse().ok()?))
    };
    let rows: Vec<([i64; 2], f64)> = csv.lines().filter_map(mode).collect();
    (
        Array2::from_shape_fn((rows.len(), 2), |(k, axis)| rows[k].0[axis]),
        Array1::from_shape_fn(rows.len(), |k| rows[k].1),
    )
}

pub type Inputs = (Array2<i64>, Array1<f64>, Array2<i64>, Array1<f64>, i64, Array1<f64>, Array1<f64>);

pub fn inputs([grid, largest_mode]: [usize; 2]) -> Inputs {
    let csv = std::fs::read_to_string(files::shipped("w7x_boundary.csv")).expect("a file of this repository");
    let (r_modes, r_coefficients) = modes(&csv, "R", largest_mode as u64);
    let (z_modes, z_coefficients) = modes(&csv, "Z", largest_mode as u64);
    let angles = |turns: usize| Array1::from_shape_fn(grid, |i| 2.0 * PI * i as f64 / (turns * grid) as f64);
    (
        r_modes,
        r_coefficients,
        z_modes,
        z_coefficients,
        FIELD_PERIODS as i64,
        angles(1),
        angles(FIELD_PERIODS),
    )
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        w7x_surface(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta),
        inputs,
        sizes: [("tiny", [5, 2]), ("S", [33, 12]), ("M", [129, 12])],
        tolerance: Relative(1e-12),
    }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    /// `examples/data/w7x_reference.json`, grid 33.
    #[test]
    fn volume_and_area_are_those_of_w7x() {
        let (r_modes, r, z_modes, z, nfp, theta, zeta) = inputs([33, 12]);
        let (volume, area) = w7x_surface::native(&r_modes, &r, &z_modes, &z, nfp, &theta, &zeta);
        assert!((volume - 27.84796326380338).abs() < 1e-11, "{volume}");
        assert!((area - 134.76991322668192).abs() < 1e-10, "{area}");
    }
}
