//! `Option` and `Result` as results: their values in the body are the same mistake.
use desc_jit::prelude::*;

#[desc_jit]
fn inverse(x: f64) -> Option<f64> {
    if x == 0.0 { None } else { Some(1.0 / x) }
}

#[desc_jit]
fn mean(x: &Array1<f64>) -> Result<f64, String> {
    Ok(x.mean().ok_or("empty")?)
}

fn main() {}
