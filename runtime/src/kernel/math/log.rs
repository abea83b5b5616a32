//! `ln`, `log2`, `log10`, `ln_1p`.
//!
//! Method: `x = 2^k (1 + f)` with `1 + f` in `[sqrt(1/2), sqrt(2))`, and with `s = f / (2 + f)`
//! `ln(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + s^2 p(s^2))`
//! (the arrangement of K. C. Ng in 4.3BSD's libm, 1986), where `p` is a minimax polynomial from
//! `tests/fit.py`. `f - f^2/2` and the sum with `k ln 2` are kept as sums of two doubles.

use super::bits::{
    fast_two_sum, polynomial, power_of_two, select, small_integer, split, two_product, two_sum,
};
use super::tile::Unary;
use std::f64::consts::{LOG2_E, LOG10_E};

/// The leading 32 bits of ln 2, so that `k LN_2_HIGH` is exact.
pub(super) const LN_2_HIGH: f64 = 0.6931471803691238;
/// ln 2 - `LN_2_HIGH`
pub(super) const LN_2_REST: f64 = 1.9082149292705877e-10;
/// 1 / ln 2 - fl(1 / ln 2)
const LOG2_E_LOW: f64 = 2.0355273740931033e-17;
/// 1 / ln 10 - fl(1 / ln 10)
const LOG10_E_LOW: f64 = 1.098319650216765e-17;
/// The leading 32 bits of log10(2)
const LOG10_2_HIGH: f64 = 0.3010299955494702;
/// log10(2) - `LOG10_2_HIGH`
const LOG10_2_REST: f64 = 1.1451100898021838e-10;

/// `(2 atanh(s) / s - 2) / s^2` in `s^2`, |s| < 0.17158
pub(super) const ATANH: [f64; 7] = [
    0.666666666666667,
    0.39999999999898433,
    0.2857142862640456,
    0.22222211072119732,
    0.18182893263143127,
    0.15331595695353306,
    0.146178862499923,
];

/// The `k` of [`split`] as a double.
#[inline(always)]
fn exponent(biased: u64) -> f64 {
    small_integer(biased) - 1077.0
}

/// `ln(1 + f)` as a sum of two doubles, the first one larger, for `1 + f` in `[sqrt(1/2), sqrt(2))`.
#[inline(always)]
fn ln_of_mantissa(f: f64) -> (f64, f64) {
    let s = f / (2.0 + f);
    let z = s * s;
    let half = 0.5 * f;
    let (h, hl) = two_product(half, f);
    let (u, ul) = fast_two_sum(f, -h);
    let rest = s * z.mul_add(polynomial(&ATANH, z), h);
    (u, ul + (rest - hl))
}

/// `k ln 2 + u + ul`, where `|u| < ln 2`
#[inline(always)]
fn add_exponent(k: f64, u: f64, ul: f64) -> f64 {
    let (sum, low) = fast_two_sum(k * LN_2_HIGH, u);
    sum + (low + k.mul_add(LN_2_REST, ul))
}

/// `y`, the logarithm computed for positive finite `x`, or what it is of any other `x`.
#[inline(always)]
fn with_limits(x: f64, y: f64) -> f64 {
    let y = select(x < f64::INFINITY, y, x);
    let y = select(x == 0.0, f64::NEG_INFINITY, y);
    select(x < 0.0, f64::NAN, y)
}

/// `ln x`
pub(super) struct Ln;

impl Unary for Ln {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let (u, ul) = ln_of_mantissa(m - 1.0);
        with_limits(x, add_exponent(exponent(k), u, ul))
    }
}

/// `log2 x`
pub(super) struct Log2;

impl Unary for Log2 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let (u, ul) = ln_of_mantissa(m - 1.0);
        let (u, ul) = fast_two_sum(u, ul);
        let (p, pl) = two_product(u, LOG2_E);
        let pl = pl + u.mul_add(LOG2_E_LOW, ul * LOG2_E);
        let (sum, low) = fast_two_sum(exponent(k), p);
        with_limits(x, sum + (low + pl))
    }
}

/// `log10 x`
pub(super) struct Log10;

impl Unary for Log10 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let k = exponent(k);
        let (u, ul) = ln_of_mantissa(m - 1.0);
        let (u, ul) = fast_two_sum(u, ul);
        let (p, pl) = two_product(u, LOG10_E);
        let pl = pl + u.mul_add(LOG10_E_LOW, ul * LOG10_E);
        let (sum, low) = fast_two_sum(k * LOG10_2_HIGH, p);
        with_limits(x, sum + (low + k.mul_add(LOG10_2_REST, pl)))
    }
}

/// `ln(2^twice (u + ul))` with full relative precision also near 1, where `u >= |ul|`, `u` is finite and
/// positive, and `ul` is at most the rounding error of `u`.
#[inline(always)]
pub(super) fn ln_of_sum(u: f64, ul: f64, twice: f64) -> f64 {
    let (k, m) = split(u);
    // Above 2^60 the low part does not matter, and 2^-k would leave the range of `power_of_two`.
    let low = select(u > 1152921504606846976.0, 0.0, ul * power_of_two(2100u64.wrapping_sub(k)));
    let (f, fl) = fast_two_sum(m - 1.0, low);
    let (v, vl) = ln_of_mantissa(f);
    // d ln(1 + f) = df / (1 + f); a few bits of the quotient are enough.
    let slope = polynomial(&[1.0, -1.0, 0.94, -0.58], f);
    add_exponent(exponent(k) + twice, v, fl.mul_add(slope, vl))
}

/// `ln(1 + x)`
pub(super) struct Ln1p;

impl Unary for Ln1p {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        const TINY: f64 = 5.551115123125783e-17; // 2^-54
        let (u, ul) = two_sum(1.0, x);
        let y = ln_of_sum(u, ul, 0.0);
        let y = select(x < f64::INFINITY, y, x);
        let y = select(x == -1.0, f64::NEG_INFINITY, y);
        let y = select(x < -1.0, f64::NAN, y);
        select(x.abs() < TINY, x, y)
    }
}

/// `k ln 2 / 2 + s + sl + (atanh(s) - s)`, for |s| < 0.1716
#[inline(always)]
pub(super) fn atanh_reduced(k: f64, s: f64, sl: f64) -> f64 {
    let half = 0.5 * k;
    let z = s * s;
    let rest = (0.5 * s * z).mul_add(polynomial(&ATANH, z), sl);
    let (sum, low) = fast_two_sum(half * LN_2_HIGH, s);
    sum + (low + half.mul_add(LN_2_REST, rest))
}
