//! A closure in a variable: one error, also where it is called.
use desc_jit::prelude::*;

#[desc_jit]
fn twice(x: f64) -> f64 {
    let square = |v: f64| v * v;
    square(x) + square(x)
}

fn main() {
    twice(1.0);
}
