//! The methods of floats, as methods and by path.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

const POINTS: [f64; 13] =
    [0.0, -0.0, 0.3, -0.7, 1.0, 1.5, 2.5, -2.5, 40.0, 1e-9, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

#[desc_jit]
fn powers(x: f64) -> (f64, f64, f64, f64, f64) {
    (x.sqrt() + x.cbrt(), x.exp(), x.exp2() + x.exp_m1(), x.ln() + x.log2(), x.log10() + x.ln_1p())
}

#[desc_jit]
fn trigonometry(x: f64) -> (f64, f64, f64, f64, f64) {
    (x.sin() + x.cos(), x.tan(), x.asin() + x.acos(), x.atan(), x.to_degrees() + x.to_radians())
}

#[desc_jit]
fn hyperbolic(x: f64) -> (f64, f64, f64, f64, f64) {
    // Their sum would cancel.
    (x.sinh() * x.cosh(), x.tanh(), x.asinh(), x.acosh(), x.atanh())
}

#[desc_jit]
fn rounding(x: f64) -> (f64, f64, f64, f64, f64) {
    (x.floor(), x.ceil(), x.round() + x.round_ties_even(), x.trunc(), x.fract())
}

#[desc_jit]
fn sign_parts(x: f64) -> (f64, f64, f64, f64) {
    let mut flags = 0.0;
    if x.is_nan() {
        flags += 1.0;
    }
    if x.is_finite() {
        flags += 2.0;
    }
    if x.is_infinite() {
        flags += 4.0;
    }
    if x.is_sign_negative() && !x.is_nan() {
        flags += 8.0;
    }
    if x.is_sign_positive() && !x.is_nan() {
        flags += 16.0;
    }
    (x.abs(), x.signum(), x.recip(), flags)
}

#[desc_jit]
fn by_path(x: f64) -> (f64, f64, f64, f64) {
    (f64::sqrt(x) + f64::sin(x), f64::abs(x), f64::max(x, 0.5), f64::powi(x, 3) + f64::powf(x, 2.0))
}

#[test]
fn unary_methods() {
    for x in POINTS {
        agree!(powers(x));
        agree!(trigonometry(x));
        agree!(hyperbolic(x));
        agree!(rounding(x));
        agree!(sign_parts(x));
        agree!(by_path(x));
    }
}

#[desc_jit]
fn two_operands(x: f64, y: f64) -> (f64, f64, f64, f64, f64) {
    (
        x.powf(y),
        x.atan2(y) + x.hypot(y),
        x.min(y) - x.max(y),
        x.copysign(y),
        x.rem_euclid(y) + x.div_euclid(y),
    )
}

#[desc_jit]
fn three_operands(x: f64, y: f64, z: f64) -> (f64, f64, f64) {
    let (s, c) = x.sin_cos();
    (x.mul_add(y, z), s * c, x.log(y))
}

#[test]
fn methods_of_several_operands() {
    for x in POINTS {
        for y in POINTS {
            agree!(two_operands(x, y));
            agree!(three_operands(x, y, 0.1));
        }
    }
}

#[desc_jit]
fn integer_power(x: f64, n: i32) -> f64 {
    x.powi(n) + x.powi(2)
}

#[test]
fn powi_takes_traced_exponents() {
    for n in [-3, 0, 1, 2, 7] {
        agree!(integer_power(1.3, n));
    }
}

#[desc_jit]
fn clamped(x: f64, lo: f64, hi: f64) -> f64 {
    x.clamp(lo, hi)
}

#[test]
fn clamp_refuses_crossed_bounds() {
    for x in POINTS {
        agree!(clamped(x, -1.0, 1.5));
    }
    refuse!(clamped(0.0, 2.0, 1.0), Arithmetic, "lower bound");
}

#[desc_jit]
fn single(x: f32, y: f32) -> (f32, f32, f32, f32) {
    (x.sin() * y.exp(), x.powf(y), x.max(y).sqrt(), x.mul_add(y, 0.1))
}

#[test]
fn methods_of_f32() {
    for x in POINTS {
        agree!(single(x as f32, 0.7));
        agree!(single(0.7, x as f32));
    }
}
