//! Arrays can't be static.
use desc_jit::prelude::*;

#[desc_jit(static(x))]
fn total(x: &Array1<f64>) -> f64 {
    x.sum()
}

fn main() {
    total(&Array1::zeros(3));
}
