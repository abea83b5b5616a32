//! `Derivative` by what is no float, by several arguments, and of what is no number.
use desc_jit::prelude::*;

#[desc_jit]
fn count(n: i64, x: f64) -> f64 {
    n as f64 * x
}

#[desc_jit]
fn area(x: f64, y: f64) -> f64 {
    x * y
}

#[desc_jit]
fn doubled(x: &Array1<f64>) -> Array1<f64> {
    2.0 * x
}

fn main() {
    let x = Array1::ones(2);
    Derivative::grad(count::jit()).compute(1, 2.0);
    Derivative::grad(area::jit()).wrt(argnums![0, 1]).compute(1.0, 2.0);
    Derivative::grad(doubled::jit()).compute(&x);
}
