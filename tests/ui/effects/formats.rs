//! Format strings are rustc's to check: its errors appear once, on the user's tokens.
use desc_jit::prelude::*;

#[desc_jit]
fn missing_argument(x: f64) {
    println!("{} {}", x);
}

#[desc_jit]
fn unused_argument(x: f64, n: usize) {
    assert!(x > 0.0, "{x}", n);
}

#[desc_jit]
fn unknown_name(x: f64) -> f64 {
    if x > 3.0 {
        panic!("{y} is too large");
    }
    x
}

#[desc_jit]
fn no_condition(x: f64) -> f64 {
    assert!();
    x
}

#[desc_jit]
fn one_side(x: f64) -> f64 {
    assert_eq!(x);
    x
}

fn main() {}
