//! `let .. else`.
use desc_jit::prelude::*;

#[desc_jit]
fn positive(x: f64) -> f64 {
    let 1.. = x as i64 else { return 0.0 };
    x
}

fn main() {
    positive(1.0);
}
