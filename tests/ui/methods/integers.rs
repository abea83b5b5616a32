//! Methods of integers that return an `Option`, a pair or bytes.
use desc_jit::prelude::*;

#[desc_jit]
fn checked(a: u64, b: u32) -> u64 {
    let (product, _) = a.overflowing_mul(3);
    let last = a.to_le_bytes()[0] as u64;
    a.checked_shl(b).unwrap() + product + last
}

fn main() {
    checked(1, 2);
}
