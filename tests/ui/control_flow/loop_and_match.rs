//! `loop` and `match`.
use desc_jit::prelude::*;

#[desc_jit]
fn steps(n: usize) -> usize {
    let mut k = match n {
        0 => 1,
        _ => n,
    };
    loop {
        k += 1;
        if k > 10 {
            break;
        }
    }
    k
}

fn main() {
    steps(1);
}
