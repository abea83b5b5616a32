//! `exp`, `exp2`, `exp_m1`.
//!
//! Method: `x = k ln 2 + r` with `|r| <= ln 2 / 2`, where `k ln 2` is subtracted in two parts (Cody and Waite,
//! *Software Manual for the Elementary Functions*, 1980, ch. 6), `r` is kept as the sum of two doubles, and
//! `e^r = 1 + r + r^2 p(r)` with a minimax `p` from `tests/fit.py`. Multiplying by `2^k` in two halves makes
//! results that are subnormal or overflow come out right without a branch.

use super::bits::{SHIFT, fast_two_sum, polynomial, power_of_two, select, two_product, two_sum};
use super::tile::Unary;

/// The leading 32 bits of ln 2, so that `k LN_2_HIGH` is exact.
const LN_2_HIGH: f64 = 0.6931471803691238;
/// ln 2 - `LN_2_HIGH`
const LN_2_REST: f64 = 1.9082149292705877e-10;
/// ln 2 - fl(ln 2)
const LN_2_LOW: f64 = 2.3190468138462996e-17;

/// `(e^r - 1 - r) / r^2`, |r| < 0.34665
const EXP: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.041666666666666685,
    0.008333333333326129,
    0.0013888888888874441,
    0.00019841269874842525,
    2.4801587347329913e-05,
    2.7557255371920613e-06,
    2.7557252870412847e-07,
    2.510522888020013e-08,
    2.0921613829628603e-09,
];

/// A rounded integer `k` as a double, and as the biased exponent `k + 2046` of two factors.
#[inline(always)]
fn nearest(x: f64) -> (f64, u64) {
    const SHIFT_BIASED: f64 = SHIFT + 2046.0;
    let shifted = x + SHIFT_BIASED;
    (shifted - SHIFT_BIASED, shifted.to_bits() & 0xffff)
}

/// `y 2^k` for the biased `k` of [`nearest`].
#[inline(always)]
fn scale(y: f64, k: u64) -> f64 {
    let half = k >> 1;
    y * power_of_two(half) * power_of_two(k - half)
}

/// `(k, k biased, r, rl)` with `x = k ln 2 + r + rl`, for |x| < 1100.
#[inline(always)]
pub(super) fn reduce(x: f64) -> (f64, u64, f64, f64) {
    let (k, biased) = nearest(x * std::f64::consts::LOG2_E);
    let (r, rl) = fast_two_sum((-k).mul_add(LN_2_HIGH, x), -(k * LN_2_REST));
    (k, biased, r, rl)
}

/// `e^(r + rl) - 1 - r`
#[inline(always)]
fn tail(r: f64, rl: f64) -> f64 {
    r.mul_add(r.mul_add(polynomial(&EXP, r), rl), rl)
}

/// `2^(p + pl)`
#[inline(always)]
pub(super) fn exp2_of_sum(p: f64, pl: f64) -> f64 {
    let (n, k) = nearest(p);
    let (r, rl) = fast_two_sum(p - n, pl);
    let (e, el) = two_product(r, std::f64::consts::LN_2);
    let el = el + r.mul_add(LN_2_LOW, rl * std::f64::consts::LN_2);
    let (one, low) = fast_two_sum(1.0, e);
    scale(one + (low + tail(e, el)), k)
}

/// `x` between `low` and `high`; NaN stays NaN.
#[inline(always)]
pub(super) fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = select(x > high, high, x);
    select(x < low, low, x)
}

/// `e^x`
pub(super) struct Exp;

impl Unary for Exp {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (_, k, r, rl) = reduce(clamp(x, -746.0, 710.0));
        scale(1.0 + (r + tail(r, rl)), k)
    }
}

/// `2^x`
pub(super) struct Exp2;

impl Unary for Exp2 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        exp2_of_sum(clamp(x, -1080.0, 1025.0), 0.0)
    }
}

/// `e^x - 1`
pub(super) struct ExpM1;

impl Unary for ExpM1 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        const TINY: f64 = 5.551115123125783e-17; // 2^-54
        // Half of 2^k (1 + q) - 1, because 2^1024 is not a number.
        let (_, k, r, rl) = reduce(clamp(x, -40.0, 710.0));
        let (q, ql) = fast_two_sum(r, tail(r, rl));
        let power = power_of_two(k.wrapping_sub(1024));
        let (sum, low) = two_sum(power - 0.5, power * q);
        let y = 2.0 * (sum + power.mul_add(ql, low));
        select(x.abs() < TINY, x, y)
    }
}
