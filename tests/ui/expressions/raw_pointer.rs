//! Raw pointers, and a cast to one.
use desc_jit::prelude::*;

#[desc_jit]
fn first(u: f64, k: usize) -> f64 {
    let _p = &raw const u;
    let _q = k as *const f64;
    u
}

fn main() {}
