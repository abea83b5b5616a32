//! Transforms take handles.
use desc_jit::prelude::*;

#[desc_jit]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = grad(square);
}
