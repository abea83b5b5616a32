//! `return` in the middle of a function.
use desc_jit::prelude::*;

#[desc_jit]
fn clip(x: f64) -> f64 {
    if x > 1.0 {
        return 1.0;
    }
    return x;
}

fn main() {
    clip(1.0);
}
