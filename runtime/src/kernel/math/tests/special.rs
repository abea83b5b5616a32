//! Infinities, NaN, signed zeros, domain errors and exact results: as C99, Annex F has them, which is what std
//! gives.

use super::{SPECIAL, binary, binary_ops, same, unary, unary_ops};
use crate::op::{BinaryOp, UnaryOp};

pub(super) fn std_unary(op: UnaryOp, x: f64) -> f64 {
    match op {
        UnaryOp::Cbrt => x.cbrt(),
        UnaryOp::Exp => x.exp(),
        UnaryOp::Exp2 => x.exp2(),
        UnaryOp::ExpM1 => x.exp_m1(),
        UnaryOp::Ln => x.ln(),
        UnaryOp::Log2 => x.log2(),
        UnaryOp::Log10 => x.log10(),
        UnaryOp::Ln1p => x.ln_1p(),
        UnaryOp::Sin => x.sin(),
        UnaryOp::Cos => x.cos(),
        UnaryOp::Tan => x.tan(),
        UnaryOp::Asin => x.asin(),
        UnaryOp::Acos => x.acos(),
        UnaryOp::Atan => x.atan(),
        UnaryOp::Sinh => x.sinh(),
        UnaryOp::Cosh => x.cosh(),
        UnaryOp::Tanh => x.tanh(),
        UnaryOp::Asinh => x.asinh(),
        UnaryOp::Acosh => x.acosh(),
        UnaryOp::Atanh => x.atanh(),
        other => panic!("{} is not of this library", other.name()),
    }
}

pub(super) fn std_binary(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Pow => a.powf(b),
        BinaryOp::Atan2 => a.atan2(b),
        BinaryOp::Hypot => a.hypot(b),
        other => panic!("{} is not of this library", other.name()),
    }
}

/// Equal where the result is zero, infinite, NaN or one, otherwise the same to a few units.
fn agrees(y: f64, std: f64) -> bool {
    if same(y, std) {
        return true;
    }
    y.is_finite() && std.is_finite() && std != 0.0 && std != 1.0 && y.to_bits().abs_diff(std.to_bits()) <= 2
}

#[test]
fn special_values_are_those_of_std() {
    for op in unary_ops() {
        for &x in SPECIAL {
            let (y, std) = (unary(op, x), std_unary(op, x));
            // std has formulas of its own for these three, which overflow and cancel.
            let rough = matches!(op, UnaryOp::Asinh | UnaryOp::Acosh | UnaryOp::Atanh);
            let skipped = rough && (x.abs() > 1e100 || std != 0.0) && !std.is_nan() && x.is_finite();
            assert!(skipped || agrees(y, std), "{}({x:e}) = {y:e}, std has {std:e}", op.name());
        }
    }
    for op in binary_ops() {
        for &a in SPECIAL {
            for &b in SPECIAL {
                let (y, std) = (binary(op, a, b), std_binary(op, a, b));
                assert!(agrees(y, std), "{}({a:e}, {b:e}) = {y:e}, std has {std:e}", op.name());
            }
        }
    }
}

