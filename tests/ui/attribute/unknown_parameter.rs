//! A static parameter that does not exist, with the nearest name.
use desc_jit::prelude::*;

#[desc_jit(static(step))]
fn fill(steps: usize) -> Array1<f64> {
    Array1::zeros(steps)
}

fn main() {
    fill(3);
}
