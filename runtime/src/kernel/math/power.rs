//! `cbrt`, `hypot`, `powf`.
//!
//! cbrt: `x = 2^(3q) M` with `M` in `[1, 8)`; a polynomial with 17 good bits, one step of fourth order
//! (the binomial series of `(y^3 / M)^(-1/3)`) and one Newton step whose residual is a sum of two doubles.
//! hypot: the sum of the squares and its root as sums of two doubles, scaled where a square would leave the
//! range. powf: `x^y = 2^(y log2 x)` with `log2 x` and the product as sums of two doubles.

use super::bits::{
    SIGN, fast_two_sum, flip, polynomial, power_of_two, select, small_integer, split, two_product,
};
use super::exp::exp2_of_sum;
use super::inverse_trig::root;
use super::tile::{Binary, Unary};

/// `m^(1/3)`, m in `[1, 2]`, to 2^-16.5
const CBRT: [f64; 5] =
    [0.5076595350642887, 0.7162212168532934, -0.2985935946151215, 0.0851733405753086, -0.01045022134680909];

/// `x^(1/3)`
pub(super) struct Cbrt;

impl Unary for Cbrt {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        const TWO_54: f64 = 18014398509481984.0;
        const FRACTION: u64 = (1 << 52) - 1;
        const ONE: u64 = 1023 << 52;
        const CBRT_2: f64 = 1.2599210498948732;
        const CBRT_4: f64 = 1.5874010519681996;
        let a = x.abs();
        let subnormal = a < f64::MIN_POSITIVE;
        let bits = select(subnormal, a * TWO_54, a).to_bits();
        let biased = bits >> 52;
        // biased / 3 for biased < 2048
        let third = (biased * 21846) >> 16;
        let rest = biased - 3 * third;
        let m = f64::from_bits((bits & FRACTION) | ONE);
        let first = polynomial(&CBRT, m) * select(rest == 0, 1.0, select(rest == 1, CBRT_2, CBRT_4));
        let m = m * power_of_two(rest + 1023);
        let inverse = 1.0 / m;
        let e = (first * first * first).mul_add(inverse, -1.0);
        let y = (-first * e).mul_add(polynomial(&[1.0 / 3.0, -2.0 / 9.0, 14.0 / 81.0], e), first);
        let (h, hl) = two_product(y, y);
        let (p, pl) = two_product(h, y);
        let residual = (m - p) - hl.mul_add(y, pl);
        let y = residual.mul_add(inverse * y * (1.0 / 3.0), y);
        // 1023 = 3 * 341, and the cube root of 2^54 is 2^18.
        let y = y * power_of_two(third + select(subnormal, 1023 - 341 - 18, 1023 - 341));
        select((a == 0.0) | !a.is_finite(), x, flip(y, x.to_bits()))
    }
}

/// `a.hypot(b)`
pub(super) struct Hypot;

impl Binary for Hypot {
    #[inline(always)]
    fn fast(a: f64, b: f64) -> f64 {
        const HUGE: f64 = 3.273390607896142e150; // 2^500
        const SMALL: f64 = 3.054936363499605e-151; // 2^-500
        const DOWN: f64 = 2.409919865102884e-181; // 2^-600
        const UP: f64 = 4.149515568880993e180; // 2^600
        let (a, b) = (a.abs(), b.abs());
        let (x, y) = (select(a > b, a, b), select(a > b, b, a));
        let (down, up) = (x > HUGE, x < SMALL);
        let unit = select(down, DOWN, select(up, UP, 1.0));
        let back = select(down, UP, select(up, DOWN, 1.0));
        let (x, y) = (x * unit, y * unit);
        let (h, hl) = two_product(x, x);
        let (v, vl) = two_product(y, y);
        let (sum, low) = fast_two_sum(h, v);
        let (s, sl) = root(sum, low + (hl + vl));
        let nan = select(a.is_nan() | b.is_nan(), f64::NAN, (s + sl) * back);
        select((a == f64::INFINITY) | (b == f64::INFINITY), f64::INFINITY, nan)
    }
}

/// 2 / ln 2, 2/3 / ln 2, 2/5 / ln 2 as sums of two doubles.
const TWO_OVER_LN_2: [(f64, f64); 3] = [
    (2.8853900817779268, 4.0710547481862066e-17),
    (0.9617966939259756, 5.0577616648125907e-17),
    (0.5770780163555853, 5.2551030481378675e-17),
];

