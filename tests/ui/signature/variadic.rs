//! A variadic function.
use desc_jit::prelude::*;

#[desc_jit]
fn total(x: f64, ...) -> f64 {
    x
}

fn main() {}
