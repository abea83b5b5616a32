//! Random numbers and clocks.
use desc_jit::prelude::*;

use std::time::Instant;

mod rand {
    pub fn random() -> f64 {
        4.0
    }
}

#[desc_jit]
fn walk(x: f64, steps: usize) -> f64 {
    let _start = Instant::now();
    let mut y = x;
    for _ in 0..steps {
        y += rand::random() - 0.5;
    }
    y
}

fn main() {}
