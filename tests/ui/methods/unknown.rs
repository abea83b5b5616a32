//! What is written instead of the method is named; whether there is such a method says rustc.
use desc_jit::prelude::*;

#[desc_jit]
fn call(x: f64) -> f64 {
    x.to_bits() as f64
}

#[desc_jit]
fn misspelled(x: f64) -> f64 {
    x.sqared()
}

fn main() {
    call(1.0);
}
