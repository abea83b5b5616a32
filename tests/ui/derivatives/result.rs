//! A gradient is that of one float.
use desc_jit::prelude::*;

#[desc_jit]
fn squares(x: &Array1<f64>) -> Array1<f64> {
    x * x
}

#[desc_jit]
fn rounded(x: f64) -> i64 {
    x as i64
}

fn main() {
    let _ = grad(squares::jit());
    let _ = grad(rounded::jit());
    let _ = grad_with_aux(rounded::jit());
}
