//! Functions and types inside a compiled function.
use desc_jit::prelude::*;

#[desc_jit]
fn outer(x: f64) -> f64 {
    fn inner(x: f64) -> f64 {
        x + 1.0
    }
    struct Pair(f64, f64);
    let pair = Pair(x, inner(x));
    pair.0 + pair.1
}

fn main() {
    outer(1.0);
}
