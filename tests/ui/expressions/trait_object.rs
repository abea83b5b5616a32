//! A closure behind a trait object.
use desc_jit::prelude::*;

#[desc_jit]
fn potential(x: f64) -> f64 {
    let well: Box<dyn Fn(f64) -> f64> = Box::new(|r| r * r);
    well(x)
}

fn main() {}
