//! `grad`, `value_and_grad` and the same with auxiliary results.

use super::{all_close, close};
use desc_jit::prelude::*;

#[desc_jit]
fn cubic(x: f64) -> f64 {
    x * x * x - 2.0 * x
}

#[test]
fn a_scalar_by_a_scalar() {
    let derivative = grad(cubic::jit());
    for x in [-1.5, 0.0, 0.7, 3.0] {
        close(derivative(x), 3.0 * x * x - 2.0);
    }
    let (value, slope) = value_and_grad(cubic::jit())(2.0);
    close(value, 4.0);
    close(slope, 10.0);
}

#[test]
fn handles_are_taken_by_value_and_by_reference() {
    let handle = cubic::jit();
    close(grad(&handle)(1.0), 1.0);
    close(grad(grad(&handle))(1.0), 6.0);
    let second = grad(&grad(handle));
    close(second(2.0), 12.0);
    close(grad(second)(2.0), 6.0);
}

#[desc_jit]
fn wave(x: f32) -> f32 {
    x.sin() * x
}

#[test]
fn single_precision() {
    let x = 0.6_f32;
    let slope: f32 = grad(wave::jit())(x);
    let expected = x.cos() * x + x.sin();
    assert!((slope - expected).abs() <= 4.0 * f32::EPSILON, "{slope} is not {expected}");
}

#[desc_jit]
fn energy(u: &Array1<f64>, k: f64) -> f64 {
    let mut e = 0.0;
    for i in 0..u.len() {
        e += 0.5 * k * u[i] * u[i];
    }
    e
}

#[test]
fn an_array_has_a_gradient_of_its_own_type() {
    let u = Array1::from_vec(vec![1.0, -2.0, 0.5]);
    let gradient: Array1<f64> = grad(energy::jit())(&u, 3.0);
    all_close(gradient.iter(), &[3.0, -6.0, 1.5]);
    // Shapes are specialised as they are in calls.
    let longer = Array1::from_vec(vec![1.0, 2.0, 3.0, 4.0]);
    all_close(grad(energy::jit())(&longer, 1.0).iter(), &[1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn the_arguments_are_chosen_by_number() {
    let u = Array1::from_vec(vec![1.0, -2.0, 0.5]);
    let by_k: f64 = grad(energy::jit().wrt(argnums![1]))(&u, 3.0);
    close(by_k, 2.625);
    let (by_u, by_k) = grad(energy::jit().wrt(argnums![0, 1]))(&u, 3.0);
    all_close(by_u.iter(), &[3.0, -6.0, 1.5]);
    close(by_k, 2.625);
    let (by_k, by_u) = grad(energy::jit().wrt(argnums![1, 0]))(&u, 3.0);
    all_close(by_u.iter(), &[3.0, -6.0, 1.5]);
    close(by_k, 2.625);
    let (value, (by_u, _)) = value_and_grad(energy::jit().wrt(argnums![0, 1]))(&u, 3.0);
    close(value, 7.875);
    all_close(by_u.iter(), &[3.0, -6.0, 1.5]);
}

#[desc_jit]
fn two_sides(x: f64, y: f64) -> f64 {
    x * x * y
}

#[test]
fn each_transform_starts_with_the_first_argument() {
    // d/dx of d/dy.
    let mixed = grad(grad(two_sides::jit().wrt(argnums![1])));
    close(mixed(3.0, 5.0), 6.0);
    let other_order = grad(grad(two_sides::jit()).wrt(argnums![1]));
    close(other_order(3.0, 5.0), 6.0);
}

#[desc_jit(static(n))]
fn power(n: usize, x: f64) -> f64 {
    let mut y = 1.0;
    for _ in 0..n {
        y *= x;
    }
    y
}

#[test]
fn static_arguments_stay_static() {
    let slope = grad(power::jit().wrt(argnums![1]));
    close(slope(3, 2.0), 12.0);
    close(slope(4, 2.0), 32.0);
    assert_eq!(slope.cache_stats().entries, 2);
}

#[desc_jit]
fn spring(state: (f64, &Array1<f64>), steps: usize, mass: f64) -> f64 {
    let (k, x) = state;
    let mut e = 0.0;
    for _ in 0..steps {
        e += k * x[0] * x[1] / mass;
    }
    e
}

#[test]
fn a_tuple_has_a_tuple_of_gradients() {
    let x = Array1::from_vec(vec![2.0, 3.0]);
    let (by_k, by_x): (f64, Array1<f64>) = grad(spring::jit())((0.5, &x), 2, 4.0);
    close(by_k, 3.0);
    all_close(by_x.iter(), &[0.75, 0.5]);
    let ((by_k, by_x), by_mass) = grad(spring::jit().wrt(argnums![0, 2]))((0.5, &x), 2, 4.0);
    close(by_k, 3.0);
    all_close(by_x.iter(), &[0.75, 0.5]);
    close(by_mass, -0.375);
}

#[desc_jit]
fn with_count(x: &Array1<f64>) -> (f64, (usize, Array1<f64>)) {
    let mut count = 0;
    let mut s = 0.0;
    let squares = x * x;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            count += 1;
        }
        s += squares[i];
    }
    (s, (count, squares))
}

#[test]
fn auxiliary_results_come_along() {
    let x = Array1::from_vec(vec![1.0, -3.0, 2.0]);
    let (gradient, (count, squares)) = grad_with_aux(with_count::jit())(&x);
    all_close(gradient.iter(), &[2.0, -6.0, 4.0]);
    assert_eq!(count, 2);
    assert_eq!(squares.to_vec(), [1.0, 9.0, 4.0]);
    let ((value, (count, _)), gradient) = value_and_grad_with_aux(with_count::jit())(&x);
    close(value, 14.0);
    assert_eq!(count, 2);
    all_close(gradient.iter(), &[2.0, -6.0, 4.0]);
}

#[desc_jit]
fn given_away(x: Array1<f64>) -> f64 {
    let mut x = x;
    for i in 0..x.len() {
        x[i] = x[i] * x[i];
    }
    x.sum()
}

#[test]
fn an_argument_by_value_is_given_away() {
    let x = Array1::from_vec(vec![1.0, -3.0]);
    all_close(grad(given_away::jit())(x).iter(), &[2.0, -6.0]);
}
