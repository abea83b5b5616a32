//! Ranges in brackets on the left of an assignment.
use desc_jit::prelude::*;

#[desc_jit]
fn part(n: usize) -> f64 {
    let mut list = vec![1.0; 8];
    list[0..4][n] = 2.0;
    list[0]
}

fn main() {
    part(1);
}
