//! Conversions whose target is not written.
use desc_jit::prelude::*;

#[desc_jit]
fn convert(n: i32) -> f64 {
    let x: f64 = n.into();
    x + n.checked_add(1).unwrap() as f64
}

fn main() {
    convert(1);
}
