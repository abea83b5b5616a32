//! Macros, each with what to do instead.
use desc_jit::prelude::*;

#[desc_jit]
fn checked(x: f64) -> f64 {
    assert!(x > 0.0);
    println!("{x}");
    if x > 3.0 {
        panic!("too large");
    }
    x
}

fn main() {
    checked(1.0);
}
