//! `accuracy.rs`: errors against multiprecision references. `special.rs`: infinities, NaN, zeros, domain errors
//! and exact cases. `same_bits.rs`: every form of a function gives the same bits. `reduce.rs`: folds and
//! cascades. `speed.rs`: time per element, beside std.
//!
//! `reference/` is made by `make_reference.py`, the polynomials of the library by `fit.py`.

mod accuracy;
mod reduce;
mod same_bits;
mod special;
mod speed;

use super::tile::Level;
use crate::op::{BinaryOp, UnaryOp};

/// The functions of one operand.
fn unary_ops() -> impl Iterator<Item = UnaryOp> {
    UnaryOp::ALL.iter().copied().filter(|&op| super::unary64(op).is_some())
}

/// The functions of two operands.
fn binary_ops() -> impl Iterator<Item = BinaryOp> {
    BinaryOp::ALL.iter().copied().filter(|&op| super::binary64(op).is_some())
}

fn unary(op: UnaryOp, x: f64) -> f64 {
    super::scalar_unary64(op).unwrap()(x)
}

fn binary(op: BinaryOp, a: f64, b: f64) -> f64 {
    super::scalar_binary64(op).unwrap()(a, b)
}

/// Equal bits, or both NaN.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// The generator of Steele, Lea and Flood (*Fast splittable pseudorandom number generators*, 2014).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e3779b97f4a7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// In `[a, b)`.
    fn uniform(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number of any kind: ordinary, huge, subnormal, special.
    fn number(&mut self) -> f64 {
        match self.below(5) {
            0 => self.uniform(-2.0, 2.0),
            1 => self.uniform(-800.0, 800.0),
            2 => self.uniform(0.0, 10.0),
            // Signalling NaN count as quiet ones, in Rust; libm tells them apart.
            3 => Some(f64::from_bits(self.bits())).filter(|x| !x.is_nan()).unwrap_or(f64::NAN),
            _ => SPECIAL[self.below(SPECIAL.len())],
        }
    }
}

/// Numbers at which something is exact, undefined or changes its method.
const SPECIAL: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -2.0,
    0.5,
    -0.5,
    3.0,
    -3.0,
    1.5,
    -2.5,
    1e-320,
    -1e-320,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    f64::EPSILON,
    1.0 - f64::EPSILON / 2.0,
    1.0 + f64::EPSILON,
    1e15,
    -1e15,
    1e300,
    -1e300,
    1099511627776.0,
    4503599627370497.0,
    -4503599627370497.0,
    9007199254740991.0,
    -9007199254740991.0,
    9007199254740992.0,
    18014398509481986.0,
];
