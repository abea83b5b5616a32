//! Mutable statics.
use desc_jit::prelude::*;

#[desc_jit]
fn count(x: f64) -> f64 {
    static mut COUNT: usize = 0;
    unsafe { COUNT += 1 };
    x
}

fn main() {
    count(1.0);
}
