//! Branches of different types: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn step(x: f64, n: usize) -> f64 {
    if x > 0.0 { x } else { n }
}

fn main() {}
