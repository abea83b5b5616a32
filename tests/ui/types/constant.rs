//! A constant whose type staged code does not know.
use desc_jit::prelude::*;

const NAME: &str = "energy";

#[desc_jit]
fn length(x: f64) -> f64 {
    let _name = NAME;
    x
}

fn main() {
    length(1.0);
}
