//! A loop that nothing leaves.
use desc_jit::prelude::*;

#[desc_jit]
fn endless(x: f64) -> f64 {
    let mut y = x;
    loop {
        y *= 0.5;
    }
}

#[desc_jit]
fn endless_outside(n: usize) -> usize {
    let mut k = 0;
    loop {
        k = 0;
        loop {
            k += 1;
            if k > n {
                break;
            }
        }
    }
}

fn main() {
    endless(1.0);
    endless_outside(1);
}
