//! `sin`, `cos`, `tan`.
//!
//! Method: `x = n pi/2 + r` with |r| <= pi/4. Up to 2^40 `n pi/2` is subtracted in three parts whose products
//! are exact sums of two doubles, so that `r` has full relative precision however close `x` is to a multiple of
//! pi/2 (no double below 2^40 is closer than about 2^-60). Beyond that the product of `x` with the bits of 2/pi
//! that matter is formed in integers: M. Payne and R. Hanek, *Radian reduction for trigonometric functions*,
//! SIGNUM Newsletter 18, 1983. sin and cos of `r + rl` are minimax polynomials from `tests/fit.py`.

use super::bits::{SHIFT, SIGN, fast_two_sum, flip, polynomial, quotient, select, two_product, two_sum};
use super::tile::Unary;

/// Up to here the branch-free reduction is good: 2^40
const LIMIT: f64 = 1099511627776.0;

/// pi/2 as a sum of three doubles.
const PI_2: [f64; 3] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33];

/// `(sin(r)/r - 1) / r^2` in `r^2`, |r| < 0.7857
const SIN: [f64; 7] = [
    -0.16666666666666666,
    0.008333333333333331,
    -0.0001984126984126505,
    2.755731921932584e-06,
    -2.505210622777653e-08,
    1.6058530872921078e-10,
    -7.586652851182469e-13,
];

/// `(cos(r) - 1 + r^2/2) / r^4` in `r^2`, |r| < 0.7857
const COS: [f64; 7] = [
    0.041666666666666664,
    -0.0013888888888888887,
    2.480158730158464e-05,
    -2.755731922139533e-07,
    2.0876755788455273e-09,
    -1.147046046875905e-11,
    4.745847071767142e-14,
];

/// 2/pi: bits 64 before the binary point (all zero), then bits after it.
const TWO_OVER_PI: [u64; 20] = [
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
];

/// `x = n pi/2 + r + rl`
#[derive(Clone, Copy)]
struct Reduced {
    /// Modulo 4 in the lowest bits.
    n: u64,
    r: f64,
    rl: f64,
}

/// For |x| <= `LIMIT`.
#[inline(always)]
fn reduce(x: f64) -> Reduced {
    let shifted = x.mul_add(std::f64::consts::FRAC_2_PI, SHIFT);
    let k = shifted - SHIFT;
    let (p, pl) = two_product(k, PI_2[0]);
    // x - p is exact: both are multiples of a power of two at least 2^-53 times the difference.
    let (a, al) = fast_two_sum(x - p, -pl);
    let (q, ql) = two_product(k, PI_2[1]);
    let (b, bl) = two_sum(a, -q);
    let low = (al + bl) - k.mul_add(PI_2[2], ql);
    let (r, rl) = fast_two_sum(b, low);
    Reduced { n: shifted.to_bits(), r, rl }
}

/// For any `x` beyond `LIMIT`; NaN gives NaN.
#[cold]
fn reduce_large(x: f64) -> Reduced {
    if !x.is_finite() {
        return Reduced { n: 0, r: f64::NAN, rl: f64::NAN };
    }
    // |x| = mantissa 2^exponent. Bit i of 2/pi (i = 1 after the point) is worth mantissa 2^(exponent - i),
    // a multiple of 4 for i <= exponent - 2: the window of 192 bits begins at i = exponent - 1.
    let mantissa = (x.to_bits() & ((1 << 52) - 1)) | (1 << 52);
    let exponent = ((x.to_bits() >> 52) & 0x7ff) as i32 - 1075;
    let start = (64 + exponent - 2) as usize;
    let word = |i: usize| {
        let (at, shift) = ((start + 64 * i) / 64, (start + 64 * i) % 64);
        let pair = (u128::from(TWO_OVER_PI[at]) << 64) | u128::from(TWO_OVER_PI[at + 1]);
        (pair >> (64 - shift)) as u64
    };
    // The product modulo 2^192, in units of 2^-190: two bits of the quadrant, then the fraction.
    let low = u128::from(mantissa) * u128::from(word(2));
    let middle = u128::from(mantissa) * u128::from(word(1)) + (low >> 64);
    let high = mantissa.wrapping_mul(word(0)).wrapping_add((middle >> 64) as u64);
    let (middle, low) = (middle as u64, low as u64);
    // To the nearest quadrant.
    let n = (high.wrapping_add(1 << 61) >> 62) & 3;
    let fraction = high.wrapping_sub(n << 62);
    let negative = fraction >> 63 == 1;
    // The magnitude; that -y is !y + 1 may be a unit of the last place off.
    let sign = if negative { u64::MAX } else { 0 };
    let words = [fraction ^ sign, middle ^ sign, low ^ sign];
    let first = words.iter().position(|&w| w != 0).unwrap_or(2);
    let shift = words[first].leading_zeros();
    let pick = |i: usize| words.get(first + i).copied().unwrap_or(0);
    let joined = |i: usize| (((u128::from(pick(i)) << 64) | u128::from(pick(i + 1))) << shift >> 64) as u64;
    const TWO_64: f64 = 18446744073709551616.0;
    let (top, next) = (joined(0), joined(1));
    let unit = f64::from_bits((1023 - 62 - 64 * first as u64 - u64::from(shift)) << 52);
    let head = (top >> 11 << 11) as f64 * unit;
    let tail = ((top & 0x7ff) as f64 + next as f64 / TWO_64) * unit;
    let (r, rl) = two_product(head, PI_2[0]);
    let (r, rl) = fast_two_sum(r, rl + head.mul_add(PI_2[1], tail * PI_2[0]));
    let flipped = (u64::from(negative) << 63) ^ (x.to_bits() & SIGN);
    let n = if x < 0.0 { n.wrapping_neg() } else { n };
    Reduced { n, r: flip(r, flipped), rl: flip(rl, flipped) }
}

