//! An array that is moved in a loop: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn total(u: Array1<f64>) -> f64 {
    u.sum()
}

#[desc_jit]
fn repeated(u: Array1<f64>, n: usize) -> f64 {
    let mut sum = 0.0;
    for _ in 0..n {
        sum += total(u);
    }
    sum
}

fn main() {}
