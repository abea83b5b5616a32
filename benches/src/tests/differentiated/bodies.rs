//! Sums over pairs, and particles in fields.

use crate::kernels::{biot_savart, boris, lennard_jones, nbody};
use desc_jit::prelude::*;

#[test]
fn nbody() {
    let (position, mass, softening) = nbody::inputs([6]);
    along!(nbody::nbody(position, mass, softening) by 0 position, 1 mass, 2 softening; times 0.1);
}

#[test]
fn biot_savart() {
    let (points, coil, current) = biot_savart::inputs([12, 5]);
    along!(biot_savart::biot_savart(points, coil, current) by 0 points, 1 coil, 2 current; times 0.03);
}

#[test]
fn lennard_jones() {
    let x = lennard_jones::atoms(7);
    along!(lennard_jones::lennard_jones(x) by 0 x; times 0.03);
}

/// The charge over the mass and the time step are one argument: with their tangents there would be 17.
#[desc_jit]
fn pushed(
    x: &Array2<f64>,
    v: &Array2<f64>,
    e: &Array1<f64>,
    grad_e: &Array2<f64>,
    b: &Array1<f64>,
    grad_b: &Array2<f64>,
    q_and_dt: (f64, f64),
    steps: usize,
) -> (Array2<f64>, Array2<f64>) {
    let (mut x, mut v) = (x.clone(), v.clone());
    let (q, dt) = q_and_dt;
    boris::boris(&mut x, &mut v, e, grad_e, b, grad_b, q, dt, steps);
    (x, v)
}

#[test]
fn boris() {
    let (x, v, e, grad_e, b, grad_b, q, dt, steps) = boris::inputs([5, 4]);
    let (x, v, q_and_dt) = (x.0, v.0, (q, dt));
    along!(
        pushed(x, v, e, grad_e, b, grad_b, q_and_dt, steps)
        by 0 x, 1 v, 2 e, 3 grad_e, 4 b, 5 grad_b, 6 q_and_dt
    );
}
