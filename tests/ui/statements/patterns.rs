//! Patterns outside of the language.
use desc_jit::prelude::*;

#[desc_jit]
fn parts(x: f64, y: f64, v: [f64; 3]) -> f64 {
    let (ref mut first, second) = (x, y);
    *first += second;
    let [third, rest @ ..] = v;
    *first + third + rest[0]
}

fn main() {
    parts(1.0, 2.0, [0.0; 3]);
}
