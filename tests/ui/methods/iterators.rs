//! One error for a chain of iterator methods.
use desc_jit::prelude::*;

#[desc_jit]
fn norm(x: &Array1<f64>) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[desc_jit]
fn largest(x: &Array1<f64>) -> f64 {
    x.iter().cloned().fold(f64::NEG_INFINITY, f64::max)
}

fn main() {
    norm(&Array1::zeros(3));
    largest(&Array1::zeros(3));
}
