//! Casts without a named type, casts to characters, integers beyond 64 bits.
use desc_jit::prelude::*;

#[desc_jit]
fn cast(n: usize) -> f64 {
    let x: f64 = n as _;
    let _letter = 97u8 as char;
    let _large: i128 = 18446744073709551616;
    x
}

fn main() {
    cast(1);
}
