//! `unsafe` and raw pointers.
use desc_jit::prelude::*;

#[desc_jit]
fn peek(x: f64) -> f64 {
    let y = unsafe { *(&raw const x) };
    y
}

fn main() {
    peek(1.0);
}
