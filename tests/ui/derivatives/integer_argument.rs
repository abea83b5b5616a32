//! An argument that is no float has no derivative.
use desc_jit::prelude::*;

#[desc_jit]
fn count(n: i64, x: f64) -> f64 {
    n as f64 * x
}

#[desc_jit]
fn sizes(n: &Array1<i64>) -> f64 {
    n.len() as f64
}

fn main() {
    let _ = grad(count::jit());
    let _ = grad(sizes::jit());
}
