//! Ranges where no loop runs over them.
use desc_jit::prelude::*;

#[desc_jit]
fn count(n: usize) -> usize {
    let mut k = 0;
    for i in (0..n).filter(|i| i % 2 == 0) {
        k += i;
    }
    let r = 0..n;
    k + r.len()
}

fn main() {
    count(1);
}
