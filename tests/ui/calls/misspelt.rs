//! An annotated function by a wrong name: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn potential(r: f64) -> f64 {
    r * r
}

#[desc_jit]
fn energy(r: f64, v: f64) -> f64 {
    0.5 * v * v + potental(r)
}

fn main() {}
