//! A parameter listed twice.
use desc_jit::prelude::*;

#[desc_jit(static(n, m, n))]
fn fill(n: usize, m: usize) -> Array2<f64> {
    Array2::zeros((n, m))
}

fn main() {
    fill(3, 4);
}
