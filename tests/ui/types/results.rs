//! A result of another type than declared.
use desc_jit::prelude::*;

#[desc_jit]
fn energy(v: f64) -> f64 {
    0.5 * v * v;
}

#[desc_jit]
fn momentum(u: &Array1<f64>) -> f64 {
    u * 2.0
}

fn main() {}
