//! Operators of structs: `#[desc_jit] impl Add for Vector { .. }`, with numbers on either side, of references, of generic
//! structs.

// All the forms in which operators are written.
#![allow(clippy::op_ref, clippy::needless_lifetimes, clippy::suspicious_op_assign_impl)]

use desc_jit::prelude::*;
use desc_jit_tests::as_written;
use std::ops::{Add, AddAssign, BitAnd, BitXor, Mul, MulAssign, Neg, Shl, ShlAssign, Sub};

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Vector {
    x: f64,
    y: f64,
}

#[desc_jit]
impl Add for Vector {
    type Output = Vector;
    fn add(self, other: Vector) -> Vector {
        Vector { x: self.x + other.x, y: self.y + other.y }
    }
}

#[desc_jit]
impl Sub for Vector {
    type Output = Self;
    fn sub(self, other: Self) -> Self::Output {
        Self { x: self.x - other.x, y: self.y - other.y }
    }
}

/// The dot product.
#[desc_jit]
impl Mul for Vector {
    type Output = f64;
    fn mul(self, other: Vector) -> f64 {
        self.x * other.x + self.y * other.y
    }
}

#[desc_jit]
impl Mul<f64> for Vector {
    type Output = Vector;
    fn mul(self, k: f64) -> Vector {
        Vector { x: self.x * k, y: self.y * k }
    }
}

#[desc_jit]
impl Mul<Vector> for f64 {
    type Output = Vector;
    fn mul(self, v: Vector) -> Vector {
        Vector { x: self * v.x, y: self * v.y }
    }
}

#[desc_jit]
impl Neg for Vector {
    type Output = Vector;
    fn neg(self) -> Vector {
        Vector { x: -self.x, y: -self.y }
    }
}

#[desc_jit]
impl AddAssign for Vector {
    fn add_assign(&mut self, other: Vector) {
        self.x += other.x;
        self.y += other.y;
    }
}

#[desc_jit]
impl MulAssign<f64> for Vector {
    fn mul_assign(&mut self, k: f64) {
        *self = *self * k;
    }
}

#[desc_jit]
impl Vector {
    const ZERO: Vector = Vector { x: 0.0, y: 0.0 };
    const DIAGONAL: Vector = Vector { x: 1.0, y: 1.0 };

    fn total(list: &[Vector]) -> Vector {
        let mut sum = Self::ZERO;
        for v in list {
            sum += *v;
        }
        sum
    }
}

impl std::iter::Sum for Vector {
    fn sum<I: Iterator<Item = Vector>>(vectors: I) -> Vector {
        vectors.fold(Vector { x: 0.0, y: 0.0 }, |sum, v| sum + v)
    }
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct State {
    x: Array1<f64>,
    v: Vector,
}

#[desc_jit]
impl<'a> Add<&'a State> for &'a State {
    type Output = State;
    fn add(self, other: &State) -> State {
        State { x: &self.x + &other.x, v: self.v + other.v }
    }
}

/// In terms of the one above: in staged code references are values, and this one is not meant inside of itself.
#[desc_jit]
impl Add for State {
    type Output = State;
    fn add(self, other: State) -> State {
        &self + &other
    }
}

#[desc_jit]
impl Mul<&State> for f64 {
    type Output = State;
    fn mul(self, state: &State) -> State {
        State { x: self * &state.x, v: self * state.v }
    }
}

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Complex<T> {
    re: T,
    im: T,
}

#[desc_jit]
impl<T: Float> Complex<T> {
    fn norm_squared(&self) -> T {
        self.re * self.re + self.im * self.im
    }
}

#[desc_jit]
impl<T: Float> Add for Complex<T> {
    type Output = Complex<T>;
    fn add(self, other: Complex<T>) -> Complex<T> {
        Complex { re: self.re + other.re, im: self.im + other.im }
    }
}

#[desc_jit]
impl<T: Float> Mul for Complex<T> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

