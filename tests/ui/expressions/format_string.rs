//! A format string that is put together by a macro.
use desc_jit::prelude::*;

#[desc_jit]
fn temperature(t: f64) -> f64 {
    println!(concat!("t = {}", " K"), t);
    t
}

fn main() {}
