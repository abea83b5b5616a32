//! Roots and fixed points: the derivatives of the implicit function theorem, in both modes and of every order that
//! has a rule.

use super::{check, floats, integer, optimized, run, scalar, vector};
use crate::array::Buffer;
use crate::exec::Function;
use crate::implicit::Iteration;
use crate::prelude::*;
use crate::stage::{Argument, Within, stage_root};
use crate::transform::{hessian, jvp, select_results, value_and_grad, vjp};

/// The graph before calls are put in their place; integers are static.
fn graph_of(function: &'static Function, args: &[Buffer]) -> Graph {
    let traced = args.iter().map(|b| Argument::Traced(crate::dtype::Type::new(b.dtype(), b.shape())));
    let mut graph = stage_root(function.info(), &traced.collect::<Vec<_>>(), Within::default()).unwrap();
    crate::optimize::simplify(&mut graph).unwrap();
    graph
}

#[desc_jit]
fn angle(b: f64) -> f64 {
    root_scalar_with(|x| x + 0.3 * x.sin() - b, 1.0, None, None, 1e-13, 20, 5, 0.1).0
}

/// The value, and the derivative in both modes.
fn slopes(graph: &Graph, b: f64) -> [f64; 3] {
    let (b, one) = (scalar(b), scalar(1.0));
    let forward = run(&optimized(jvp(graph, &[0]).unwrap()), &[&b, &one]);
    let reverse = run(&optimized(vjp(graph, &[0], 8).unwrap()), &[&b, &one]);
    [floats(&forward[0])[0], floats(&forward[1])[0], floats(&reverse[1])[0]]
}

#[test]
fn the_root_of_desc() {
    // Values computed with DESC 0.17.3.
    let graph = graph_of(angle::__function(), &[scalar(1.0)]);
    let [x, forward, reverse] = slopes(&graph, 1.0);
    assert!((x - 0.7874360957).abs() < 1e-10, "{x}");
    assert!((forward - 0.8252872752).abs() < 1e-10, "{forward}");
    assert_eq!(forward, reverse);
    check(&graph, &[scalar(1.0)], &[0]);
}

#[test]
fn derivatives_of_higher_order_are_exact() {
    // x' = 1 / (1 + 0.3 cos x), and so on by the chain rule.
    let graph = graph_of(angle::__function(), &[scalar(1.0)]);
    let x = floats(&run(&optimized(graph.clone()), &[&scalar(1.0)])[0])[0];
    let (s, c) = x.sin_cos();
    let first = 1.0 / (1.0 + 0.3 * c);
    let second = 0.3 * s * first.powi(3);
    let third = 0.3 * c * first.powi(4) + 0.9 * s * first.powi(2) * second;
    let fourth = -0.3 * s * first.powi(5)
        + 1.2 * c * first.powi(3) * second
        + 0.9 * (c * first.powi(3) * second + 2.0 * s * first * second.powi(2) + s * first.powi(2) * third);
    let mut along = graph;
    for (order, wanted) in [first, second, third, fourth].into_iter().enumerate() {
        along = select_results(&jvp(&along, &[0]).unwrap(), &[1]);
        let ones: Vec<Buffer> = (0..=order).map(|_| scalar(1.0)).collect();
        let b = scalar(1.0);
        let inputs: Vec<&Buffer> = std::iter::once(&b).chain(&ones).collect();
        let found = floats(&run(&optimized(along.clone()), &inputs)[0])[0];
        assert!((found - wanted).abs() < 1e-11, "derivative {}: {found} and {wanted}", order + 1);
    }
    let error = optimized(jvp(&along, &[0]).unwrap());
    let args: Vec<Buffer> = (0..error.body.params.len()).map(|_| scalar(1.0)).collect();
    let message = error.run(&args.iter().collect::<Vec<_>>()).unwrap_err().to_string();
    assert!(message.contains("the derivatives of `root_scalar` end with number 4"), "{message}");
}

