//! The type errors of rustc appear once, in the user's code.
use desc_jit::prelude::*;

#[desc_jit]
fn mixed(x: f64, n: usize) -> f64 {
    let y: f64 = n;
    x + y + missing
}

fn main() {
    mixed(1.0, 1);
}
