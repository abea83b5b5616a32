//! An `async` block.
use desc_jit::prelude::*;

#[desc_jit]
fn force(x: f64) -> f64 {
    let _later = async { -x };
    x
}

fn main() {}
