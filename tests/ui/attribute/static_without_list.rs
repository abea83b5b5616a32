//! `static` without its list.
use desc_jit::prelude::*;

#[desc_jit(static)]
fn fill(n: usize) -> Array1<f64> {
    Array1::zeros(n)
}

fn main() {
    fill(3);
}
