//! A function that only panics.
use desc_jit::prelude::*;

#[desc_jit]
fn missing(x: f64) -> ! {
    panic!("{x}")
}

fn main() {}