#[desc_jit]
impl<T: Float> Mul<T> for Complex<T> {
    type Output = Self;
    fn mul(self, k: T) -> Self {
        Complex { re: self.re * k, im: self.im * k }
    }
}

/// For values and references on both sides, and for several kinds of numbers.
#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Plane {
    u: f64,
    w: f64,
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Table {
    corners: [Plane; 2],
    rows: [[f64; 2]; 2],
    #[tree(static)]
    order: usize,
    pair: (f64, bool),
}

const TABLE: Table = Table {
    corners: [Plane { u: 1.0, w: 2.0 }, Plane { u: 3.0, w: 4.0 }],
    rows: [[1.0, 2.0], [3.0, 4.0]],
    order: 3,
    pair: (0.5, true),
};

#[desc_jit]
impl Add for Plane {
    type Output = Plane;
    fn add(self, other: Plane) -> Plane {
        &self + &other
    }
}

#[desc_jit]
impl<'a> Add<&'a Plane> for Plane {
    type Output = Plane;
    fn add(self, other: &Plane) -> Plane {
        &self + other
    }
}

#[desc_jit]
impl Add<Plane> for &Plane {
    type Output = Plane;
    fn add(self, other: Plane) -> Plane {
        self + &other
    }
}

#[desc_jit]
impl Add<&Plane> for &Plane {
    type Output = Plane;
    fn add(self, other: &Plane) -> Plane {
        Plane { u: self.u + other.u, w: self.w + other.w }
    }
}

#[desc_jit]
impl AddAssign<&Plane> for Plane {
    fn add_assign(&mut self, other: &Plane) {
        self.u += other.u;
        self.w += other.w;
    }
}

#[desc_jit]
impl Mul<f64> for Plane {
    type Output = Plane;
    fn mul(self, k: f64) -> Plane {
        Plane { u: self.u * k, w: self.w * k }
    }
}

/// Another meaning than with a float.
#[desc_jit]
impl Mul<i32> for Plane {
    type Output = Plane;
    fn mul(self, k: i32) -> Plane {
        Plane { u: self.u * k as f64, w: self.w }
    }
}

#[desc_jit]
impl BitXor for Plane {
    type Output = f64;
    fn bitxor(self, other: Plane) -> f64 {
        self.u * other.w - self.w * other.u
    }
}

#[desc_jit]
impl BitAnd<f64> for Plane {
    type Output = Plane;
    fn bitand(self, w: f64) -> Plane {
        Plane { w, ..self }
    }
}

#[desc_jit]
impl Shl<usize> for Plane {
    type Output = Plane;
    fn shl(self, k: usize) -> Plane {
        Plane { u: self.u * (1 << k) as f64, w: self.w }
    }
}

/// Another meaning than `<<`.
#[desc_jit]
impl ShlAssign<usize> for Plane {
    fn shl_assign(&mut self, k: usize) {
        self.w += k as f64;
    }
}

/// Without the attribute.
impl Sub for Complex<f64> {
    type Output = Complex<f64>;
    fn sub(self, other: Self) -> Self {
        Complex { re: self.re - other.re, im: self.im - other.im }
    }
}

