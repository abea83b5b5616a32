//! Every op by itself.

use super::{cases, check, check_on, vector};
use crate::array::Buffer;
use crate::backend::Engine;
use crate::graph::Graph;

fn graph(text: &str) -> Graph {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn every_op_has_its_derivative() {
    for case in cases::all().iter().filter(|case| !case.wrt.is_empty()) {
        let (x, fewer) = (case.point(1), [Engine::Candle, Engine::Cranelift]);
        check(&case.graph, &x, &case.wrt);
        for &k in case.wrt.iter().filter(|_| case.wrt.len() > 1) {
            check_on(&fewer, &case.graph, &x, &[k]);
        }
        check_on(&fewer, &case.graph, &case.point(2), &case.wrt);
    }
}

#[test]
fn products_with_zeros() {
    let text = "graph f(%0: f64[2,3]) { %1: f64[2] = reduce{prod; 1}(%0) return %1 }";
    let x = Buffer::from_vec(vec![0.0, 2.0, 3.0, 0.0, 0.0, 5.0], &[2, 3]).unwrap();
    check(&graph(text), &[x], &[0]);
}

#[test]
fn an_arm_that_is_not_chosen_gives_no_nan() {
    // where(x > 0, sqrt(x) * 2, x): at 0 the derivative of the root is infinite.
    let text = "graph f(%0: f64[3]) {
        %1: f64[3] = broadcast(%6)
        %2: bool[3] = gt(%0, %1)
        %3: f64[3] = sqrt(%0)
        %4: f64[3] = add(%3, %3)
        %5: f64[3] = select(%2, %4, %0)
        return %5 }"
        .replacen("%1: f64[3]", "%6: f64 = const{0.0}() %1: f64[3]", 1);
    let x = [vector(&[0.0, -1.0, 4.0]), vector(&[1.0, 1.0, 1.0])];
    for derivative in [super::vjp(&graph(&text), &[0], 8).unwrap(), super::jvp(&graph(&text), &[0]).unwrap()]
    {
        let found = super::run(&super::optimized(derivative), &[&x[0], &x[1]]);
        assert_eq!(super::floats(&found[1]), [1.0, 1.0, 0.5]);
    }
    let second = super::jvp(&super::optimized(super::vjp(&graph(&text), &[0], 8).unwrap()), &[0]).unwrap();
    let found = super::run(&super::optimized(second), &[&x[0], &x[1], &x[1]]);
    assert_eq!(super::floats(&found[3]), [0.0, 0.0, -1.0 / 16.0]);
}
