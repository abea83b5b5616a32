//! Patterns of `match` outside of the language.
use desc_jit::prelude::*;

#[desc_jit]
fn patterns(n: usize, x: &Array1<f64>) -> f64 {
    let a = match (n, (n, 1)) {
        (0, (k, 1) | (1, k)) if k > 1 => k as f64,
        _ => 1.0,
    };
    let b = match (n, n, n) {
        (.., 0) => 1.0,
        _ => 2.0,
    };
    a + b + x.sum()
}

fn main() {
    patterns(1, &Array1::zeros(3));
}
