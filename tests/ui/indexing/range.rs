//! Ranges in brackets.
use desc_jit::prelude::*;

#[desc_jit]
fn part(n: usize) -> f64 {
    let list = vec![1.0; 8];
    list[0..n][0]
}

fn main() {
    part(1);
}
