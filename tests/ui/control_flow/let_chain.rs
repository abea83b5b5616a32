//! `let` inside a larger condition.
use desc_jit::prelude::*;

#[desc_jit]
fn small(x: f64, n: i64) -> f64 {
    if x > 0.0 && let 1..=3 = n {
        return x;
    }
    0.0
}

fn main() {
    small(1.0, 2);
}
