//! Patterns outside of the language.
use desc_jit::prelude::*;

#[derive(Tree)]
struct Three(f64, f64, f64);

#[desc_jit]
fn parts(x: f64, y: f64, v: [f64; 3]) -> f64 {
    let (ref mut first, second) = (x, y);
    *first += second;
    let Three(.., third) = Three(v[0], v[1], v[2]);
    *first + third
}

fn main() {
    parts(1.0, 2.0, [0.0; 3]);
}
