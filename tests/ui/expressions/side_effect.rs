//! An assignment that a lazy operator may skip.
use desc_jit::prelude::*;

#[desc_jit]
fn count(x: f64) -> usize {
    let mut n = 0;
    if x > 0.0 && { n += 1; x < 1.0 } {
        n += 1;
    }
    n
}

fn main() {
    count(1.0);
}
