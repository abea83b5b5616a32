//! Plasma boundaries: volume and area by every Fourier coefficient, and second derivatives of a small one.

use super::consistency::{Along, largest, product, romberg, scattered};
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use example::{basis, series};
use std::f64::consts::{PI, TAU};
use std::path::Path;

/// The kernels of the example `stellarator`. The `measure` here keeps the sign of the volume.
#[path = "../../examples/stellarator/surface.rs"]
mod example;

/// Volume and area of the boundary, as in the example `stellarator`. The volume has a sign: that of W7-X is negative,
/// for its angle theta runs clockwise around a cross-section.
#[desc_jit]
fn measure(
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
            let normal_r = -radius * z_theta[[i, j]];
            let normal_phi = z_theta[[i, j]] * r_zeta[[i, j]] - r_theta[[i, j]] * z_zeta[[i, j]];
            let normal_z = radius * r_theta[[i, j]];
            area += (normal_r.powi(2) + normal_phi.powi(2) + normal_z.powi(2)).sqrt();
        }
    }
    (0.5 * periods * volume * cell, periods * area * cell)
}

/// A boundary and the grid that it is measured on.
struct Boundary {
    nfp: i64,
    r_modes: Array2<i64>,
    r: Array1<f64>,
    z_modes: Array2<i64>,
    z: Array1<f64>,
    theta: Array1<f64>,
    zeta: Array1<f64>,
}

const GRID: usize = 33;

impl Boundary {
    /// The boundary of W7-X that the example `stellarator` ships, from the DESC code's example equilibrium.
    fn w7x() -> Boundary {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/w7x_boundary.csv");
        let csv = std::fs::read_to_string(file).unwrap();
        let nfp = 5;
        let modes = |name: &str| {
            let line = |line: &str| {
                let columns: Vec<&str> = line.split(',').collect();
                let [coordinate, m, n, value] = columns[..] else { return None };
                (coordinate == name)
                    .then(|| ([m.parse::<i64>().unwrap(), n.parse().unwrap()], value.parse().unwrap()))
            };
            let rows: Vec<([i64; 2], f64)> = csv.lines().filter_map(line).collect();
            (
                Array2::from_shape_fn((rows.len(), 2), |(k, axis)| rows[k].0[axis]),
                Array1::from_shape_fn(rows.len(), |k| rows[k].1),
            )
        };
        let ((r_modes, r), (z_modes, z)) = (modes("R"), modes("Z"));
        let angles = |turns: usize| Array1::from_shape_fn(GRID, |i| TAU * i as f64 / (turns * GRID) as f64);
        Boundary { nfp, r_modes, r, z_modes, z, theta: angles(1), zeta: angles(nfp as usize) }
    }

    /// Volume and area with other coefficients.
    fn measured(&self, r: &Array1<f64>, z: &Array1<f64>) -> (f64, f64) {
        measure(&self.r_modes, r, &self.z_modes, z, self.nfp, &self.theta, &self.zeta)
    }

    /// The gradients, by the coefficients of R and of Z, of `weights` times (volume, area).
    fn gradients(&self, weights: (f64, f64)) -> (Array1<f64>, Array1<f64>) {
        let reverse = vjp(measure::jit().wrt(argnums![1, 3]));
        let (r_modes, z_modes) = (&self.r_modes, &self.z_modes);
        reverse(r_modes, &self.r, z_modes, &self.z, self.nfp, &self.theta, &self.zeta, weights).1
    }
}

/// The index of a mode.
fn mode(modes: &Array2<i64>, m: i64, n: i64) -> usize {
    (0..modes.nrows()).find(|&k| (modes[[k, 0]], modes[[k, 1]]) == (m, n)).unwrap()
}

/// `dV_dR00` and `volume_m3` of `examples/data/w7x_reference.json` at this grid, from the same modes.
#[test]
fn the_volume_by_the_major_radius_is_that_of_w7x() {
    let w7x = Boundary::w7x();
    let volume = w7x.measured(&w7x.r, &w7x.z).0;
    assert!((volume / -27.84796326380338 - 1.0).abs() < 1e-13, "{volume}");
    for engine in Engine::ALL {
        let (by_r, _) = with_engine(engine, || w7x.gradients((1.0, 0.0)));
        let found = by_r[mode(&w7x.r_modes, 0, 0)];
        assert!((found / -5.051369781416518 - 1.0).abs() < 1e-13, "{found} on {engine}");
    }
}

