//! Assignment to what is not mutable: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn cool(t: &Array1<f64>) -> f64 {
    t[0] = 300.0;
    t.sum()
}

#[desc_jit]
fn kick(v: f64) -> f64 {
    v += 9.81;
    v
}

#[desc_jit]
fn count(n: usize) -> usize {
    let sum = 0;
    for k in 0..n {
        sum += k;
    }
    sum
}

fn main() {}
