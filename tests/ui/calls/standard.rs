//! A function of the standard library.
use desc_jit::prelude::*;

#[desc_jit]
fn same(x: f64) -> f64 {
    std::hint::black_box(x)
}

fn main() {}
