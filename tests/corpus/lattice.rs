//! The lattice Boltzmann method in two dimensions with nine velocities (Krüger et al., *The Lattice Boltzmann Method*,
//! sections 3.3 and 5.3).

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, product, scattered};

const W: [f64; 9] =
    [4.0 / 9.0, 1.0 / 9.0, 1.0 / 9.0, 1.0 / 9.0, 1.0 / 9.0, 1.0 / 36.0, 1.0 / 36.0, 1.0 / 36.0, 1.0 / 36.0];
const CX: [i64; 9] = [0, 1, 0, -1, 0, 1, -1, -1, 1];
const CY: [i64; 9] = [0, 0, 1, 0, -1, 1, 1, -1, -1];
const OPPOSITE: [usize; 9] = [0, 3, 4, 1, 2, 7, 8, 5, 6];

/// How many move with velocity `k` where the gas is in equilibrium.
#[desc_jit]
fn equilibrium(k: usize, rho: f64, ux: f64, uy: f64) -> f64 {
    let cu = 3.0 * (CX[k] as f64 * ux + CY[k] as f64 * uy);
    W[k] * rho * (1.0 + cu + 0.5 * cu * cu - 1.5 * (ux * ux + uy * uy))
}

/// Density and velocity at a cell.
#[desc_jit]
fn moments(f: &Array3<f64>, x: usize, y: usize) -> (f64, f64, f64) {
    let (mut rho, mut jx, mut jy) = (0.0, 0.0, 0.0);
    for k in 0..9 {
        let fk = f[[k, x, y]];
        rho += fk;
        jx += fk * CX[k] as f64;
        jy += fk * CY[k] as f64;
    }
    (rho, jx / rho, jy / rho)
}

/// Steps of collision and streaming in a box that repeats itself.
#[desc_jit]
pub fn periodic(f: &Array3<f64>, tau: f64, steps: usize) -> Array3<f64> {
    let shape = f.shape();
    let (nx, ny) = (shape[1], shape[2]);
    let mut f = f.clone();
    let mut next = f.clone();
    for _ in 0..steps {
        for x in 0..nx {
            for y in 0..ny {
                let (rho, ux, uy) = moments(&f, x, y);
                for k in 0..9 {
                    let to_x = (x as i64 + CX[k]).rem_euclid(nx as i64) as usize;
                    let to_y = (y as i64 + CY[k]).rem_euclid(ny as i64) as usize;
                    next[[k, to_x, to_y]] = f[[k, x, y]] - (f[[k, x, y]] - equilibrium(k, rho, ux, uy)) / tau;
                }
            }
        }
        std::mem::swap(&mut f, &mut next);
    }
    f
}

/// A wave of shear: its velocity along x changes with y.
#[desc_jit(static(nx, ny))]
fn shear_wave(nx: usize, ny: usize, amplitude: f64) -> Array3<f64> {
    Array3::from_shape_fn((9, nx, ny), |(k, _, y)| {
        let phase = 2.0 * std::f64::consts::PI * y as f64 / ny as f64;
        equilibrium(k, 1.0, amplitude * phase.sin(), 0.0)
    })
}

/// The amplitude of the wave.
#[desc_jit]
fn amplitude(f: &Array3<f64>) -> f64 {
    let ny = f.len_of(Axis(2));
    let mut sum = 0.0;
    for y in 0..ny {
        let (_, ux, _) = moments(f, 0, y);
        sum += ux * (2.0 * std::f64::consts::PI * y as f64 / ny as f64).sin();
    }
    2.0 * sum / ny as f64
}

#[test]
fn a_wave_of_shear_decays() {
    let (nx, ny, steps) = (3, 24, 60);
    let start = agree!(shear_wave(nx, ny, 0.01));
    for tau in [0.8, 1.0] {
        let end = agree!(periodic(&start, tau, steps));
        // The viscosity is (tau - 1/2) / 3.
        let k = 2.0 * std::f64::consts::PI / ny as f64;
        let decay = (-(tau - 0.5) / 3.0 * k * k * steps as f64).exp();
        let ratio = agree!(amplitude(&end)) / agree!(amplitude(&start));
        assert!((ratio / decay - 1.0).abs() < 0.01, "{ratio} and {decay}");
        assert!((end.sum() - start.sum()).abs() < 1e-12);
    }
}

/// The amplitude after some steps, which depends on how the gas relaxes.
#[desc_jit]
fn remaining(start: &Array3<f64>, tau: f64, steps: usize) -> f64 {
    amplitude(&periodic(start, tau, steps))
}

#[test]
fn a_decay_is_differentiated() {
    let start = shear_wave(3, 8, 0.05);
    let direction = Array3::from_shape_vec((9, 3, 8), scattered(3, 216)).unwrap() * 0.01;
    let f = remaining::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| vec![remaining::native(&(&start + &direction * t), 0.9 + 0.2 * t, 6)],
        forward: || vec![jvp(&f)(&start, 0.9, 6, &direction, 0.2).1],
        reverse: || {
            let (by_start, by_tau) = grad(&f)(&start, 0.9, 6);
            product(&by_start, &direction) + 0.2 * by_tau
        },
        weights: vec![1.0],
    }
    .check();
    let taus = Array1::from_vec(vec![0.7, 0.9, 1.3]);
    let all = vmap(remaining::jit()).in_axes(in_axes![_, 0, _]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let amplitudes = all(&start, &taus, 6);
            for k in 0..3 {
                let alone = remaining(&start, taus[k], 6);
                assert_eq!(amplitudes[k], alone, "{k} on {engine}");
            }
        });
    }
}

/// A channel between walls at which the gas turns back, driven along x by a force.
#[desc_jit(static(ny))]
fn channel(ny: usize, tau: f64, force: f64, steps: usize) -> Array1<f64> {
    let nx = 2;
    let mut f = Array3::from_shape_fn((9, nx, ny), |(k, _, _)| W[k]);
    let mut next = f.clone();
    for _ in 0..steps {
        for x in 0..nx {
            for y in 0..ny {
                let (rho, ux, uy) = moments(&f, x, y);
                for k in 0..9 {
                    let push = 3.0 * W[k] * CX[k] as f64 * force;
                    let after = f[[k, x, y]] + (equilibrium(k, rho, ux, uy) - f[[k, x, y]]) / tau + push;
                    let to_y = y as i64 + CY[k];
                    if to_y < 0 || to_y >= ny as i64 {
                        next[[OPPOSITE[k], x, y]] = after;
                        continue;
                    }
                    let to_x = (x as i64 + CX[k] + nx as i64) as usize % nx;
                    next[[k, to_x, to_y as usize]] = after;
                }
            }
        }
        std::mem::swap(&mut f, &mut next);
    }
    // The force acts between two steps: half of it belongs to this one.
    (0..ny).map(|y| moments(&f, 0, y).1 + 0.5 * force).collect()
}

/// Poiseuille's parabola between walls that lie half a cell outside, which they do exactly where `(tau - 1/2)^2` is 3/16.
#[test]
fn a_channel_has_a_parabola() {
    let (ny, tau, force) = (6, 0.5 + (3.0_f64 / 16.0).sqrt(), 1e-5);
    let profile = agree!(channel(ny, tau, force, 600));
    let viscosity = (tau - 0.5) / 3.0;
    for y in 0..ny {
        let (below, above) = (y as f64 + 0.5, (ny - y) as f64 - 0.5);
        let exact = 0.5 * force / viscosity * below * above;
        assert!((profile[y] / exact - 1.0).abs() < 1e-3, "{} and {exact}", profile[y]);
    }
}
