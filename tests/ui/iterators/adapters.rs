//! Adapters whose items have no known position, and those that staged code doesn't know.
use desc_jit::prelude::*;

#[desc_jit]
fn adapters(x: &Array1<f64>, n: usize) -> f64 {
    let mut sum = 0.0;
    for (i, v) in x.iter().filter(|v| **v > 0.0).enumerate() {
        sum += i as f64 * v;
    }
    for (k, v) in (0..n).rev().zip(x.iter()) {
        sum += k as f64 * v;
    }
    for v in x.iter().chain(x.iter()) {
        sum += v;
    }
    sum + x.iter().scan(0.0, |s, v| Some(*s + v)).sum::<f64>()
}

fn main() {
    adapters(&Array1::zeros(3), 2);
}