as_written! {
    the_right_operand_chooses(x: &[f64], k: f64) -> (Vector, f64) {
        let (a, b) = (Vector { x: x[0], y: x[1] }, Vector { x: k, y: 1.0 });
        (-(a + 2.0 * b) * (a * b) - a * 0.5, (a - b) * (a + b))
    } of (&[1.0, -2.5], 3.0);
    operators_in_place(x: &[f64], n: usize) -> (Vector, [Vector; 2], f64) {
        let mut a = Vector { x: x[0], y: x[1] };
        for i in 0..3 {
            a += Vector { x: 0.5, y: x[i] };
            a *= 0.75;
        }
        let mut pair = (a, 1.0);
        pair.0 += pair.0;
        pair.1 += a * pair.0;
        let mut list = [a, -a];
        list[n] += pair.0;
        for v in list.iter_mut() {
            *v *= 2.0;
            *v += a;
        }
        (pair.0, list, pair.1)
    } of (&[1.0, -2.5, 0.25], 0) (&[1.0, -2.5, 0.25], 1);
    structs_are_summed(x: &[f64], n: usize) -> Vector {
        let vectors: Vec<Vector> = (0..4).map(|i| Vector { x: x[i], y: i as f64 }).collect();
        let mut moved = vectors.clone();
        for i in 0..4 {
            moved[i] += vectors[(i + n) % 4] * 0.5;
        }
        let add = |a: Vector, b: &Vector| a + *b;
        let sum: Vector = moved.iter().copied().sum();
        sum + moved.iter().fold(Vector { x: 0.0, y: 1.0 }, add)
    } of (&[1.0, -2.5, 0.25, 7.0], 3);
    operators_of_references(x: &Array1<f64>, k: f64) -> State {
        let start = State { x: x.clone(), v: Vector { x: 1.0, y: k } };
        let mut y = start.clone();
        for _ in 0..4 {
            let half = &y + &(0.5 * &start);
            y = half + start.clone();
            y.v += Vector { x: 1.0, y: 0.0 };
        }
        y
    } of (&array![1.0, 2.0], 0.5);
    operators_of_generic_structs(re: f64, n: usize) -> (Complex<f64>, usize) {
        let c = Complex { re, im: 0.3 };
        let mut z = Complex { re: 0.0, im: 0.0 };
        let mut k = 0;
        while z.norm_squared() < 4.0 && k < n {
            z = z * z + c * 1.5;
            k += 1;
        }
        (z, k)
    } of (0.1, 50) (0.7, 50);
    all_kinds_of_operands(x: &[f64], n: usize) -> (Plane, f64, Plane) {
        let (a, b) = (Plane { u: x[0], w: x[1] }, Plane { u: x[2], w: 0.5 });
        let mut c = a + b + &a + (&a + b) + (&a + &b);
        c = c * 2.0 + c * 3;
        c += &b;
        c <<= n;
        (c << 1, a ^ b, b & 3.0)
    } of (&[1.0, -2.5, 0.25], 2);
    constants_are_structs(x: &[f64], i: usize) -> (Vector, Plane, f64, usize) {
        let list = [Vector::DIAGONAL, Vector { x: x[0], y: x[1] }, Vector::ZERO];
        let plane = TABLE.corners[i] * TABLE.pair.0;
        (Vector::total(&list), plane, TABLE.rows[i][1], TABLE.order)
    } of (&[1.0, -2.5], 0) (&[1.0, -2.5], 1);
    in_single_precision(re: f32, n: usize) -> f32 {
        let mut z = Complex { re, im: 0.3 };
        for _ in 0..n {
            z = z * z + z * 0.5;
        }
        z.norm_squared()
    } of (0.1, 3);
}

#[desc_jit]
fn escape(re: f64, im: f64) -> f64 {
    let c = Complex { re, im };
    let mut z = c;
    for _ in 0..5 {
        z = z * z + c;
    }
    z.norm_squared()
}

#[test]
fn operators_have_derivatives() {
    let (re, im, step) = (-0.4, 0.3, 1e-6);
    let difference = (escape::native(re + step, im) - escape::native(re - step, im)) / (2.0 * step);
    for engine in desc_jit::Engine::ALL {
        let gradient = desc_jit::with_engine(engine, || grad(escape::jit())(re, im));
        assert!((gradient - difference).abs() < 1e-8, "{gradient} {difference} {engine}");
    }
}

#[desc_jit]
fn without_the_attribute(x: f64) -> f64 {
    let a = Complex { re: x, im: 1.0 };
    (a - a).re
}

#[test]
fn an_operator_without_the_attribute_is_an_error() {
    let error = without_the_attribute::try_call(1.0).unwrap_err();
    assert_eq!(error.message(), "staged code has no `sub` of Complex and Complex", "{error}");
    assert!(error.to_string().contains("put `#[desc_jit]` on the `impl` block of the operator"), "{error}");
}
