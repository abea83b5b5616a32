//! Patterns outside of the language.
use desc_jit::prelude::*;

#[desc_jit]
fn parts(x: f64, y: f64) -> f64 {
    let (first, ..) = (x, y, 1.0);
    let ref second = y;
    let whole @ (a, b) = (x, y);
    first + *second + a + b + whole.0
}

fn main() {
    parts(1.0, 2.0);
}
