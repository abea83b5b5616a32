//! A number as a condition: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn count(n: usize) -> usize {
    let mut k = n;
    while k {
        k -= 1;
    }
    k
}

fn main() {}
