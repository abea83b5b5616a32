//! What a loop carries keeps its type.
use desc_jit::prelude::*;

#[desc_jit]
fn converted(x: f64, n: usize) -> f64 {
    let mut s = 1_i64;
    for _ in 0..n {
        s = s as f64 * x;
    }
    s as f64
}

#[desc_jit]
fn widened(x: f32, n: usize) -> f32 {
    let mut s = x;
    let mut k = 0;
    while k < n {
        s = s as f64 * 0.5;
        k += 1;
    }
    s
}

#[desc_jit]
fn folded(x: &Array1<f64>) -> i64 {
    x.iter().fold(1_i64, |s, v| s as f64 * v)
}

fn main() {}
