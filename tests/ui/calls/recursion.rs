//! A function that calls itself.
use desc_jit::prelude::*;

#[desc_jit]
fn factorial(n: usize) -> usize {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

fn main() {
    factorial(3);
}
