//! Operators on scalars of every type, casts, compound assignment, NaN and infinities.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn float_operators(a: f64, b: f64) -> (f64, f64, f64, f64) {
    (a + b * 2.0 - -a, a / b, a % b, (a - b) * (a + b))
}

#[desc_jit]
fn comparisons(a: f64, b: f64) -> (usize, usize, usize) {
    let mut bits = 0;
    if a < b {
        bits += 1;
    }
    if a <= b {
        bits += 2;
    }
    if a > b {
        bits += 4;
    }
    if a >= b {
        bits += 8;
    }
    let mut eq = 0;
    if a == b {
        eq += 1;
    }
    if a != b {
        eq += 2;
    }
    (bits, eq, bits + eq)
}

const SPECIAL: [f64; 8] = [0.0, -0.0, 1.0, -2.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-310];

#[test]
fn floats_with_special_values() {
    for a in SPECIAL {
        for b in SPECIAL {
            agree!(float_operators(a, b));
            agree!(comparisons(a, b));
        }
    }
}

#[desc_jit]
fn single_precision(a: f32, b: f32) -> (f32, f32, f32) {
    let third = 1.0 / 3.0f32;
    (a * third + b * 0.1, (a - b) / 0.7, a * a * a - b)
}

#[test]
fn f32_is_computed_in_f32() {
    agree!(single_precision(0.1, 0.7));
    agree!(single_precision(1e20, 1e-20));
}

#[desc_jit]
fn compound(x: f64, k: i64) -> (f64, i64) {
    let mut y = x;
    y += 2.0;
    y -= 0.5;
    y *= y;
    y /= 3.0;
    y %= 2.0;
    let mut n = k;
    n += 3;
    n -= 1;
    n *= 5;
    n /= 2;
    n %= 7;
    n <<= 3;
    n >>= 1;
    n &= 0xff;
    n |= 1;
    n ^= 6;
    (y, n)
}

#[test]
fn compound_assignment() {
    for k in [0, 1, -5, 100] {
        agree!(compound(1.25, k));
    }
}

#[desc_jit]
fn casts(x: f64, n: i64, u: usize, b: bool) -> (i64, usize, f64, f32) {
    let a = x as i64 + b as i64;
    let c = x as usize + n as usize;
    let d = n as f64 + u as f64 + x as f32 as f64;
    (a + u as i64, c, d, x as f32 + n as f32)
}

#[test]
fn casts_have_the_meaning_of_as() {
    for x in [0.0, 1.9, -1.9, 1e10, 0.1] {
        agree!(casts(x, 3, 7, true));
    }
    agree!(saturating(f64::NAN));
    agree!(saturating(f64::INFINITY));
    agree!(saturating(-1e300));
}

#[desc_jit]
fn saturating(x: f64) -> (i64, i32, u32, usize) {
    (x as i64, x as i32, x as u32, x as usize)
}

#[desc_jit]
fn integer_casts(n: i64) -> (i32, u32, usize, f32) {
    (n as i32, n as u32, n as usize, n as f32)
}

#[test]
fn integer_casts_wrap() {
    for n in [0, -1, i64::MAX, i64::MIN, 1 << 40] {
        agree!(integer_casts(n));
    }
}

#[desc_jit]
fn precedence(a: f64, b: f64, c: f64) -> f64 {
    a - b - c + a * b / c * a - (a - (b - c)) - -(-a) * 2.0
}

#[test]
fn precedence_and_association() {
    agree!(precedence(1.1, 2.3, 0.7));
}

#[desc_jit]
fn nan_in_loops(x: &Array1<f64>) -> (f64, f64, f64) {
    let mut sum = 0.0;
    let mut lo = f64::INFINITY;
    let mut hi = f64::NEG_INFINITY;
    for i in 0..x.len() {
        sum += x[i];
        lo = lo.min(x[i]);
        hi = f64::max(hi, x[i]);
    }
    (sum, lo, hi)
}

#[test]
fn nan_and_infinity_through_loops() {
    for special in SPECIAL {
        agree!(nan_in_loops(&Array1::from_vec(vec![1.0, special, -3.0])));
    }
    agree!(nan_in_loops(&Array1::zeros(0)));
}

#[desc_jit]
fn sums_and_products(x: &Array1<f64>, y: &Array1<f64>, z: &Array1<f32>) -> (f64, f64, f32, f64) {
    let (mut dot, mut product, mut single, mut triangle) = (0.0, 1.0, 0.0f32, 0.0);
    for i in 0..x.len() {
        dot += x[i] * y[i];
        product *= 1.0 + 1e-3 * x[i];
    }
    for i in 0..z.len() {
        single += z[i];
    }
    for i in 0..x.len() / 8 {
        let mut row = 0.5;
        for j in 0..i {
            row += x[j] * y[i];
        }
        triangle += row;
    }
    (dot, product, single, triangle)
}

/// Lengths around the shortest sum that is cut into lanes, and around a block. Nothing cancels, so any two orders
/// of `n` terms are at most `n / 2` ulps apart.
#[test]
fn sums_and_products_of_every_length() {
    for n in [31, 32, 33, 39, 40, 41, 511, 512, 513, 1030] {
        let x = Array1::from_shape_fn(n, |i| (0.7 * i as f64).sin().abs());
        let y = x.mapv(|x| 0.25 + x * x);
        let z = x.mapv(|x| x as f32);
        agree!(sums_and_products(&x, &y, &z), ulps = 0, compiled = 515);
    }
}
