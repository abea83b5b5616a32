//! A function that a transform does not fit: rustc says so once, though the call stands in two readings.
use desc_jit::prelude::*;

#[desc_jit]
fn pair(x: f64) -> (f64, f64) {
    (x, x)
}

#[desc_jit]
fn called(x: f64) -> f64 {
    let slope = grad(pair);
    slope(x)
}

fn main() {
    called(1.0);
}
