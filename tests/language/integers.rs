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

#[desc_jit]
fn distances(a: i32, b: i32, c: i64, d: i64) -> ((u32, u64), (u32, u64), (i32, i64)) {
    (
        (a.abs_diff(b), c.abs_diff(d)),
        (a.unsigned_abs(), c.unsigned_abs()),
        (b.wrapping_abs(), d.wrapping_abs()),
    )
}

#[test]
fn distances_are_unsigned() {
    for (a, c) in [(i32::MIN, i64::MIN), (i32::MAX, i64::MAX), (-1, 1), (0, -7)] {
        for (b, d) in [(i32::MIN, i64::MAX), (i32::MAX, i64::MIN), (5, 0)] {
            agree!(distances(a, b, c, d));
        }
    }
}

#[desc_jit]
fn powers_of_two(a: u32, b: u64, c: usize) -> ((bool, bool, bool), (u64, u64)) {
    (
        (a.is_power_of_two(), b.is_power_of_two(), c.is_power_of_two()),
        (b.abs_diff(3), b.div_ceil(3) ^ u64::wrapping_add(b, u64::from(a))),
    )
}

#[test]
fn unsigned_methods() {
    agree!(powers_of_two(0, 1, 2));
    agree!(powers_of_two(1 << 31, 1 << 63, usize::MAX));
    agree!(powers_of_two(3, u64::MAX, 1 << 40));
}

#[desc_jit]
fn complements(a: u32, b: u64, c: i64) -> ((u32, u64, i64), (u32, u64, i64)) {
    let (mut all, mut wide, mut minus): (u32, u64, i64) = (!0, !0, !0);
    if c > 0 {
        all = !7;
        wide = !0x0f;
        minus = !1;
    }
    ((a & !0, b & !1, c & !2), (all, wide, minus))
}

#[desc_jit]
fn large_literals(b: u64) -> (u64, f64) {
    (0xcbf2_9ce4_8422_2325 ^ b, !0 as f64)
}

#[test]
fn all_bits_of_whatever_type() {
    agree!(large_literals(6));
    agree!(complements(5, 6, 7));
    agree!(complements(u32::MAX, u64::MAX, -7));
}

#[desc_jit]
fn masked(x: &Array1<f64>, i: usize) -> f64 {
    // Wraps where `i` is 0, and is then no index.
    let before = i.wrapping_sub(1);
    if before < x.len() { x[before] } else { x[i] - 100.0 }
}

#[desc_jit]
fn neighbours(x: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::<f64>::zeros(x.len());
    for i in 0..x.len() {
        let before = i.wrapping_sub(1);
        let left = if before < x.len() { x[before] } else { -1.0 };
        y[i] = left + x[i];
    }
    y
}

#[desc_jit]
fn unguarded(x: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::<f64>::zeros(x.len());
    for i in 0..x.len() {
        y[i] = x[i.wrapping_sub(1)];
    }
    y
}

#[test]
fn what_wrapped_proves_nothing_of_indices() {
    let x = Array1::from_vec((0..100).map(f64::from).collect());
    agree!(masked(&x, 0));
    agree!(masked(&x, 99));
    agree!(neighbours(&x));
    refuse!(unguarded(&x), Index, "18446744073709551615");
}

#[desc_jit]
fn halves(x: &Array1<u64>) -> (Array1<u32>, Array1<u32>, Array1<f64>, Array1<i64>) {
    (x.mapv(|v| v as u32), x.mapv(|v| (v >> 32) as u32), x.mapv(|v| v as f64 / 2.0), x.mapv(|v| v as i64))
}

#[desc_jit]
fn order_of_u64(x: &Array1<u64>) -> ((u64, u64), (usize, usize), (u64, u64)) {
    let mut above = 0;
    let mut quotients = 0;
    for k in 0..x.len() {
        if x[k] > 1 << 63 {
            above += 1;
        }
        quotients += x[k] / 10 % 7;
    }
    ((jnp::min(x), jnp::max(x)), (jnp::argmin(x), jnp::argmax(x)), (above, quotients))
}