#[test]
fn second_derivatives_in_reverse() {
    let graph = graph_of(angle::__function(), &[scalar(1.0)]);
    check(&value_and_grad(&graph, &[0], 8).unwrap(), &[scalar(1.0)], &[0]);
    let second = optimized(hessian(&graph, &[0], 8).unwrap());
    let found = floats(&run(&second, &[&scalar(1.0)])[0])[0];
    let (s, c) = 0.7874360957_f64.sin_cos();
    assert!((found - 0.3 * s / (1.0 + 0.3 * c).powi(3)).abs() < 1e-9, "{found}");
}

#[desc_jit]
fn everything_captured(x0: f64, b: f64, n: usize, up: bool) -> (f64, f64, usize) {
    let scale = b * b;
    let (x, (residual, niter)) = root_scalar_with(
        |x| {
            let power = x.powi(3) * n as f64;
            if up { power + x - scale } else { power + x + scale }
        },
        x0,
        None,
        None,
        1e-13,
        50,
        5,
        0.1,
    );
    (x, residual, niter)
}

#[test]
fn starting_point_residual_and_iterations_have_no_derivative() {
    let args = [scalar(0.3), scalar(1.2), integer(2), Buffer::from_vec(vec![true], &[]).unwrap()];
    let graph = graph_of(everything_captured::__function(), &args);
    let forward = optimized(jvp(&graph, &[0, 1]).unwrap());
    let inputs: Vec<&Buffer> = args.iter().collect();
    let found = run(&forward, &[&inputs[..], &[&scalar(1.0), &scalar(0.0)]].concat());
    assert_eq!([floats(&found[3])[0], floats(&found[4])[0]], [0.0, 0.0]);
    check(&select_results(&graph, &[0]), &args, &[1]);
}

#[desc_jit]
fn system(b: &Array1<f64>, k: f64) -> Array1<f64> {
    root_with(
        |x| Array1::from_vec(vec![x[0] * x[0] + k * x[1] - b[0], x[0] * x[1] + x[1].exp() - b[1]]),
        &Array1::ones(2),
        None,
        None,
        1e-13,
        50,
        5,
        0.1,
    )
    .0
}

#[test]
fn systems_of_equations() {
    let args = [vector(&[2.0, 3.0]), scalar(0.7)];
    let graph = graph_of(system::__function(), &args);
    check(&graph, &args, &[0, 1]);
    check(
        &jvp(&graph, &[0]).unwrap(),
        &[args[0].deep_clone().unwrap(), scalar(0.7), vector(&[1.0, -0.4])],
        &[0, 1],
    );
}

#[desc_jit]
fn second_of_system(b: &Array1<f64>, k: f64) -> f64 {
    let x = system(b, k);
    x[0] * x[1]
}

#[test]
fn gradients_of_systems_have_derivatives() {
    let args = [vector(&[2.0, 3.0]), scalar(0.7)];
    let graph = graph_of(second_of_system::__function(), &args);
    check(&value_and_grad(&graph, &[0, 1], 16).unwrap(), &args, &[0, 1]);
}

#[desc_jit]
fn tall(b: f64) -> Array1<f64> {
    // Three equations of two unknowns, which can be solved together.
    root_with(
        |x| {
            Array1::from_vec(vec![
                x[0] + x[1] - b,
                x[0] * x[1] - 0.2 * b * b,
                x[0].sin() - (0.7236067977499789 * b).sin(),
            ])
        },
        &Array1::from_vec(vec![0.8, 0.2]),
        None,
        None,
        1e-12,
        50,
        5,
        0.1,
    )
    .0
}

#[desc_jit]
fn wide(b: f64, x0: &Array1<f64>) -> Array1<f64> {
    root_with(|x| Array1::from_vec(vec![x[0].exp() * x[1] + x[2] - b]), x0, None, None, 1e-12, 50, 5, 0.1).0
}