/// The volume is quadratic in each coefficient of R and linear in each of Z: central differences of any step are
/// exact, up to the rounding of the volume over the step.
#[test]
fn the_volume_by_every_coefficient() {
    let w7x = Boundary::w7x();
    let (by_r, by_z) = w7x.gradients((1.0, 0.0));
    assert_eq!((by_r.len(), by_z.len()), (313, 312));
    let step = 0.25;
    let size = largest(&[by_r.to_vec(), by_z.to_vec()].concat());
    let moved = |c: &Array1<f64>, k: usize, by: f64| {
        let mut c = c.clone();
        c[k] += by;
        c
    };
    let mut off: f64 = 0.0;
    for k in 0..by_r.len() {
        let volume = |by: f64| w7x.measured(&moved(&w7x.r, k, by), &w7x.z).0;
        off = off.max((by_r[k] - (volume(step) - volume(-step)) / (2.0 * step)).abs());
    }
    for k in 0..by_z.len() {
        let volume = |by: f64| w7x.measured(&w7x.r, &moved(&w7x.z, k, by)).0;
        off = off.max((by_z[k] - (volume(step) - volume(-step)) / (2.0 * step)).abs());
    }
    assert!(off < 1e-13 * size, "{off:e} of {size}");
}

/// By the derivatives of V = nfp/2 sum R^2 dZ/dtheta: dV/dR_k = nfp sum R dZ/dtheta F_k and
/// dV/dZ_k = nfp/2 sum R^2 dF_k/dtheta.
#[test]
fn the_volume_by_every_coefficient_as_analysis_has_it() {
    let w7x = Boundary::w7x();
    let periods = w7x.nfp as f64;
    let on_grid = |modes, c| series::native(modes, c, w7x.nfp, &w7x.theta, &w7x.zeta);
    let (r, _, _) = on_grid(&w7x.r_modes, &w7x.r);
    let (_, z_theta, _) = on_grid(&w7x.z_modes, &w7x.z);
    let cell = TAU * TAU / (periods * (GRID * GRID) as f64);
    let sum_over_grid = |modes: &Array2<i64>, k: usize, term: &dyn Fn(usize, usize, f64, f64, f64) -> f64| {
        let mut sum = 0.0;
        for i in 0..GRID {
            let (a, a_theta) = basis::native(modes[[k, 0]], w7x.theta[i]);
            for j in 0..GRID {
                let (b, _) = basis::native(modes[[k, 1]], periods * w7x.zeta[j]);
                sum += term(i, j, a, a_theta, b);
            }
        }
        periods * cell * sum
    };
    let (by_r, by_z) = w7x.gradients((1.0, 0.0));
    let size = largest(&[by_r.to_vec(), by_z.to_vec()].concat());
    for k in 0..by_r.len() {
        let exact = sum_over_grid(&w7x.r_modes, k, &|i, j, a, _, b| r[[i, j]] * z_theta[[i, j]] * a * b);
        assert!((by_r[k] - exact).abs() < 1e-14 * size, "R {k}: {} and {exact}", by_r[k]);
    }
    for k in 0..by_z.len() {
        let exact =
            sum_over_grid(&w7x.z_modes, k, &|i, j, _, a_theta, b| 0.5 * r[[i, j]].powi(2) * a_theta * b);
        assert!((by_z[k] - exact).abs() < 1e-14 * size, "Z {k}: {} and {exact}", by_z[k]);
    }
}

