//! `while let`.
use desc_jit::prelude::*;

#[desc_jit]
fn halve(x: f64) -> f64 {
    let mut y = x;
    while let 1.. = y as i64 {
        y -= 1.0;
    }
    y
}

fn main() {
    halve(1.0);
}
