//! Functions that transforms make are no values.
use desc_jit::prelude::*;

#[desc_jit]
fn square(x: f64) -> f64 {
    x * x
}

#[desc_jit]
fn as_a_value(x: f64) -> f64 {
    let pair = (grad(square), x);
    pair.1
}

#[desc_jit]
fn in_an_operation(x: f64) -> f64 {
    let slope = grad(square);
    slope + x
}

#[desc_jit]
fn by_a_method(x: f64) -> f64 {
    let slope = grad(square);
    slope.name()(x)
}

#[desc_jit]
fn passed_on(x: &Array1<f64>) -> Array1<f64> {
    let slope = grad(square);
    map(slope, x) + map(grad(square), x)
}

#[desc_jit]
fn beside_another_error(x: f64) -> f64 {
    let y = grad(square)(x);
    if x > 0.0 {
        return y;
    }
    x
}

fn main() {}
