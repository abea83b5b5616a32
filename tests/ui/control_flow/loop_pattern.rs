//! Patterns of a loop.
use desc_jit::prelude::*;

#[desc_jit]
fn references(x: &Array1<f64>, n: usize) -> f64 {
    let mut total = 0.0;
    for ref mut i in 0..n {
        *i += 1;
        total += *i as f64;
    }
    total + x.sum()
}

fn main() {
    references(&Array1::zeros(3), 1);
}
