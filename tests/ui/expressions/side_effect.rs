//! An assignment in a message that is only evaluated where an assertion fails.
use desc_jit::prelude::*;

#[desc_jit]
fn count(x: f64) -> usize {
    let mut n = 0;
    assert!(x > 0.0, "{} is not positive", { n += 1; x });
    n
}

fn main() {
    count(1.0);
}