#[test]
fn systems_that_are_not_square() {
    let graph = graph_of(tall::__function(), &[scalar(1.0)]);
    let [_, forward, reverse] = slopes(&select_first(&graph), 1.0);
    // x = b (1 +- sqrt(0.2)) / 2; the regularisation of sqrt(eps) stays in the derivative.
    assert!((forward - 0.7236067977499789).abs() < 1e-6, "{forward}");
    assert!((forward - reverse).abs() < 1e-14);

    // The least change: a' (a a')^-1 db with the gradient a of the equation.
    let x0 = vector(&[0.1, 0.2, 0.3]);
    let graph = graph_of(wide::__function(), &[scalar(1.0), vector(&[0.1, 0.2, 0.3])]);
    let along = run(&optimized(jvp(&graph, &[0]).unwrap()), &[&scalar(1.0), &x0, &scalar(1.0)]);
    let (x, dx) = (floats(&along[0]), floats(&along[1]));
    let a = [x[0].exp() * x[1], x[0].exp(), 1.0];
    let square: f64 = a.iter().map(|a| a * a).sum();
    for (found, a) in dx.iter().zip(a) {
        assert!((found - a / square).abs() < 1e-7, "{dx:?}");
    }
    let reverse = optimized(vjp(&graph, &[0], 8).unwrap());
    let back = run(&reverse, &[&scalar(1.0), &x0, &vector(&[1.0, 2.0, -1.0])]);
    assert!((floats(&back[1])[0] - (dx[0] + 2.0 * dx[1] - dx[2])).abs() < 1e-14);
}

/// The graph of element 0 of its result.
fn select_first(graph: &Graph) -> Graph {
    let mut builder = crate::graph::Builder::extending(graph);
    for node in &graph.body.nodes {
        builder.append(node.clone());
    }
    let site = crate::graph::SiteId(0);
    let zero = builder.push(crate::op::Op::Const(crate::dtype::Literal::Usize(0)), vec![], site).unwrap()[0];
    let op = crate::op::Op::Load { axes: vec![crate::op::Axis::At], name: None };
    let first = builder.push(op, vec![graph.body.results[0], zero], site).unwrap();
    builder.finish(first)
}

#[desc_jit]
fn wrapped(b: f64) -> f64 {
    let period = std::f64::consts::TAU;
    root_scalar_with(
        |x| (x - b).sin(),
        7.0 + b,
        Some(&|x| (x - b).cos()),
        Some(&|x| x - period * (x / period).floor()),
        1e-13,
        50,
        5,
        0.1,
    )
    .0
}

#[test]
fn a_fixup_keeps_the_root_in_its_period() {
    let graph = graph_of(wrapped::__function(), &[scalar(1.0)]);
    let [x, forward, reverse] = slopes(&graph, 1.0);
    assert!((0.0..std::f64::consts::TAU).contains(&x) && (x - 1.0).sin().abs() < 1e-13, "{x}");
    assert!((forward - 1.0).abs() < 1e-12 && (reverse - 1.0).abs() < 1e-12);
}

#[desc_jit]
fn in_a_loop(b: f64, c: &Array1<f64>) -> f64 {
    // A root per step of time, from where the last one was.
    let mut x = b;
    let mut sum = 0.0;
    for i in 0..c.len() {
        let x0 = x;
        x = root_scalar_with(|y| y + 0.2 * (y * c[i]).sin() - x0 - b, x0, None, None, 1e-13, 30, 5, 0.1).0;
        sum += x * c[i];
    }
    sum
}

#[test]
fn roots_inside_loops() {
    let args = [scalar(0.4), vector(&[0.5, -1.2, 0.8, 0.3])];
    check(&graph_of(in_a_loop::__function(), &args), &args, &[0, 1]);
}