#[test]
fn u64_is_unsigned_in_arrays() {
    let x = Array1::from_vec((0..70).map(|k: u64| k.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect());
    agree!(halves(&x));
    agree!(order_of_u64(&x));
}

#[desc_jit]
fn one_bit(x: u32, y: u64, k: u32) -> ((u32, u64), (u32, u64), u64) {
    ((x & (1 << k), y | (1 << k)), (x ^ (1 << 31), y ^ (1 << 63)), (y >> k) & ((1 << 20) - 1))
}

#[test]
fn literals_that_are_shifted_have_the_type_they_meet() {
    for k in [0, 5, 31] {
        agree!(one_bit(0xdead_beef, 0xcbf2_9ce4_8422_2325, k));
    }
    refuse!(one_bit(1, 1, 40), Arithmetic, "`1 << 40`, but u32 has 32 bits");
}

#[desc_jit]
fn below_zero_and_back(n: usize) -> usize {
    let mut sum = 0;
    for i in 0..n {
        let before = (i as i64 - 3) as usize;
        sum += before + 3;
    }
    sum
}

#[test]
fn a_negative_number_as_usize_is_a_large_one() {
    agree!(below_zero_and_back(0));
    refuse!(below_zero_and_back(2), Arithmetic, "attempt to add with overflow");
    refuse!(below_zero_and_back(1000), Arithmetic, "attempt to add with overflow");
}

/// Each arm is a few operations, of which some can overflow.
#[desc_jit]
fn halve_or_triple(start: u64, most: usize) -> (u64, usize) {
    let (mut k, mut n) = (start, 0);
    while k != 1 && n < most {
        k = if k % 2 == 0 { k / 2 } else { 3 * k + 1 };
        n += 1;
    }
    (k, n)
}

#[desc_jit]
fn up_and_down(x: &Array1<f64>, start: i64, n: usize) -> (i64, usize) {
    let (mut v, mut n) = (start, n);
    for i in 0..x.len() {
        v = if x[i] > 0.0 { v + 5 } else { v - 3 };
        n = if v % 2 == 0 { n - 1 } else { 2 * n };
    }
    (v, n)
}

#[test]
fn arms_fail_where_they_are_taken() {
    agree!(halve_or_triple(27, 1000));
    // The other arm would overflow.
    agree!(halve_or_triple(u64::MAX - 1, 1));
    agree!(halve_or_triple(1 << 63, 100));
    agree!(halve_or_triple(u64::MAX / 3 - 2, 1));
    refuse!(halve_or_triple(u64::MAX / 3, 5), Arithmetic, "attempt to add with overflow");
    refuse!(halve_or_triple(u64::MAX / 3 + 2, 5), Arithmetic, "attempt to multiply with overflow");
    refuse!(halve_or_triple(u64::MAX, 5), Arithmetic, "attempt to multiply with overflow");
    let x = Array1::from_vec(vec![1.0, -1.0, 1.0, 1.0, -1.0]);
    agree!(up_and_down(&x, 0, 2));
    agree!(up_and_down(&x, i64::MAX - 12, 2));
    refuse!(up_and_down(&x, i64::MAX - 11, 2), Arithmetic, "attempt to add with overflow");
    agree!(up_and_down(&-&x, i64::MIN + 5, 2));
    refuse!(up_and_down(&-&x, i64::MIN + 2, 2), Arithmetic, "attempt to subtract with overflow");
    let down = Array1::from_elem(7, -1.0);
    refuse!(up_and_down(&down, -1, 1), Arithmetic, "attempt to subtract with overflow");
}

#[desc_jit]
fn powers(x: &[f64], b: bool, n: u32) -> (Vec<f64>, f64, f64) {
    let mut list = x.to_vec();
    for i in 0..x.len() {
        list[i] = x[i].powi(i as i32);
    }
    let mut sum = 0.0;
    for k in 0..n.min(5) {
        sum += x[0].powi(k as i32);
    }
    let series = x.iter().enumerate().map(|(i, c)| c * 0.5_f64.powi(i as i32)).sum();
    (list, x[1].powi(if b { 3 } else { 2 }) + x[2].powi(b as i32 + 1) + sum, series)
}

/// They were 0.0 where GCC compiles the kernel: its call-back took an i64 for an exponent and failed without a word.
#[test]
fn powers_of_numbers_of_another_type() {
    let x = [1.5, 2.0, 2.5];
    for engine in desc_jit::Engine::ALL {
        for (b, n) in [(true, 3), (false, 9)] {
            let result = desc_jit::with_engine(engine, || powers(&x, b, n));
            assert_eq!(result, powers::native(&x, b, n), "{engine}");
        }
    }
}
