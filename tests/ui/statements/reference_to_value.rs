//! A mutable reference to a value that no variable holds.
use desc_jit::prelude::*;

#[desc_jit]
fn kick(x: f64) -> f64 {
    let w = &mut vec![x; 3];
    w[0] += 1.0;
    w[0] + w[1]
}

fn main() {}
