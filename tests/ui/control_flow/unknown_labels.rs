//! Jumps that rustc reports, once.
use desc_jit::prelude::*;

#[desc_jit]
fn unknown(n: usize) -> usize {
    let mut k = 0;
    'outer: while k < n {
        k += 1;
        break 'inner;
    }
    if k > 3 {
        continue;
    }
    k
}

fn main() {
    unknown(1);
}
