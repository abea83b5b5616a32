//! Kernels that are differentiated in the list, and their derivatives, which are differentiated once more.

use crate::kernels::{
    burgers, burgers_checkpoint, burgers_gradient, heat_energy, heat_gradient, lennard_jones_hvp, lorenz96,
    lorenz96_jacfwd, lorenz96_jacrev, recurrence, recurrence_gradient, rosenbrock, rosenbrock_hvp,
};
use desc_jit::prelude::*;

#[test]
fn heat_energy() {
    let (u, steps) = heat_energy::inputs([9, 4]);
    along!(heat_energy::heat_energy(u, steps) by 0 u);
}

#[test]
fn heat_gradient() {
    let (u, steps) = heat_energy::inputs([9, 4]);
    along!(heat_gradient::heat_gradient(u, steps) by 0 u; as written by heat_gradient::by_hand);
}

#[test]
fn recurrence_gradient() {
    let (a, r) = recurrence::inputs([9]);
    along!(
        recurrence_gradient::recurrence_gradient(a, r) by 0 a, 1 r; times 0.1;
        as written by recurrence_gradient::by_hand
    );
}

#[test]
fn lorenz96_jacfwd() {
    let (x, forcing, dt, steps) = lorenz96::inputs([5, 3]);
    along!(
        lorenz96_jacfwd::lorenz96_jacfwd(x, forcing, dt, steps) by 0 x, 1 forcing, 2 dt; times 0.3;
        as written by lorenz96::jacobian
    );
}

#[test]
fn lorenz96_jacrev() {
    let (x, forcing, dt, steps) = lorenz96::inputs([5, 3]);
    along!(
        lorenz96_jacrev::lorenz96_jacrev(x, forcing, dt, steps) by 0 x, 1 forcing, 2 dt; times 0.3;
        as written by lorenz96::jacobian
    );
}

#[test]
fn rosenbrock() {
    let x = rosenbrock::place(9);
    along!(rosenbrock::rosenbrock(x) by 0 x);
}

#[test]
fn rosenbrock_hvp() {
    let (x, v) = rosenbrock_hvp::inputs([9]);
    along!(rosenbrock_hvp::rosenbrock_hvp(x, v) by 0 x, 1 v; as written by rosenbrock_hvp::by_hand);
}

#[test]
fn lennard_jones_hvp() {
    let (x, v) = lennard_jones_hvp::inputs([7]);
    along!(
        lennard_jones_hvp::lennard_jones_hvp(x, v) by 0 x, 1 v; times 0.03;
        as written by lennard_jones_hvp::by_hand
    );
}

#[test]
fn burgers() {
    let (u, c, d, steps) = burgers::inputs([9, 5]);
    along!(burgers::burgers(u, c, d, steps) by 0 u, 1 c, 2 d);
}

#[test]
fn burgers_gradient() {
    let (u, c, d, steps) = burgers::inputs([9, 5]);
    along!(burgers_gradient::burgers_gradient(u, c, d, steps) by 0 u, 1 c, 2 d; as written by burgers::gradient);
}

#[test]
fn burgers_checkpoint() {
    let (u, c, d, steps) = burgers::inputs([9, 5]);
    along!(burgers_checkpoint::burgers_checkpoint(u, c, d, steps) by 0 u, 1 c, 2 d; as written by burgers::gradient);
}
