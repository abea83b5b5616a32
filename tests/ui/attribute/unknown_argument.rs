//! The nearest argument is named.
use desc_jit::prelude::*;

#[desc_jit(statc(n))]
fn fill(n: usize) -> Array1<f64> {
    Array1::zeros(n)
}

fn main() {
    fill(3);
}
