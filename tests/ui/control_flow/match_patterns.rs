//! Patterns of `match` that have no meaning for numbers.
use desc_jit::prelude::*;

#[desc_jit]
fn patterns(n: usize, x: &Array1<f64>) -> f64 {
    let a = match n {
        k @ 0 | k @ 2 => k as f64,
        _ => 1.0,
    };
    let b = match [n, n] {
        [0, _] => 1.0,
        _ => 2.0,
    };
    a + b + x.sum()
}

fn main() {
    patterns(1, &Array1::zeros(3));
}
