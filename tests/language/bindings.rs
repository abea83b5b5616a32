//! `let`, shadowing, patterns, annotations, late initialisation, tuples.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn shadowed(x: f64) -> f64 {
    let y = x + 1.0;
    let y = y * y;
    {
        let y = 100.0;
        let _unused = y + x;
    }
    let x = y - x;
    x + y
}

#[test]
fn shadowing_is_lexical() {
    assert_eq!(agree!(shadowed(2.0)), 16.0);
}

#[desc_jit]
fn tuple_patterns(a: f64, b: f64) -> (f64, f64) {
    let (s, d) = (a + b, a - b);
    let ((p, q), _) = ((s * d, s / d), 3.0);
    let (mut u, v) = (p, q);
    u += v;
    (u, v)
}

#[test]
fn tuples_are_taken_apart() {
    agree!(tuple_patterns(3.0, 2.0));
}

#[desc_jit]
fn tuple_fields(a: f64) -> f64 {
    let mut t = (a, 2.0 * a, (a, 1.0));
    t.0 = t.1 + 1.0;
    t.2.1 += t.0;
    t.0 * t.1 + t.2.0 - t.2.1
}

#[test]
fn tuple_fields_are_read_and_assigned() {
    agree!(tuple_fields(1.5));
}

#[desc_jit]
fn annotated(x: f32, n: usize) -> f32 {
    let a: f32 = 0.1;
    let k: usize = 3;
    let b: bool = n > k;
    let c: f32 = if b { a * x } else { a / x };
    let table: [f32; 2] = [c, 1.0];
    table[0] + table[1]
}

#[test]
fn annotations_fix_the_type() {
    agree!(annotated(0.3, 7));
    agree!(annotated(0.3, 2));
}

#[desc_jit]
fn initialised_later(x: f64) -> f64 {
    let y;
    let z: f64;
    if x > 0.0 {
        y = x.sqrt();
        z = 1.0;
    } else {
        y = -x;
        z = x;
    }
    y + z
}

#[test]
fn a_variable_may_get_its_value_in_the_branches() {
    agree!(initialised_later(4.0));
    agree!(initialised_later(-4.0));
}

#[desc_jit]
fn block_value(x: f64) -> f64 {
    let y = {
        let mut t = x;
        t *= 3.0;
        t + 1.0
    };
    let unit = {
        let _ = y;
    };
    let () = unit;
    y
}

#[test]
fn blocks_have_values() {
    assert_eq!(agree!(block_value(2.0)), 7.0);
}

#[desc_jit]
fn returned_at_the_end(x: f64) -> f64 {
    let y = x * 2.0;
    return y + 1.0;
}

#[test]
fn return_at_the_end() {
    assert_eq!(agree!(returned_at_the_end(2.0)), 5.0);
}

#[desc_jit]
fn swapped(a: &Array1<f64>, b: &Array1<f64>) -> (Array1<f64>, Array1<f64>, f64) {
    let mut x = a.clone();
    let mut y = b.clone();
    let (mut s, mut t) = (1.0, 2.0);
    std::mem::swap(&mut x, &mut y);
    core::mem::swap(&mut s, &mut t);
    let old = std::mem::replace(&mut s, 10.0);
    (x, y, s * 100.0 + t * 10.0 + old)
}

#[test]
fn swap_and_replace() {
    let (a, b) = (Array1::from_vec(vec![1.0, 2.0]), Array1::from_vec(vec![3.0, 4.0]));
    let (x, _, s) = agree!(swapped(&a, &b));
    assert_eq!((x.to_vec(), s), (vec![3.0, 4.0], 1012.0));
}

const SCALE: f64 = 2.5;
const TABLE: [f64; 3] = [1.0, 10.0, 100.0];
const MATRIX: [[f64; 2]; 2] = [[1.0, 2.0], [3.0, 4.0]];
const STEPS: usize = 3;

mod outside {
    pub const OFFSET: f64 = 0.5;
}

#[desc_jit]
fn constants(x: f64) -> f64 {
    let mut sum = outside::OFFSET + std::f64::consts::PI + f64::EPSILON;
    for k in 0..STEPS {
        sum += TABLE[k] * x * SCALE;
    }
    for i in 0..2 {
        for j in 0..2 {
            sum += MATRIX[i][j];
        }
    }
    sum
}

#[test]
fn constants_from_outside() {
    agree!(constants(1.25));
}

#[desc_jit]
fn no_arguments() -> f64 {
    let mut s = 0.0;
    for i in 0..10 {
        s += i as f64;
    }
    s
}

#[test]
fn no_parameters_at_all() {
    assert_eq!(agree!(no_arguments()), 45.0);
}

#[desc_jit]
fn in_place(x: &mut Array1<f64>, factor: f64) {
    for i in 0..x.len() {
        x[i] *= factor;
    }
}

#[desc_jit]
fn in_place_scalar(x: &mut f64, n: usize) -> usize {
    *x += 1.0;
    *x = *x * n as f64;
    n + 1
}

#[test]
fn mutable_references_are_updated_in_place() {
    let start = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let mut native = start.clone();
    in_place::native(&mut native, 3.0);
    for engine in desc_jit::Engine::ALL {
        let mut staged = start.clone();
        desc_jit::with_engine(engine, || in_place(&mut staged, 3.0));
        assert_eq!(native, staged);
    }
    let (mut a, mut b) = (2.0, 2.0);
    assert_eq!(in_place_scalar::native(&mut a, 5), in_place_scalar(&mut b, 5));
    assert_eq!((a, b), (15.0, 15.0));
}

#[desc_jit]
fn given_away(mut x: Array1<f64>) -> Array1<f64> {
    for i in 0..x.len() {
        x[i] += 1.0;
    }
    x
}

#[test]
fn arrays_by_value() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    agree!(given_away(x.clone()));
    assert_eq!(x.to_vec(), [1.0, 2.0]);
}
