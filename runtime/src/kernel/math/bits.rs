//! The small steps the functions are made of: selects, exponents, error-free sums and products.
//!
//! The sums are those of Knuth and Dekker: with rounding to nearest the error of a sum or product of two
//! doubles is itself a double (Dekker, *A floating-point technique for extending the available precision*,
//! Numer. Math. 18, 1971).

use std::hint::select_unpredictable;

/// The sign bit.
pub(super) const SIGN: u64 = 1 << 63;

/// Adding this rounds a number below 2^51 to an integer, which is then in the low bits of the sum.
pub(super) const SHIFT: f64 = 6755399441055744.0; // 1.5 * 2^52

/// `c0 + c1 x + c2 x^2 + ..` of at most 16 terms by Estrin's scheme: one number at a time, Horner's rule is a chain of as
/// many operations as there are terms, and this one of four or five.
#[inline(always)]
pub(super) fn polynomial<const N: usize>(c: &[f64; N], x: f64) -> f64 {
    const { assert!(N <= 16) };
    let x2 = x * x;
    let x4 = x2 * x2;
    let one = |k: usize| if k < N { c[k] } else { 0.0 };
    let two = |k: usize| if k + 1 < N { c[k + 1].mul_add(x, one(k)) } else { one(k) };
    let four = |k: usize| if k + 2 < N { two(k + 2).mul_add(x2, two(k)) } else { two(k) };
    let eight = |k: usize| if k + 4 < N { four(k + 4).mul_add(x4, four(k)) } else { four(k) };
    if N > 8 { eight(8).mul_add(x4 * x4, eight(0)) } else { eight(0) }
}

/// `c ? a : b`, both of which are there already. Written as `if`, several selects on one condition would become
/// a branch whose sides LLVM then computes both, with everything that follows.
#[inline(always)]
pub(super) fn select<T>(c: bool, a: T, b: T) -> T {
    select_unpredictable(c, a, b)
}

/// `x`, or `-x` where the top bit of `sign` is set.
#[inline(always)]
pub(super) fn flip(x: f64, sign: u64) -> f64 {
    f64::from_bits(x.to_bits() ^ (sign & SIGN))
}

/// `2^(biased - 1023)` for `biased` in 1..=2046.
#[inline(always)]
pub(super) fn power_of_two(biased: u64) -> f64 {
    f64::from_bits(biased << 52)
}

/// An integer in 0..2^52 as a double. As bit operations this is the same on every instruction set.
#[inline(always)]
pub(super) fn small_integer(k: u64) -> f64 {
    const TWO_52: f64 = 4503599627370496.0;
    f64::from_bits(k | TWO_52.to_bits()) - TWO_52
}

/// `(s, e)` with `s = fl(a + b)` and `s + e = a + b`.
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// As [`two_sum`], for `|a| >= |b|` or `a = 0`.
#[inline(always)]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    (s, (a - s) + b)
}

/// `(p, e)` with `p = fl(a b)` and `p + e = a b`.
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    (p, a.mul_add(b, -p))
}

/// `(n + nl) / (d + dl)` as a sum of two doubles.
#[inline(always)]
pub(super) fn quotient(n: f64, nl: f64, d: f64, dl: f64) -> (f64, f64) {
    let q = n / d;
    let left = (-q).mul_add(d, n) + (-q).mul_add(dl, nl);
    (q, left / d)
}

/// A positive number as `m 2^k` with `m` in `[sqrt(1/2), sqrt(2))`: `(k + 1023 + 54, m)`.
#[inline(always)]
pub(super) fn split(x: f64) -> (u64, f64) {
    const TWO_54: f64 = 18014398509481984.0;
    const ONE: u64 = 1023 << 52;
    const SQRT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    let subnormal = x < f64::MIN_POSITIVE;
    let bits = select(subnormal, x * TWO_54, x).to_bits();
    let up = bits.wrapping_add(ONE - SQRT_HALF) >> 52;
    let m = f64::from_bits(bits.wrapping_sub(up << 52).wrapping_add(ONE));
    (up + select(subnormal, 0, 54), m)
}
