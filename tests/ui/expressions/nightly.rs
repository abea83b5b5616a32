//! Syntax that only nightly compilers know.
use desc_jit::prelude::*;

#[desc_jit]
fn mean_energy(e: &Array1<f64>) -> f64 {
    let half = try { 0.5 };
    half * e.sum()
}

#[desc_jit]
fn steps(x: f64) -> f64 {
    yield x;
    0.5 * x
}

#[desc_jit]
fn kinetic(mass: f64, v: f64) -> f64 {
    let energy = builtin # energy(mass, v);
    energy
}

fn main() {}
