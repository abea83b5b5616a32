//! What `linearize` gives is bound where it is called.
use desc_jit::prelude::*;

#[desc_jit]
fn square(x: f64) -> f64 {
    x * x
}

#[desc_jit]
fn kept(x: f64) -> f64 {
    let at = linearize(square);
    at(x).0
}

#[desc_jit]
fn taken_apart(x: f64) -> f64 {
    linearize(square)(x).0
}

#[desc_jit]
fn map_as_a_value(x: f64) -> f64 {
    let (y, map) = linearize(square)(x);
    let both = (y, map);
    both.0
}

fn main() {}
