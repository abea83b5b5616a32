//! Functions of each element, and of a row.

use crate::kernels::{arc_distance, arithmetic, expression, go_fast, scalar, softmax};
use desc_jit::prelude::*;

#[test]
fn scalar() {
    let beta = 0.6;
    along!(scalar::scalar(beta) by 0 beta; times 0.1);
}

#[test]
fn arithmetic() {
    let (a, b, c) = arithmetic::inputs([23]);
    along!(arithmetic::arithmetic(a, b, c) by 0 a, 1 b, 2 c);
}

/// An even number of points: the kink of `abs` lies between two of them.
#[test]
fn expression() {
    let x = Array1::linspace(-3.0, 3.0, 20);
    along!(expression::expression(x) by 0 x; times 0.1);
}

#[test]
fn go_fast() {
    let (a,) = go_fast::inputs([7]);
    along!(go_fast::go_fast(a) by 0 a);
}

#[test]
fn arc_distance() {
    let (theta_1, phi_1, theta_2, phi_2) = arc_distance::inputs([20]);
    along!(
        arc_distance::arc_distance(theta_1, phi_1, theta_2, phi_2)
        by 0 theta_1, 1 phi_1, 2 theta_2, 3 phi_2; times 0.1
    );
}

/// The largest element, which is taken off and changes nothing, has a derivative of its own on the way.
#[test]
fn softmax() {
    let (x,) = softmax::inputs([2, 2, 5]);
    along!(softmax::softmax(x) by 0 x);
}
