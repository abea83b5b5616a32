//! Lists of fixed length.
use desc_jit::prelude::*;

#[desc_jit]
fn squares(n: usize) -> f64 {
    let mut list = vec![0.0];
    for i in 0..n {
        list.push(i as f64);
    }
    let other: Vec<f64> = Vec::new();
    list[0] + other.len() as f64
}

fn main() {
    squares(1);
}
