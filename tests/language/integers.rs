//! Integers: Rust's checked meaning; overflow, division by zero and negative sizes are errors.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn euclid(a: i64, b: i64) -> (i64, i64, i64, i64) {
    (a / b, a % b, a.div_euclid(b), a.rem_euclid(b))
}

#[test]
fn division_and_remainder() {
    for a in [7, -7, 0] {
        for b in [2, -2, 3] {
            agree!(euclid(a, b));
        }
    }
    refuse!(euclid(1, 0), Arithmetic, "divide by zero");
}

#[desc_jit]
fn underflow(n: usize) -> usize {
    let m = n - 3;
    m * 2
}

#[test]
fn usize_underflow_is_an_error() {
    assert_eq!(agree!(underflow(5)), 4);
    refuse!(underflow(2), Arithmetic, "attempt to subtract with overflow");
}

#[desc_jit]
fn grows(n: i64, steps: usize) -> i64 {
    let mut x = n;
    for _ in 0..steps {
        x = x * 3;
    }
    x
}

#[test]
fn overflow_is_an_error() {
    agree!(grows(1, 30));
    refuse!(grows(1, 50), Arithmetic, "attempt to multiply with overflow");
}

#[desc_jit]
fn bits(a: u32, b: u32, k: u32) -> (u32, u32, u32, u32) {
    (a & b | 1, a ^ b, (a >> k) + !b % 7, (a & 0xff) << k)
}

#[test]
fn bit_operations() {
    agree!(bits(0xdead_beef, 0x1234_5678, 5));
    agree!(bits(0, u32::MAX, 0));
}

#[desc_jit]
fn methods(a: i64, b: i64) -> (i64, i64, i64, i64) {
    (a.abs(), a.pow(2), a.min(b) * a.signum(), a.max(b).clamp(-2, 5))
}

#[test]
fn integer_methods() {
    for a in [-4, 0, 3] {
        agree!(methods(a, 2));
    }
}

#[desc_jit]
fn usize_methods(a: usize, b: usize) -> (usize, usize, usize, usize) {
    (a.saturating_sub(b), a.abs_diff(b), a.div_ceil(b), usize::max(a, b).pow(2))
}

#[test]
fn usize_methods_do_not_underflow() {
    agree!(usize_methods(3, 5));
    agree!(usize_methods(11, 5));
}

#[desc_jit]
fn collatz(n: usize) -> usize {
    let mut x = n;
    let mut steps = 0;
    while x != 1 {
        if x % 2 == 0 {
            x /= 2;
        } else {
            x = 3 * x + 1;
        }
        steps += 1;
    }
    steps
}

#[test]
fn collatz_sequences() {
    assert_eq!(agree!(collatz(27)), 111);
    assert_eq!(agree!(collatz(1)), 0);
}

#[desc_jit]
fn i32_arithmetic(a: i32, b: i32) -> i32 {
    (a * b - a / 3) % 1000 + (a << 2)
}

#[test]
fn i32_is_32_bits_wide() {
    agree!(i32_arithmetic(1234, 567));
    refuse!(i32_arithmetic(70_000, 70_000), Arithmetic, "overflow");
}
