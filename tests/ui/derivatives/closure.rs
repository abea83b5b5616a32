//! A derivative of a closure, and of a number.
use desc_jit::prelude::*;

#[desc_jit]
fn force(x: f64) -> f64 {
    -grad(|r: f64| r * r)(x)
}

#[desc_jit]
fn slope(x: f64) -> f64 {
    grad(x)(x)
}

fn main() {}
