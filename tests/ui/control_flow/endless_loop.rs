//! A loop that nothing leaves.
use desc_jit::prelude::*;

#[desc_jit]
fn endless(n: usize) -> usize {
    let mut k = 0;
    loop {
        k += 1;
        if k > n {
            k = 0;
        }
    }
}

#[desc_jit]
fn endless_outside(n: usize) -> usize {
    let mut k = 0;
    loop {
        k /= 2;
        loop {
            k += 1;
            if k > n {
                break;
            }
        }
    }
}

fn main() {
    endless(1);
    endless_outside(1);
}