#[test]
fn volume_and_area_along_a_direction() {
    let w7x = Boundary::w7x();
    // Metres that fall with the mode number: the surface stays smooth along the way.
    let smooth = |modes: &Array2<i64>, seed| {
        let numbers = scattered(seed, modes.nrows());
        Array1::from_shape_fn(modes.nrows(), |k| {
            numbers[k] / (1 + modes[[k, 0]].pow(2) + modes[[k, 1]].pow(2)).pow(2) as f64
        })
    };
    let (dr, dz) = (smooth(&w7x.r_modes, 1), smooth(&w7x.z_modes, 2));
    let (weights, by_both) = ((0.3, -0.7), measure::jit().wrt(argnums![1, 3]));
    Along {
        value: |t: f64| {
            let (r, z) = (&w7x.r + &dr * t, &w7x.z + &dz * t);
            let (v, s) = measure::native(&w7x.r_modes, &r, &w7x.z_modes, &z, w7x.nfp, &w7x.theta, &w7x.zeta);
            vec![v, s]
        },
        forward: || {
            let (r_modes, z_modes) = (&w7x.r_modes, &w7x.z_modes);
            let forward = jvp(&by_both);
            let (_, (v, s)) =
                forward(r_modes, &w7x.r, z_modes, &w7x.z, w7x.nfp, &w7x.theta, &w7x.zeta, &dr, &dz);
            vec![v, s]
        },
        reverse: || {
            let (by_r, by_z) = w7x.gradients(weights);
            product(&by_r, &dr) + product(&by_z, &dz)
        },
        weights: vec![weights.0, weights.1],
    }
    .check();
}

/// A torus of few modes: R = c0 + c1 cos(theta) + c2 cos(theta - zeta'), Z = c3 sin(theta) + c4 sin(theta - zeta'),
/// with zeta' = 2 zeta. What it costs: its area, and how far its volume is from 10.
#[desc_jit]
fn cost(c: &Array1<f64>, theta: &Array1<f64>, zeta: &Array1<f64>) -> f64 {
    let (n_theta, n_zeta) = (theta.len(), zeta.len());
    let cell = (2.0 * PI / n_theta as f64) * (2.0 * PI / n_zeta as f64);
    let (mut volume, mut area) = (0.0, 0.0);
    for i in 0..n_theta {
        for j in 0..n_zeta {
            let (s, helix) = (theta[i], theta[i] - 2.0 * zeta[j]);
            let r = c[0] + c[1] * s.cos() + c[2] * helix.cos();
            let r_theta = -c[1] * s.sin() - c[2] * helix.sin();
            let r_zeta = 2.0 * c[2] * helix.sin();
            let z_theta = c[3] * s.cos() + c[4] * helix.cos();
            let z_zeta = -2.0 * c[4] * helix.cos();
            volume += 0.5 * r * r * z_theta;
            let normal_phi = z_theta * r_zeta - r_theta * z_zeta;
            area += (r * r * (z_theta * z_theta + r_theta * r_theta) + normal_phi * normal_phi).sqrt();
        }
    }
    let excess = volume * cell - 10.0;
    area * cell + 0.1 * excess * excess
}

#[test]
fn second_derivatives_of_a_torus() {
    let c = Array1::from_vec(vec![2.0, 0.5, 0.15, 0.6, 0.1]);
    let angles = |n: usize| Array1::from_shape_fn(n, |i| TAU * i as f64 / n as f64);
    let (theta, zeta) = (angles(16), angles(20));
    for engine in Engine::ALL {
        let second: Array2<f64> = with_engine(engine, || hessian(cost::jit())(&c, &theta, &zeta));
        let size = largest(&second.to_vec());
        let gradient = grad(cost::jit());
        for k in 0..5 {
            let column = romberg(|t| {
                let mut c = c.clone();
                c[k] += t;
                gradient(&c, &theta, &zeta).to_vec()
            });
            let along = Array1::from_shape_fn(5, |i| if i == k { 1.0 } else { 0.0 });
            let of_product = with_engine(engine, || hvp(cost::jit())(&c, &theta, &zeta, &along));
            for i in 0..5 {
                let found = second[[i, k]];
                assert!((found - second[[k, i]]).abs() < 1e-14 * size, "[{i}, {k}] on {engine}");
                assert!((found - of_product[i]).abs() < 1e-14 * size, "[{i}, {k}] on {engine}");
                let off = (found - column[i]).abs() / size;
                assert!(off < 1e-10, "[{i}, {k}] on {engine}: {found}, but {} by differences", column[i]);
            }
        }
    }
}