/// Angles of the axes and diagonals are the nearest doubles.
#[test]
fn atan2_on_the_axes_and_at_infinity_is_std_to_the_bit() {
    let points = [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    for y in points {
        for x in points {
            let angle = binary(BinaryOp::Atan2, y, x);
            assert!(same(angle, y.atan2(x)), "atan2({y}, {x}) = {angle}, std has {}", y.atan2(x));
        }
    }
    for x in [f64::INFINITY, f64::NEG_INFINITY, 1.0, -1.0] {
        assert_eq!(unary(UnaryOp::Atan, x), x.atan());
    }
    for (x, acos) in [(1.0, 0.0), (0.0, std::f64::consts::FRAC_PI_2), (-1.0, std::f64::consts::PI)] {
        assert_eq!(unary(UnaryOp::Acos, x).to_bits(), f64::to_bits(acos));
    }
}

#[test]
fn domain_errors_are_nan_and_poles_are_infinite() {
    let nan = [
        (UnaryOp::Ln, -1.0),
        (UnaryOp::Ln, f64::NEG_INFINITY),
        (UnaryOp::Ln, -5e-324),
        (UnaryOp::Log2, -1.0),
        (UnaryOp::Log10, -1.0),
        (UnaryOp::Ln1p, -1.5),
        (UnaryOp::Ln1p, f64::NEG_INFINITY),
        (UnaryOp::Sin, f64::INFINITY),
        (UnaryOp::Cos, f64::NEG_INFINITY),
        (UnaryOp::Tan, f64::INFINITY),
        (UnaryOp::Asin, 1.0 + f64::EPSILON),
        (UnaryOp::Asin, f64::INFINITY),
        (UnaryOp::Acos, -1.0 - f64::EPSILON),
        (UnaryOp::Acosh, 1.0 - f64::EPSILON / 2.0),
        (UnaryOp::Acosh, f64::NEG_INFINITY),
        (UnaryOp::Atanh, 1.0 + f64::EPSILON),
        (UnaryOp::Atanh, f64::NEG_INFINITY),
    ];
    for (op, x) in nan {
        assert!(unary(op, x).is_nan(), "{}({x})", op.name());
    }
    for op in unary_ops() {
        assert!(unary(op, f64::NAN).is_nan(), "{}(NaN)", op.name());
    }
    let poles = [
        (UnaryOp::Ln, 0.0, f64::NEG_INFINITY),
        (UnaryOp::Ln, -0.0, f64::NEG_INFINITY),
        (UnaryOp::Log2, -0.0, f64::NEG_INFINITY),
        (UnaryOp::Log10, 0.0, f64::NEG_INFINITY),
        (UnaryOp::Ln1p, -1.0, f64::NEG_INFINITY),
        (UnaryOp::Atanh, 1.0, f64::INFINITY),
        (UnaryOp::Atanh, -1.0, f64::NEG_INFINITY),
        (UnaryOp::Exp, f64::INFINITY, f64::INFINITY),
        (UnaryOp::Exp, 710.0, f64::INFINITY),
        (UnaryOp::Sinh, -711.0, f64::NEG_INFINITY),
        (UnaryOp::Cosh, -711.0, f64::INFINITY),
        (UnaryOp::Asinh, f64::NEG_INFINITY, f64::NEG_INFINITY),
        (UnaryOp::Acosh, f64::INFINITY, f64::INFINITY),
    ];
    for (op, x, y) in poles {
        assert_eq!(unary(op, x), y, "{}({x})", op.name());
    }
}

/// The odd functions keep the sign of zero and of the smallest numbers, and these themselves.
#[test]
fn odd_functions_are_the_identity_near_zero() {
    use UnaryOp::*;
    for op in [ExpM1, Ln1p, Sin, Tan, Asin, Atan, Sinh, Tanh, Asinh, Atanh] {
        for x in [0.0, 5e-324, 1e-320, f64::MIN_POSITIVE, 1e-300, 1e-18] {
            assert_eq!(unary(op, x).to_bits(), x.to_bits(), "{}({x:e})", op.name());
            assert_eq!(unary(op, -x).to_bits(), (-x).to_bits(), "{}(-{x:e})", op.name());
        }
    }
}

#[test]
fn exact_results_are_exact() {
    for k in -1074..1024 {
        let power = if k < -1022 {
            f64::from_bits(1 << (k + 1074))
        } else {
            f64::from_bits(((k + 1023) as u64) << 52)
        };
        assert_eq!(unary(UnaryOp::Exp2, f64::from(k)), power, "2^{k}");
        assert_eq!(unary(UnaryOp::Log2, power), f64::from(k), "log2 2^{k}");
        assert_eq!(binary(BinaryOp::Pow, 2.0, f64::from(k)), power, "2^{k}");
    }
    let mut ten = 1.0;
    for k in 0..=22 {
        assert_eq!(unary(UnaryOp::Log10, ten), f64::from(k), "log10 1e{k}");
        assert_eq!(binary(BinaryOp::Pow, 10.0, f64::from(k)), ten, "1e{k}");
        ten *= 10.0;
    }
    for k in -2000..2000 {
        let k = f64::from(k);
        assert_eq!(unary(UnaryOp::Cbrt, k * k * k), k);
        assert_eq!(binary(BinaryOp::Hypot, 3.0 * k, 4.0 * k), 5.0 * k.abs());
        assert_eq!(binary(BinaryOp::Pow, k, 2.0), k * k);
        assert_eq!(binary(BinaryOp::Pow, k, 3.0), k * k * k);
        assert_eq!(binary(BinaryOp::Pow, k, 1.0), k);
        assert_eq!(binary(BinaryOp::Pow, k * k, 0.5), k.abs());
    }
}
