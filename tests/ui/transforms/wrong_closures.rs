//! Closures that a functional does not fit.
use desc_jit::prelude::*;

#[desc_jit]
fn no_pair(x: &Array1<f64>) -> f64 {
    let (sum, _) = scan(|s: f64, v: f64| s + v, 0.0, x);
    sum
}

#[desc_jit]
fn one_parameter(x: &Array1<f64>) -> f64 {
    scan(|s: f64| (s, s), 0.0, x).0
}

#[desc_jit]
fn two_parameters(x: &Array1<f64>) -> Array1<f64> {
    map(|a: f64, b: f64| a + b, x)
}

#[desc_jit]
fn another_type(x: f64) -> f64 {
    fixed_point(|v: f64| v > 0.0, x)
}

fn main() {}