/// `(2 atanh(s) / s - 2 - 2/3 s^2 - 2/5 s^4) / s^6 / ln 2` in `s^2`, |s| < 0.17158
const POW: [f64; 7] = [
    0.4121985831111328,
    0.3205988979741365,
    0.2623081898959018,
    0.22195295274101762,
    0.19237191717223578,
    0.16910862788785913,
    0.16688284296046854,
];

/// `(z + zl) (u + ul) + c`, where `c` is larger
#[inline(always)]
fn horner(z: f64, zl: f64, u: f64, ul: f64, c: (f64, f64)) -> (f64, f64) {
    let (p, pl) = two_product(z, u);
    let (sum, low) = fast_two_sum(c.0, p);
    (sum, low + (z.mul_add(ul, c.1) + zl.mul_add(u, pl)))
}

/// `log2 x` as a sum of two doubles with a relative error of about 2^-68, for positive finite `x`; the second is at most
/// about a unit in the last place of the first.
#[inline(always)]
fn log2_of(x: f64) -> (f64, f64) {
    let (k, m) = split(x);
    let f = m - 1.0;
    // The sum of 2 and f, which need not wait for f; the quotient is the longest operation here.
    let d = m + 1.0;
    let dl = f - (d - 2.0);
    let inverse = 1.0 / d;
    let s = f * inverse;
    let sl = (-s).mul_add(dl, (-s).mul_add(d, f)) * inverse;
    let (z, zl) = two_product(s, s);
    let zl = (2.0 * s).mul_add(sl, zl);
    // log2(m) = s (c0 + z (c1 + z (c2 + z p(z))))
    let [c0, c1, c2] = TWO_OVER_LN_2;
    let (t, tl) = fast_two_sum(c2.0, z * polynomial(&POW, z));
    let (t, tl) = horner(z, zl, t, tl + c2.1, c1);
    let (t, tl) = horner(z, zl, t, tl, c0);
    let (p, pl) = two_product(s, t);
    let pl = pl + s.mul_add(tl, sl * t);
    // Added up, the first one would have to wait for the second, which is the longer computation.
    let (sum, low) = fast_two_sum(small_integer(k) - 1077.0, p);
    (sum, low + pl)
}

/// Whether `y` is an integer, and whether it is an odd one.
#[inline(always)]
fn parity(y: f64) -> (bool, bool) {
    const TWO_52: f64 = 4503599627370496.0;
    let a = y.abs();
    let rounded = a + TWO_52;
    let large = a >= TWO_52;
    let bits = select(large, a, rounded).to_bits();
    (
        large | (rounded - TWO_52 == a),
        (bits & 1 == 1) & (a < 2.0 * TWO_52) & (large | (rounded - TWO_52 == a)),
    )
}

/// `a.powf(b)`
pub(super) struct Pow;

impl Binary for Pow {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        let (log, log_low) = log2_of(x.abs());
        let (p, pl) = two_product(y, log);
        let pl = y.mul_add(log_low, pl);
        // Out of range both ways; here the low part may be NaN.
        let far = (p.abs() >= 1100.0) | p.is_nan();
        let p = exp2_of_sum(select(far, select(p > 0.0, 1100.0, -1100.0), p), select(far, 0.0, pl));
        let p = select(x == 0.0, select(y > 0.0, 0.0, f64::INFINITY), p);
        let (integer, odd) = parity(y);
        let negative = x.to_bits() & SIGN != 0;
        let p = select(negative & !integer & (x != 0.0), f64::NAN, p);
        let p = flip(p, select(negative & odd, SIGN, 0));
        select(y == 0.0, 1.0, p)
    }

    #[inline(always)]
    fn special(x: f64, y: f64) -> bool {
        !x.is_finite() | !y.is_finite()
    }

    /// `x` or `y` infinite or NaN: the rules of C99, F.9.4.4.
    fn slow(x: f64, y: f64) -> f64 {
        if y == 0.0 || x == 1.0 {
            return 1.0;
        }
        if x.is_nan() || y.is_nan() {
            return f64::NAN;
        }
        let zero_or_infinity = |infinite: bool| if infinite { f64::INFINITY } else { 0.0 };
        if y.is_infinite() {
            return if x == -1.0 { 1.0 } else { zero_or_infinity((x.abs() > 1.0) == (y > 0.0)) };
        }
        let (_, odd) = parity(y);
        flip(zero_or_infinity(y > 0.0), if x < 0.0 && odd { SIGN } else { 0 })
    }
}
