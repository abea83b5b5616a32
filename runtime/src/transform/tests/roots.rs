//! Roots and fixed points.

use super::{check, floats, optimized, run, scalar, vector};
use crate::array::Buffer;
use crate::exec::Function;
use crate::graph::Graph;
use crate::prelude::*;
use crate::stage::{Argument, Within, stage_root};
use crate::transform::{jvp, value_and_grad};

fn graph_of(function: &'static Function, args: &[Buffer]) -> Graph {
    let traced = args.iter().map(|b| Argument::Traced(crate::dtype::Type::new(b.dtype(), b.shape())));
    let mut graph = stage_root(function.info(), &traced.collect::<Vec<_>>(), Within::default()).unwrap();
    crate::optimize::simplify(&mut graph).unwrap();
    graph
}

#[desc_jit]
fn sine(b: f64) -> f64 {
    root_scalar_with(|x| x + 0.3 * x.sin() - b, b, |x| 1.0 + 0.3 * x.cos(), |x| x, 1e-14, 50, 5, 0.1).0
}

#[desc_jit]
fn sine_by_default(b: f64) -> f64 {
    root_scalar(|x: f64| x + 0.3 * x.sin() - b, b)
}

/// The root of `x + 0.3 sin(x) = 1` and its derivative by the right-hand side, from DESC 0.17.3.
const X: f64 = 0.7874360957;
const DX_DB: f64 = 0.8252872752;

#[test]
fn the_root_that_desc_finds() {
    let b = [scalar(1.0)];
    for (graph, accuracy) in [
        (graph_of(sine::__function(), &b), 1e-10),
        // The residual is at most 1e-6.
        (graph_of(sine_by_default::__function(), &b), 1e-6),
    ] {
        let both = run(&optimized(value_and_grad(&graph, &[0], 8).unwrap()), &[&b[0]]);
        assert!((floats(&both[0])[0] - X).abs() < accuracy);
        assert!((floats(&both[1])[0] - DX_DB).abs() < accuracy);
    }
    assert!((sine::native(1.0) - X).abs() < 1e-10 && (sine_by_default::native(1.0) - X).abs() < 1e-6);
    check(&graph_of(sine::__function(), &b), &b, &[0]);
    // The rule has a derivative too.
    check(&jvp(&graph_of(sine::__function(), &b), &[0]).unwrap(), &[scalar(1.0), scalar(0.4)], &[0, 1]);
}

#[desc_jit]
fn circle_and_line(c: &Array1<f64>, k: f64) -> Array1<f64> {
    let x0 = Array1::from_vec(vec![1.0, 0.4]);
    let f = 2.0 * k;
    root_with(
        |x: &Array1<f64>| {
            let mut y = Array1::<f64>::zeros(2);
            y[0] = x[0] * x[0] + x[1] * x[1] - c[0];
            y[1] = x[0] - f * x[1] - c[1];
            y
        },
        &x0,
        |x: &Array1<f64>| {
            let mut j = Array2::<f64>::zeros((2, 2));
            j[[0, 0]] = 2.0 * x[0];
            j[[0, 1]] = 2.0 * x[1];
            j[[1, 0]] = 1.0;
            j[[1, 1]] = -f;
            j
        },
        |x: &Array1<f64>| x.clone(),
        1e-13,
        50,
        5,
        0.1,
    )
    .0
}

#[test]
fn a_system_of_two() {
    let args = [vector(&[2.0, 0.3]), scalar(0.4)];
    check(&graph_of(circle_and_line::__function(), &args), &args, &[0, 1]);
    let c = Array1::from_vec(vec![2.0, 0.3]);
    let (ours, native) = (circle_and_line(&c, 0.4), circle_and_line::native(&c, 0.4));
    assert!(ours.iter().zip(native.iter()).all(|(a, b)| (a - b).abs() < 1e-13), "{ours:?} {native:?}");
}

#[desc_jit]
fn tall(c: &Array1<f64>) -> Array1<f64> {
    let x0 = Array1::from_vec(vec![0.5]);
    // Twice the same equation.
    root(
        |x: &Array1<f64>| {
            let mut y = Array1::<f64>::zeros(2);
            y[0] = x[0].exp() - c[0];
            y[1] = 2.0 * (x[0].exp() - c[0]);
            y
        },
        &x0,
    )
}

