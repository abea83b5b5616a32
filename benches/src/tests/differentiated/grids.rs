//! Sweeps over grids, all but one of them in place.

use crate::kernels::{adi, cavity_flow, fdtd_2d, heat_3d, jacobi_1d, jacobi_2d, seidel_2d};
use desc_jit::prelude::*;
use desc_jit_tests::consistency::scattered;

#[desc_jit]
fn swept_rod(tsteps: usize, a: &Array1<f64>, b: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let (mut a, mut b) = (a.clone(), b.clone());
    jacobi_1d::jacobi_1d(tsteps, &mut a, &mut b);
    (a, b)
}

#[test]
fn jacobi_1d() {
    let (tsteps, a, b) = jacobi_1d::inputs([14, 5]);
    let (a, b) = (a.0, b.0);
    along!(swept_rod(tsteps, a, b) by 1 a, 2 b);
}

#[desc_jit]
fn swept_plate(tsteps: usize, a: &Array2<f64>, b: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let (mut a, mut b) = (a.clone(), b.clone());
    jacobi_2d::jacobi_2d(tsteps, &mut a, &mut b);
    (a, b)
}

#[test]
fn jacobi_2d() {
    let (tsteps, a, b) = (4_usize, field((7, 6), 1), field((7, 6), 2));
    along!(swept_plate(tsteps, a, b) by 1 a, 2 b);
}

#[desc_jit]
fn swept_cube(tsteps: usize, a: &Array3<f64>, b: &Array3<f64>) -> (Array3<f64>, Array3<f64>) {
    let (mut a, mut b) = (a.clone(), b.clone());
    heat_3d::heat_3d(tsteps, &mut a, &mut b);
    (a, b)
}

#[test]
fn heat_3d() {
    let cube = |seed| Array3::from_shape_vec((6, 5, 4), scattered(seed, 120)).unwrap();
    let (tsteps, a, b) = (4_usize, cube(1), cube(2));
    along!(swept_cube(tsteps, a, b) by 1 a, 2 b);
}

#[desc_jit]
fn waves(
    tmax: usize,
    ex: &Array2<f64>,
    ey: &Array2<f64>,
    hz: &Array2<f64>,
    source: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let (mut ex, mut ey, mut hz) = (ex.clone(), ey.clone(), hz.clone());
    fdtd_2d::fdtd_2d(tmax, &mut ex, &mut ey, &mut hz, source);
    (ex, ey, hz)
}

#[test]
fn fdtd_2d() {
    let (tmax, ex, ey, hz, source) = fdtd_2d::inputs([6, 5, 4]);
    let (ex, ey, hz) = (ex.0, ey.0, hz.0);
    along!(waves(tmax, ex, ey, hz, source) by 1 ex, 2 ey, 3 hz, 4 source);
}

#[desc_jit]
fn swept_in_place(tsteps: usize, a: &Array2<f64>) -> Array2<f64> {
    let mut a = a.clone();
    seidel_2d::seidel_2d(tsteps, &mut a);
    a
}

#[test]
fn seidel_2d() {
    let (tsteps, a) = (4_usize, field((7, 6), 1));
    along!(swept_in_place(tsteps, a) by 1 a);
}

#[desc_jit]
fn swept_by_directions(tsteps: usize, u: &Array2<f64>) -> Array2<f64> {
    let mut u = u.clone();
    adi::adi(tsteps, &mut u);
    u
}

#[test]
fn adi() {
    let (tsteps, u) = adi::inputs([7, 3]);
    let u = u.0;
    along!(swept_by_directions(tsteps, u) by 1 u);
}

/// The steps in time and space, and the density with the viscosity, are an argument each: with their tangents there
/// would be 18.
#[desc_jit]
fn flow(
    nt: usize,
    nit: usize,
    u: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    steps: (f64, f64, f64),
    fluid: (f64, f64),
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let (mut u, mut v, mut p) = (u.clone(), v.clone(), p.clone());
    let (dt, dx, dy) = steps;
    let (rho, nu) = fluid;
    cavity_flow::cavity_flow(nt, nit, &mut u, &mut v, dt, dx, dy, &mut p, rho, nu);
    (u, v, p)
}

/// Not from rest, where the pressure would not depend on the velocities.
#[test]
fn cavity_flow() {
    let (nt, nit, _, _, dt, dx, dy, _, rho, nu) = cavity_flow::inputs([7, 6, 3, 2]);
    let (u, v, p) = (field((6, 7), 1), field((6, 7), 2), field((6, 7), 3));
    let (steps, fluid) = ((dt, dx, dy), (rho, nu));
    along!(flow(nt, nit, u, v, p, steps, fluid) by 2 u, 3 v, 4 p, 5 steps, 6 fluid; times 0.1);
}

fn field(shape: (usize, usize), seed: usize) -> Array2<f64> {
    Array2::from_shape_vec(shape, scattered(seed, shape.0 * shape.1)).unwrap()
}
