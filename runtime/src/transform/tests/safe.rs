//! Functions whose derivatives are finite where those of the plain formula are not.

use super::{check, floats, optimized, run, scalar, vector};
use crate::prelude::*;
use crate::transform::{jvp, vjp};

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
    let graph = norm::graph(&Array1::zeros(3)).unwrap();
    check(&graph, &[vector(&[3.0, -4.0, 1.0])], &[0]);
    let reverse = optimized(vjp(&graph, &[0], 1).unwrap());
    let zero = vector(&[0.0; 3]);
    assert_eq!(floats(&run(&reverse, &[&zero, &scalar(1.0)])[1]), [0.0; 3]);
    let forward = optimized(jvp(&graph, &[0]).unwrap());
    assert_eq!(floats(&run(&forward, &[&zero, &vector(&[1.0, 2.0, 3.0])])[1]), [0.0]);

    let graph = quotient::graph(1.0, 1.0).unwrap();
    check(&graph, &[scalar(1.5), scalar(-0.4)], &[0, 1]);
    let reverse = optimized(vjp(&graph, &[0, 1], 1).unwrap());
    let at_zero = run(&reverse, &[&scalar(1.0), &scalar(0.0), &scalar(1.0)]);
    assert_eq!([0, 1, 2].map(|k| floats(&at_zero[k])[0]), [5.0, 0.0, 0.0]);

    let args = [vector(&[1.0, 2.0, 0.0]), vector(&[0.0, 4.0, 0.0])];
    let graph = quotients::graph(&Array1::zeros(3), &Array1::zeros(3)).unwrap();
    let reverse = optimized(vjp(&graph, &[0, 1], 1).unwrap());
    let found = run(&reverse, &[&args[0], &args[1], &vector(&[1.0; 3])]);
    assert_eq!(floats(&found[0]), [0.0, 0.5, 0.0]);
    assert_eq!(floats(&found[1]), [0.0, 0.25, 0.0]);
    assert_eq!(floats(&found[2]), [0.0, -0.125, 0.0]);
}
