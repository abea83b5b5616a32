//! What a transform can't be applied to.
use desc_jit::prelude::*;

#[desc_jit]
fn square(x: f64) -> f64 {
    x * x
}

#[desc_jit]
fn of_a_closure(x: f64) -> f64 {
    let slope = grad(|v: f64| v * v);
    slope(x) + grad(|v: f64| v)(x)
}

#[desc_jit]
fn of_a_variable(x: f64) -> f64 {
    let y = square(x);
    grad(y)(x) + grad(square(x))(x)
}

#[desc_jit]
fn of_itself(x: f64) -> f64 {
    grad(of_itself)(x)
}

fn main() {}
