//! Closures in a tuple, taken apart, and passed on.
use desc_jit::prelude::*;

#[desc_jit]
fn potential(x: f64) -> f64 {
    let well = |r: f64| r * r;
    let pair = (well, x);
    pair.1
}

fn main() {}
