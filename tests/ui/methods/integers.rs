//! Methods of integers that return an `Option`, a pair or bytes.
use desc_jit::prelude::*;

#[desc_jit]
fn checked(a: u64, b: u32) -> u64 {
    let (product, over) = a.overflowing_mul(3);
    let last = a.to_le_bytes()[0];
    a.checked_shl(b).unwrap() + product
}

fn main() {
    checked(1, 2);
}
