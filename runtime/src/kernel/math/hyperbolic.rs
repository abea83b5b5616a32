//! `sinh`, `cosh`, `tanh` and their inverses.
//!
//! Method: with `x = k ln 2 + r`, `p = 2^k / 2` and `q = 2^-k / 2`,
//! `sinh x = (p + q) sinh r + (p - q) cosh r` and `cosh x = (p + q) cosh r + (p - q) sinh r`, where sinh and
//! cosh of `r` are minimax polynomials from `tests/fit.py`; small `x` have `k = 0`, so nothing cancels.
//! The inverses are logarithms of a sum of two doubles; `atanh x` takes `2^k` out of `(1 + x) / (1 - x)` and
//! is `k ln 2 / 2 + atanh s` with the `s` that is left.

use super::bits::{
    SIGN, fast_two_sum, flip, polynomial, power_of_two, quotient, select, small_integer, two_product, two_sum,
};
use super::exp;
use super::inverse_trig::root;
use super::log::{atanh_reduced, ln_of_sum};
use super::tile::Unary;

/// `(sinh(r)/r - 1) / r^2` in `r^2`, |r| < 0.34665
const SINH: [f64; 6] = [
    0.16666666666666666,
    0.008333333333333333,
    0.00019841269841263293,
    2.7557319247234283e-06,
    2.5052071077841717e-08,
    1.6086633986036376e-10,
];

/// `(cosh(r) - 1) / r^2` in `r^2`, |r| < 0.34665
const COSH: [f64; 6] = [
    0.5,
    0.04166666666666668,
    0.0013888888888879064,
    2.4801587336465892e-05,
    2.7557263254100126e-07,
    2.091814688512603e-09,
];

/// Below this sinh, tanh, asinh and atanh are the identity: 2^-28
const TINY: f64 = 3.725290298461914e-9;

/// `sinh(a)` and `cosh(a)`, divided by 4 and as sums of two doubles, for `a` in 0..=711.
#[inline(always)]
fn quarter(a: f64) -> ((f64, f64), (f64, f64)) {
    let (_, biased, r, rl) = exp::reduce(a);
    let z = r * r;
    let s = (r * z).mul_add(polynomial(&SINH, z), rl);
    let c = z.mul_add(polynomial(&COSH, z), r * rl);
    // 2^(k-3) and 2^(-k-3); beyond 2^26 a sum of both does not fit into a double, beyond 2^100 q is nothing.
    let k = biased.wrapping_sub(2046);
    let p = power_of_two(k.wrapping_add(1020));
    let q = power_of_two(1020u64.wrapping_sub(select(k > 100, 100, k)));
    let (near, far) = (select(k > 26, 0.0, q), select(k > 26, q, 0.0));
    let (plus, minus) = (p + near, p - near);
    let far_part = far - far * r;
    // sinh
    let (v, vl) = two_product(plus, r);
    let (sum, low) = two_sum(minus, v);
    let sinh_low = low + (vl + plus.mul_add(s, minus.mul_add(c, -far_part)));
    let sinh = fast_two_sum(sum, sinh_low);
    // cosh
    let (v, vl) = two_product(minus, r);
    let (sum, low) = fast_two_sum(plus, v);
    let cosh_low = low + (vl + plus.mul_add(c, minus.mul_add(s, far_part)));
    (sinh, (sum, cosh_low))
}

/// `sinh x`
pub(super) struct Sinh;

impl Unary for Sinh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let ((s, sl), _) = quarter(select(a > 711.0, 711.0, a));
        select(a < TINY, x, flip(4.0 * (s + sl), x.to_bits()))
    }
}

/// `cosh x`
pub(super) struct Cosh;

impl Unary for Cosh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let (_, (c, cl)) = quarter(select(a > 711.0, 711.0, a));
        4.0 * (c + cl)
    }
}

/// `tanh x`
pub(super) struct Tanh;

impl Unary for Tanh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let ((s, sl), (c, cl)) = quarter(select(a > 22.0, 22.0, a));
        let (c, cl) = fast_two_sum(c, cl);
        let (q, ql) = quotient(s, sl, c, cl);
        select(a < TINY, x, flip(q + ql, x.to_bits()))
    }
}

/// Above this `x + sqrt(x^2 +- 1)` is `2 x`: 2^28
const LARGE: f64 = 268435456.0;

/// `ln(a + sqrt(a^2 + one))` for `one` = 1 or -1, where the root is real.
#[inline(always)]
fn inverse(a: f64, one: f64) -> f64 {
    let large = a > LARGE;
    let (h, hl) = two_product(a, a);
    let (sum, low) = two_sum(h, one);
    let (w, wl) = fast_two_sum(sum, low + hl);
    let (w, wl) = root(w, wl);
    // The larger one first.
    let (u, ul) = if one > 0.0 { fast_two_sum(w, a) } else { fast_two_sum(a, w) };
    let (u, ul) = fast_two_sum(u, ul + wl);
    ln_of_sum(select(large, a, u), select(large, 0.0, ul), select(large, 1.0, 0.0))
}

/// `asinh x`
pub(super) struct Asinh;

impl Unary for Asinh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let y = flip(inverse(a, 1.0), x.to_bits());
        select((a < TINY) | !a.is_finite(), x, y)
    }
}

/// `acosh x`
pub(super) struct Acosh;

impl Unary for Acosh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let y = inverse(x, -1.0);
        let y = select(x < f64::INFINITY, y, x);
        select(x < 1.0, f64::NAN, y)
    }
}

/// `atanh x`
pub(super) struct Atanh;

impl Unary for Atanh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        const FRACTION: u64 = (1 << 52) - 1;
        const ONE: u64 = 1023 << 52;
        let a = x.abs();
        let (u, ul) = two_sum(1.0, a);
        let (v, vl) = two_sum(1.0, -a);
        // v = g / 2^j, and k = j, j + 1 or j - 1 so that u / v / 2^k is near 1.
        let g = f64::from_bits((v.to_bits() & FRACTION) | ONE);
        let j = 1024u64.wrapping_sub((v.to_bits() & !SIGN) >> 52);
        let more = u > std::f64::consts::SQRT_2 * g;
        let less = u < std::f64::consts::FRAC_1_SQRT_2 * g;
        let k1 = j.wrapping_add(u64::from(more)).wrapping_sub(u64::from(less));
        let power = power_of_two(k1.wrapping_add(1022));
        let (v, vl) = (v * power, vl * power);
        let (n, nl) = fast_two_sum(u - v, ul - vl);
        let (d, dl) = fast_two_sum(u, v);
        let (s, sl) = quotient(n, nl, d, dl + (ul + vl));
        let y = atanh_reduced(small_integer(k1) - 1.0, s, sl);
        let y = select(a == 1.0, f64::INFINITY, y);
        let y = select(a > 1.0, f64::NAN, y);
        select(a < TINY, x, flip(y, x.to_bits()))
    }
}
