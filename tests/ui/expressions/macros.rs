//! Macros, each with what to do instead.
use desc_jit::prelude::*;

#[desc_jit]
fn described(x: f64) -> f64 {
    let _ = format!("{x}");
    x
}

fn main() {
    described(1.0);
}
