//! Rules as the attribute gives them.

use super::{check, floats, integer, optimized, run, scalar, vector};
use crate::array::Buffer;
use crate::exec::Function;
use crate::prelude::*;
use crate::stage::{Argument, Within, stage_root};
use crate::transform::{jvp, vjp};

/// The graph before calls are put in their place.
fn graph_of(function: &'static Function, args: &[Buffer]) -> Graph {
    let traced = args.iter().map(|b| Argument::Traced(crate::dtype::Type::new(b.dtype(), b.shape())));
    let mut graph = stage_root(function.info(), &traced.collect::<Vec<_>>(), Within::default()).unwrap();
    crate::optimize::simplify(&mut graph).unwrap();
    graph
}

fn slope(graph: &Graph, x: f64) -> [f64; 2] {
    let x = scalar(x);
    let forward = run(&optimized(jvp(graph, &[0]).unwrap()), &[&x, &scalar(1.0)]);
    let reverse = run(&optimized(vjp(graph, &[0], 8).unwrap()), &[&x, &scalar(1.0)]);
    [floats(&forward[1])[0], floats(&reverse[1])[0]]
}

#[desc_jit(jvp = log1pexp_jvp)]
fn log1pexp(x: f64) -> f64 {
    (1.0 + x.exp()).ln()
}

#[desc_jit]
fn log1pexp_jvp(x: f64, dx: f64) -> (f64, f64) {
    (log1pexp(x), dx * (1.0 - 1.0 / (1.0 + x.exp())))
}

#[desc_jit]
fn twice(x: f64) -> f64 {
    2.0 * log1pexp(x * x)
}

#[test]
fn a_rule_for_tangents_keeps_large_arguments_finite() {
    // Without the rule infinity / infinity gives NaN.
    let graph = graph_of(log1pexp::__function(), &[scalar(100.0)]);
    assert_eq!(slope(&graph, 1000.0), [1.0, 1.0]);
    check(&graph_of(twice::__function(), &[scalar(1.0)]), &[scalar(0.6)], &[0]);
    assert_eq!(twice(0.5), twice::native(0.5));
}

#[desc_jit(vjp = clip_vjp)]
fn clip(x: &Array1<f64>, n: usize) -> f64 {
    x[n] * 3.0
}

#[desc_jit]
fn clip_vjp(x: &Array1<f64>, n: usize, ct: f64) -> Array1<f64> {
    let mut g = Array1::<f64>::zeros(x.len());
    g[n] = (3.0 * ct).clamp(-1.0, 1.0);
    g
}

#[test]
fn a_rule_for_cotangents_may_say_something_else() {
    let args = [vector(&[1.0, 2.0]), integer(1)];
    let graph = graph_of(clip::__function(), &args);
    let adjoint = optimized(vjp(&graph, &[0], 8).unwrap());
    let found = run(&adjoint, &[&args[0], &args[1], &scalar(5.0)]);
    assert_eq!(floats(&found[1]), [0.0, 1.0]);
}

#[desc_jit(jvp = wrong_jvp)]
fn wrong(x: f64) -> f64 {
    x
}

#[desc_jit]
fn wrong_jvp(x: f64, dx: f64) -> f64 {
    x * dx
}

#[test]
fn a_rule_that_gives_something_else_is_an_error() {
    let error = stage_root(
        wrong::__function().info(),
        &[Argument::Traced(crate::dtype::Type::scalar(crate::dtype::DType::F64))],
        Within::default(),
    );
    let message = error.unwrap_err().to_string();
    assert!(message.contains("the rule `wrong_jvp` of `wrong` gives [f64]"), "{message}");
}

#[desc_jit(checkpoint)]
fn step(u: &Array1<f64>, k: f64) -> Array1<f64> {
    let mut next = u.clone();
    for i in 1..u.len() - 1 {
        next[i] = u[i] + k * (u[i - 1] - 2.0 * u[i] + u[i + 1]).sin();
    }
    next
}

#[desc_jit]
fn many(u: &Array1<f64>, k: f64, steps: usize) -> Array1<f64> {
    let mut u = u.clone();
    #[checkpoint]
    for _ in 0..steps {
        u = step(&u, k);
    }
    u
}

#[test]
fn checkpoints_do_not_change_derivatives() {
    let u = vector(&[0.1, 0.9, -0.3, 0.5, 0.2]);
    for steps in [0, 1, 7] {
        let args = [u.deep_clone().unwrap(), scalar(0.2), integer(steps)];
        check(&graph_of(many::__function(), &args), &args, &[0, 1]);
    }
}

#[desc_jit]
fn half_constant(x: f64, n: usize) -> f64 {
    let mut s = x;
    for _ in 0..n {
        s = s * stop_gradient(s);
    }
    s
}

#[test]
fn stopped_values_are_constants() {
    let graph = graph_of(half_constant::__function(), &[scalar(2.0), integer(2)]);
    for found in [
        run(&optimized(jvp(&graph, &[0]).unwrap()), &[&scalar(2.0), &integer(2), &scalar(1.0)]),
        run(&optimized(vjp(&graph, &[0], 8).unwrap()), &[&scalar(2.0), &integer(2), &scalar(1.0)]),
    ] {
        assert_eq!(floats(&found[0]), [16.0]);
        assert_eq!(floats(&found[1]), [8.0]);
    }
}

#[desc_jit(checkpoint)]
fn ping(x: f64) -> f64 {
    if x > 0.0 { pong(x) } else { x }
}

#[desc_jit]
fn pong(x: f64) -> f64 {
    ping(x - 1.0)
}

#[test]
fn a_recursion_through_a_rule_is_an_error() {
    let error = ping::try_call(1.0).unwrap_err().to_string();
    assert!(error.contains("calls itself without end"), "{error}");
}
