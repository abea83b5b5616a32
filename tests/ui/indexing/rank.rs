//! The wrong number of indices: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn corner(x: &Array2<f64>) -> f64 {
    x[[0]]
}

fn main() {
    corner(&Array2::zeros((2, 2)));
}