#[desc_jit]
fn nested(b: f64) -> f64 {
    root_scalar_with(
        |x| x + 0.5 * root_scalar_with(|y| y + 0.3 * y.sin() - x * b, x, None, None, 1e-14, 30, 5, 0.1).0 - b,
        b,
        None,
        None,
        1e-13,
        30,
        5,
        0.1,
    )
    .0
}

#[test]
fn roots_of_functions_of_roots() {
    let graph = graph_of(nested::__function(), &[scalar(0.9)]);
    check(&graph, &[scalar(0.9)], &[0]);
}

#[desc_jit]
fn dottie(k: f64) -> f64 {
    fixed_point_with(|x: f64| k * x.cos(), 0.5, 1e-14, 50, Iteration::Del2).0
}

#[desc_jit]
fn settled(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    fixed_point_with(|x| 0.3 * &x.sin().dot(a) + b, b.clone(), 1e-14, 200, Iteration::Simple).0
}

#[test]
fn fixed_points_by_both_iterations() {
    let graph = graph_of(dottie::__function(), &[scalar(1.0)]);
    let [x, forward, _] = slopes(&graph, 1.0);
    assert!((x - 0.739_085_133_215_160_6).abs() < 1e-15);
    assert!((forward - x.cos() / (1.0 + x.sin())).abs() < 1e-15);
    check(&graph, &[scalar(0.9)], &[0]);
    check(&value_and_grad(&graph, &[0], 8).unwrap(), &[scalar(0.9)], &[0]);
    let a = Buffer::from_vec(vec![0.5, -0.2, 0.3, 0.9], &[2, 2]).unwrap();
    let b = Buffer::from_vec(vec![0.5, 1.0, -0.4, 0.2, 0.3, -0.6], &[3, 2]).unwrap();
    let args = [a, b];
    check(&graph_of(settled::__function(), &args), &args, &[0, 1]);
}

#[desc_jit]
fn norm(x: &Array1<f64>) -> f64 {
    safe_norm(x)
}

#[desc_jit]
fn quotient(a: f64, b: f64) -> f64 {
    safe_div(a, b, 5.0)
}

#[desc_jit]
fn quotients(a: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
    safe_div(a, b, 0.0)
}

#[test]
fn safe_functions_have_finite_derivatives_everywhere() {
    let graph = graph_of(norm::__function(), &[vector(&[0.0; 3])]);
    check(&graph, &[vector(&[3.0, -4.0, 1.0])], &[0]);
    let reverse = optimized(vjp(&graph, &[0], 1).unwrap());
    let zero = vector(&[0.0; 3]);
    assert_eq!(floats(&run(&reverse, &[&zero, &scalar(1.0)])[1]), [0.0; 3]);
    let forward = optimized(jvp(&graph, &[0]).unwrap());
    assert_eq!(floats(&run(&forward, &[&zero, &vector(&[1.0, 2.0, 3.0])])[1]), [0.0]);

    let graph = graph_of(quotient::__function(), &[scalar(1.0), scalar(1.0)]);
    check(&graph, &[scalar(1.5), scalar(-0.4)], &[0, 1]);
    let reverse = optimized(vjp(&graph, &[0, 1], 1).unwrap());
    let at_zero = run(&reverse, &[&scalar(1.0), &scalar(0.0), &scalar(1.0)]);
    assert_eq!([0, 1, 2].map(|k| floats(&at_zero[k])[0]), [5.0, 0.0, 0.0]);

    let args = [vector(&[1.0, 2.0, 0.0]), vector(&[0.0, 4.0, 0.0])];
    let graph = graph_of(quotients::__function(), &args);
    let reverse = optimized(vjp(&graph, &[0, 1], 1).unwrap());
    let found = run(&reverse, &[&args[0], &args[1], &vector(&[1.0; 3])]);
    assert_eq!(floats(&found[0]), [0.0, 0.5, 0.0]);
    assert_eq!(floats(&found[1]), [0.0, 0.25, 0.0]);
    assert_eq!(floats(&found[2]), [0.0, -0.125, 0.0]);
}