/// `sin(r + rl)` as a sum of two doubles.
#[inline(always)]
fn sin_of(r: f64, rl: f64) -> (f64, f64) {
    let z = r * r;
    let low = (-0.5 * z).mul_add(rl, rl);
    (r, (r * z).mul_add(polynomial(&SIN, z), low))
}

/// `cos(r + rl)` as a sum of two doubles.
#[inline(always)]
fn cos_of(r: f64, rl: f64) -> (f64, f64) {
    let (z, zl) = two_product(r, r);
    let (one, low) = fast_two_sum(1.0, -0.5 * z);
    (one, low + (z * z).mul_add(polynomial(&COS, z), -r.mul_add(rl, 0.5 * zl)))
}

/// `sin(x + quadrant pi/2)`
#[inline(always)]
fn sine(x: Reduced, quadrant: u64) -> f64 {
    let n = x.n.wrapping_add(quadrant);
    let (s, sl) = sin_of(x.r, x.rl);
    let (c, cl) = cos_of(x.r, x.rl);
    let odd = n & 1 == 1;
    flip(select(odd, c, s) + select(odd, cl, sl), n << 62)
}

#[inline(always)]
fn tangent(x: Reduced) -> f64 {
    let (s, sl) = sin_of(x.r, x.rl);
    let (c, cl) = cos_of(x.r, x.rl);
    let (s, sl) = fast_two_sum(s, sl);
    let (c, cl) = fast_two_sum(c, cl);
    let odd = x.n & 1 == 1;
    let (q, ql) = quotient(select(odd, c, s), select(odd, cl, sl), select(odd, s, c), select(odd, sl, cl));
    flip(q + ql, x.n << 63)
}

/// Up to here `reduce` leaves `x` as it is: it is nearer to 0 than to any other multiple of pi/2.
const NEAR: f64 = 0.785;

/// Below this `sin x` and `tan x` are `x`, whose sign survives: 2^-28
const TINY: f64 = 3.725290298461914e-9;

/// `sin x`
pub(super) struct Sin;

impl Unary for Sin {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        select(x.abs() < TINY, x, sine(reduce(x), 0))
    }

    #[inline(always)]
    fn special(x: f64) -> bool {
        (x.abs() > LIMIT) | x.is_nan()
    }

    fn slow(x: f64) -> f64 {
        sine(reduce_large(x), 0)
    }

    #[inline(always)]
    fn alone(x: f64) -> f64 {
        match x.abs() {
            a if a < TINY => x,
            a if a <= NEAR => {
                let (s, sl) = sin_of(x, 0.0);
                s + sl
            }
            a if a <= LIMIT => sine(reduce(x), 0),
            _ => Sin::slow(x),
        }
    }
}

/// `cos x`
pub(super) struct Cos;

impl Unary for Cos {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        sine(reduce(x), 1)
    }

    #[inline(always)]
    fn special(x: f64) -> bool {
        (x.abs() > LIMIT) | x.is_nan()
    }

    fn slow(x: f64) -> f64 {
        sine(reduce_large(x), 1)
    }

    #[inline(always)]
    fn alone(x: f64) -> f64 {
        match x.abs() {
            a if a <= NEAR => {
                let (c, cl) = cos_of(x, 0.0);
                c + cl
            }
            a if a <= LIMIT => sine(reduce(x), 1),
            _ => Cos::slow(x),
        }
    }
}

/// `tan x`
pub(super) struct Tan;

impl Unary for Tan {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        select(x.abs() < TINY, x, tangent(reduce(x)))
    }

    #[inline(always)]
    fn special(x: f64) -> bool {
        (x.abs() > LIMIT) | x.is_nan()
    }

    fn slow(x: f64) -> f64 {
        tangent(reduce_large(x))
    }
}
