//! A loop over a number instead of a range: rustc says so.
use desc_jit::prelude::*;

#[desc_jit]
fn steps(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in n {
        y *= 0.5;
    }
    y
}

fn main() {}
