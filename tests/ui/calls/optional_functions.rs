//! Optional functions that are not written as such.
use desc_jit::prelude::*;

#[desc_jit]
fn sine(b: f64) -> f64 {
    root_scalar_with(|x| x.sin() - b, b, Option::None, None, 1e-6, 20, 5, 0.1).0
}

fn main() {
    sine(0.5);
}
