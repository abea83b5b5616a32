//! A result that borrows.
use desc_jit::prelude::*;

#[desc_jit]
fn first(x: &Array1<f64>) -> &f64 {
    &x[0]
}

fn main() {
    first(&Array1::zeros(3));
}