#[desc_jit]
fn wide(c: f64) -> Array1<f64> {
    let x0 = Array1::from_vec(vec![0.5, 0.1]);
    root(
        |x: &Array1<f64>| {
            let mut y = Array1::<f64>::zeros(1);
            y[0] = x[0] + 2.0 * x[1] - c;
            y
        },
        &x0,
    )
}

#[test]
fn systems_that_are_not_square() {
    let c = Array1::from_vec(vec![2.0]);
    assert!((tall(&c)[0] - 2.0_f64.ln()).abs() < 1e-6 && (tall::native(&c)[0] - 2.0_f64.ln()).abs() < 1e-6);
    // The smallest step: along (1, 2).
    for x in [wide(2.0), wide::native(2.0)] {
        assert!((x[0] - 0.76).abs() < 1e-6 && (x[1] - 0.62).abs() < 1e-6, "{x:?}");
    }
    let gradient = jacfwd(wide::jit())(2.0);
    assert!((gradient[0] - 0.2).abs() < 1e-7 && (gradient[1] - 0.4).abs() < 1e-7, "{gradient:?}");
    let gradient = jacrev(tall::jit())(&c);
    assert!((gradient[[0, 0]] - 0.5).abs() < 1e-6, "{gradient:?}");
}

#[desc_jit]
fn periodic(b: f64) -> f64 {
    root_scalar_with(
        |x| x.sin() - b,
        6.0,
        |x| x.cos(),
        |x| x.rem_euclid(2.0 * std::f64::consts::PI),
        1e-13,
        50,
        5,
        0.1,
    )
    .0
}

#[test]
fn iterates_stay_in_their_period() {
    let x = periodic(0.1);
    assert!(
        (x - 0.1f64.asin()).abs() < 1e-12 || (x - (std::f64::consts::PI - 0.1f64.asin())).abs() < 1e-12,
        "{x}"
    );
    assert!((periodic::native(0.1) - x).abs() < 1e-12);
    assert!((grad(periodic::jit())(0.1).abs() - 1.0 / (1.0 - 0.01f64).sqrt()).abs() < 1e-11);
}

#[desc_jit]
fn cosine(k: f64) -> f64 {
    fixed_point_with(|x: f64| (k * x).cos(), 1.0, true, 1e-14, 50).0
}

#[desc_jit]
fn slowly(k: &Array1<f64>) -> Array1<f64> {
    let x0 = Array1::from_vec(vec![1.0, 1.0]);
    let (x, (_change, _n)) =
        fixed_point_with(|x: Array1<f64>| (&x * k).mapv(|v| v.cos()), x0, false, 1e-14, 300);
    x
}

#[test]
fn fixed_points_by_both_methods() {
    let args = [scalar(0.9)];
    check(&graph_of(cosine::__function(), &args), &args, &[0]);
    assert!((cosine(0.9) - cosine::native(0.9)).abs() < 1e-14);
    let args = [vector(&[0.9, 0.4])];
    check(&graph_of(slowly::__function(), &args), &args, &[0]);
    let k = Array1::from_vec(vec![0.9, 0.4]);
    assert!((slowly(&k)[0] - slowly::native(&k)[0]).abs() < 1e-13);
}

#[desc_jit]
fn implicit_euler(x: f64, k: f64, dt: f64, steps: usize) -> f64 {
    let mut x = x;
    for _ in 0..steps {
        let before = x;
        x = root_scalar_with(
            |y| y - before + dt * k * y * y * y,
            before,
            |y| 1.0 + 3.0 * dt * k * y * y,
            |y| y,
            1e-14,
            30,
            5,
            0.1,
        )
        .0;
    }
    x
}

#[test]
fn a_root_per_step_of_time() {
    let args = [scalar(1.0), scalar(2.0), scalar(0.1), super::integer(5)];
    check(&graph_of(implicit_euler::__function(), &args), &args, &[0, 1, 2]);
}
