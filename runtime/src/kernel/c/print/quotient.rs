//! Quotients by a constant as two products: `x / c` is `fma(x, high, x * low)` with both halves of `1 / c`
//! (Brisebarre, Muller and Raina, "Accelerating correctly rounded floating-point division when the divisor is known in
//! advance", 2004). Where iterations wait for each other that takes 8 cycles in place of 13 or more, and nothing of the
//! divider.
//!
//! The bits are those of the quotient. Before its only rounding the sum is off by less than 2⁻¹⁰⁴ of itself: 2⁻¹⁰⁵ from
//! rounding `low`, 2⁻¹⁰⁵ from rounding `x * low`. Between two neighbouring numbers lies the point where rounding changes
//! its direction; a quotient by an odd number of k bits keeps a distance of 2⁻⁽⁵⁴⁺ᵏ⁾ of itself to each, since
//! `|2ˢX - MC|` of integers (s > 0, M and C odd) is at least 1. So k is at most 49: the 3.0, 6.0 and 15.0 of formulas, and
//! not 0.1. Powers of two are left to the compiler, which multiplies.

use super::expr::constant;
use super::unit::Unit;
use crate::dtype::Literal;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::Kernel;

/// The most significant bits of a divisor.
const BITS: u32 = 49;

/// Within these bounds neither half underflows, nor does a quotient of what `quotient` of the prelude takes.
const MAGNITUDE: std::ops::Range<f64> = 1e-15..1e15;

/// `1 / c`, rounded towards zero, and what that leaves, of the same sign: of infinity they make infinity.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reciprocal {
    high: f64,
    low: f64,
}

impl Reciprocal {
    fn of(divisor: f64) -> Option<Reciprocal> {
        let fraction = divisor.to_bits() & ((1 << (f64::MANTISSA_DIGITS - 1)) - 1);
        let bits = if fraction == 0 { 1 } else { f64::MANTISSA_DIGITS - fraction.trailing_zeros() };
        if !MAGNITUDE.contains(&divisor.abs()) || !(2..=BITS).contains(&bits) {
            return None;
        }
        // What is left of 1 is exact: a fused multiplication and addition rounds nothing away from a remainder.
        let left = |high: f64| (-divisor).mul_add(high, 1.0);
        let mut high = 1.0 / divisor;
        if left(high) < 0.0 {
            high = f64::from_bits(high.to_bits() - 1);
        }
        Some(Reciprocal { high, low: left(high) / divisor })
    }
}

/// A quotient that two products stand for, as dividend and divisor.
fn quotient(kernel: &Kernel, inst: &Inst) -> Option<(Reg, f64, Reciprocal)> {
    let Inst::DivF64 { a, b, .. } = *inst else { return None };
    let Some(Literal::F64(divisor)) = kernel.constant(b) else { return None };
    let known = kernel.constant(a).is_some();
    Reciprocal::of(divisor).filter(|_| !known).map(|reciprocal| (a, divisor, reciprocal))
}

/// The divider has nothing to do with it.
pub(super) fn by_products(kernel: &Kernel, inst: &Inst) -> bool {
    quotient(kernel, inst).is_some()
}

impl Unit<'_> {
    /// The quotient as products, where it is one of those, and iterations run one by one.
    pub(super) fn quotient(&self, inst: &Inst) -> Option<String> {
        let (a, divisor, Reciprocal { high, low }) = quotient(self.kernel, inst).filter(|_| self.f.scalar)?;
        let [divisor, high, low] = [divisor, high, low].map(|x| constant(Literal::F64(x)));
        Some(format!("quotient({}, {divisor}, {high}, {low})", self.e.var(a)))
    }
}

#[cfg(test)]
mod tests {
    use super::Reciprocal;

    /// What the function of the prelude does with numbers that it does not divide.
    fn quotient(x: f64, Reciprocal { high, low }: Reciprocal) -> f64 {
        x.mul_add(high, x * low)
    }

    /// Dividends whose quotients come closest to where rounding changes its direction: `2ˢX` is next to an odd multiple of
    /// the divisor, which is odd.
    fn hardest(divisor: u64) -> impl Iterator<Item = u64> {
        let (least, c) = (1_u128 << 52, u128::from(divisor));
        let bits = u64::BITS - divisor.leading_zeros();
        (bits - 1..=bits + 1).flat_map(move |s| {
            // X with 2ˢX = 1 or -1 modulo the divisor, from several places on.
            let half = c.div_ceil(2);
            let inverse = (0..s).fold(1, |inverse, _| inverse * half % c);
            [inverse, c - inverse].into_iter().flat_map(move |residue| {
                (0..200).map(move |k| {
                    let from = least + k * 22_000_000_000_001;
                    (from - from % c + residue) as u64
                })
            })
        })
    }

    #[test]
    fn quotients_by_constants_have_the_bits_of_quotients() {
        let mut divisors: Vec<u64> = (3..2000).step_by(2).collect();
        // Up to 49 bits.
        divisors.extend((0..400_u64).map(|k| (1 << 48) | (k * 703_687_441_777) | 1));
        let mut close = 0;
        for divisor in divisors {
            for c in [divisor as f64, -(divisor as f64) / 4096.0] {
                let reciprocal = Reciprocal::of(c).filter(|r| r.high * r.low > 0.0);
                let Some(reciprocal) = reciprocal else { panic!("{c} has no reciprocal") };
                for x in hardest(divisor) {
                    let x = x as f64;
                    assert_eq!(quotient(x, reciprocal).to_bits(), (x / c).to_bits(), "{x} / {c}");
                    close += u64::from(x * reciprocal.high != x / c);
                }
            }
        }
        // One product alone is no quotient.
        assert!(close > 100_000, "{close}");
    }

    #[test]
    fn infinities_and_zeros_keep_their_signs() {
        for c in [3.0, -6.0, 15.0, 1e10, 3.0 / 1_073_741_824.0] {
            let reciprocal = Reciprocal::of(c).unwrap();
            for x in [f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MAX, f64::MIN] {
                assert_eq!(quotient(x, reciprocal).to_bits(), (x / c).to_bits(), "{x} / {c}");
            }
            assert!(quotient(f64::NAN, reciprocal).is_nan());
        }
    }

    #[test]
    fn other_divisors_have_none() {
        // Powers of two, too many bits, too large, too small, no numbers.
        for c in [1.0, -0.5, 4096.0, 0.1, std::f64::consts::PI, 3e15, 1e-16, 0.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Reciprocal::of(c), None, "{c}");
        }
    }
}
