//! Integers and floats without a cast, and two widths.
use desc_jit::prelude::*;

#[desc_jit]
fn mean(u: &Array1<f64>, n: usize) -> f64 {
    u.sum() / n
}

#[desc_jit]
fn kinetic(mass: f32, v: f64) -> f64 {
    0.5 * mass * v * v
}

fn main() {}
