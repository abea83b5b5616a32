//! Macros, each with what to do instead.
use desc_jit::prelude::*;

#[desc_jit]
fn checked(x: f64) -> f64 {
    let _ = format!("{x}");
    if matches!(x, 0.0..1.0) { 1.0 } else { x }
}

fn main() {
    checked(1.0);
}
