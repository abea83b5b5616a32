//! A variable that one branch leaves without a value: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn sign(x: f64) -> f64 {
    let s: f64;
    if x > 0.0 {
        s = 1.0;
    }
    s
}

fn main() {}
