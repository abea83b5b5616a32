//! `asin`, `acos`, `atan`, `atan2`.
//!
//! Method: `asin(x) = x + x^3 p(x^2)` up to 1/2 and `asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2))` beyond it.
//! atan2 takes the smaller of the angles to an axis or to the diagonal: with `t = y/x`, `-x/y` or
//! `(y - x)/(y + x)`, |t| <= tan(pi/8) and the angle is 0, pi/2 or pi/4 plus `t + t^3 p(t^2)`. Minimax
//! polynomials from `tests/fit.py`; quotients, roots and the last sum are sums of two doubles.

use super::bits::{SIGN, fast_two_sum, flip, polynomial, quotient, select, two_sum};
use super::tile::{Binary, Unary};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// pi/2 - fl(pi/2)
const PI_2_LOW: f64 = 6.123233995736766e-17;

/// `(asin(t)/t - 1) / t^2` in `t^2`, |t| <= 1/2
const ASIN: [f64; 13] = [
    0.16666666666666669,
    0.07499999999998241,
    0.04464285714672305,
    0.030381944110979622,
    0.02237217400827617,
    0.01735236839237873,
    0.013971564764222935,
    0.01147582995554951,
    0.010344056992316207,
    0.005368489230328453,
    0.017637395161155665,
    -0.01521282918494196,
    0.02899880869036112,
];

/// `(atan(t)/t - 1) / t^2` in `t^2`, |t| < 0.4145
const ATAN: [f64; 12] = [
    -0.3333333333333333,
    0.19999999999999815,
    -0.1428571428566203,
    0.11111111105351144,
    -0.09090908762425563,
    0.07692296612515108,
    -0.06666428825432645,
    0.05878970966776748,
    -0.052307414229765724,
    0.04552812893867877,
    -0.0345998296459611,
    0.016316075085356697,
];

/// `sqrt(z)` as a sum of two doubles.
#[inline(always)]
pub(super) fn root(z: f64, zl: f64) -> (f64, f64) {
    // Where the root is 0 the rest is 0 / 1e-300; 1e-300 changes no other sum.
    let s = z.sqrt();
    (s, ((-s).mul_add(s, z) + zl) / (2.0 * s + 1e-300))
}

/// Whether |x| > 1/2, and `asin` of |x| or of the complement as a sum of two doubles.
#[inline(always)]
fn asin_reduced(x: f64) -> (bool, f64, f64) {
    let a = x.abs();
    let large = a > 0.5;
    let half = 0.5 - 0.5 * a;
    let (s, sl) = root(half, 0.0);
    let z = select(large, half, a * a);
    let t = select(large, s, a);
    (large, t, (t * z).mul_add(polynomial(&ASIN, z), select(large, sl, 0.0)))
}

/// `asin x`
pub(super) struct Asin;

impl Unary for Asin {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (large, t, tl) = asin_reduced(x);
        let (sum, low) = fast_two_sum(FRAC_PI_2, -2.0 * t);
        let y = select(large, sum + (low + (-2.0f64).mul_add(tl, PI_2_LOW)), t + tl);
        flip(y, x.to_bits())
    }
}

/// `acos x`
pub(super) struct Acos;

impl Unary for Acos {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (large, t, tl) = asin_reduced(x);
        // acos(x) = pi/2 - asin(x); beyond 1/2: 2 asin(root) of a positive x, pi - 2 asin(root) of a negative.
        let factor = flip(select(large, -2.0, 1.0), x.to_bits());
        let quarters = select(large, select(x < 0.0, 2.0, 0.0), 1.0);
        let (sum, low) = fast_two_sum(quarters * FRAC_PI_2, -factor * t);
        sum + (low + (-factor).mul_add(tl, quarters * PI_2_LOW))
    }
}

/// The angle of the point (`x`, `y`) for `x, y >= 0` with `x + y` finite and not 0: a sum of two doubles.
#[inline(always)]
fn angle(y: f64, x: f64) -> (f64, f64) {
    const TAN_PI_8: f64 = 0.41421356237309503;
    let low = y < TAN_PI_8 * x;
    let high = x < TAN_PI_8 * y;
    let (difference, difference_low) = two_sum(y, -x);
    let (sum, sum_low) = two_sum(y, x);
    let n = select(low, y, select(high, -x, difference));
    let nl = select(low | high, 0.0, difference_low);
    let d = select(low, x, select(high, y, sum));
    let dl = select(low | high, 0.0, sum_low);
    let (t, tl) = quotient(n, nl, d, dl);
    let z = t * t;
    let tl = (t * z).mul_add(polynomial(&ATAN, z), tl);
    let axis = select(low, 0.0, select(high, FRAC_PI_2, FRAC_PI_4));
    let axis_low = select(low, 0.0, select(high, PI_2_LOW, 0.5 * PI_2_LOW));
    let (sum, rest) = fast_two_sum(axis, t);
    (sum, rest + (tl + axis_low))
}

/// `atan x`
pub(super) struct Atan;

impl Unary for Atan {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        // 1e300 has the arctangent of infinity, and no sum or product with it overflows.
        let a = x.abs();
        let (sum, low) = angle(select(a > 1e300, 1e300, a), 1.0);
        flip(sum + low, x.to_bits())
    }
}

/// `a.atan2(b)`: the angle of the point (b, a)
pub(super) struct Atan2;

impl Binary for Atan2 {
    #[inline(always)]
    fn fast(y: f64, x: f64) -> f64 {
        const HUGE: f64 = 1.0715086071862673e301; // 2^1000
        const SMALL: f64 = 3.872591914849318e-121; // 2^-400
        const DOWN: f64 = 2.409919865102884e-181; // 2^-600
        const UP: f64 = 4.149515568880993e180; // 2^600
        let (a, b) = (y.abs(), x.abs());
        let largest = select(a > b, a, b);
        let unit = select(largest > HUGE, DOWN, select(largest < SMALL, UP, 1.0));
        // Infinity is to a finite number as 1 is to 0; and so are 0 and 0 taken, as the sign bits say.
        let infinite = largest == f64::INFINITY;
        let a1 = select(infinite, select(a == largest, 1.0, 0.0), a * unit);
        let b1 = select(infinite, select(b == largest, 1.0, 0.0), b * unit);
        let b1 = select(largest == 0.0, 1.0, b1);
        let (sum, low) = angle(a1, b1);
        // In the left half plane: pi - angle.
        let left = x.to_bits() & SIGN != 0;
        let (pi, rest) = fast_two_sum(PI, -sum);
        let over = pi + (rest + (2.0 * PI_2_LOW - low));
        let y1 = flip(select(left, over, sum + low), y.to_bits());
        select(x.is_nan() | y.is_nan(), f64::NAN, y1)
    }
}
