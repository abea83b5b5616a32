//! Every op by itself.

use super::{Numbers, check, vector};
use crate::array::Buffer;
use crate::graph::Graph;
use crate::op::{BinaryOp, UnaryOp};

fn graph(text: &str) -> Graph {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn every_op_of_one_operand_has_its_derivative() {
    for &op in UnaryOp::ALL {
        if op.result(crate::dtype::DType::F64) != Some(crate::dtype::DType::F64) {
            continue;
        }
        let x = match op {
            UnaryOp::Acosh => vec![1.2, 2.5, 7.0],
            UnaryOp::Asin | UnaryOp::Acos | UnaryOp::Atanh => vec![-0.7, 0.1, 0.6],
            UnaryOp::Sqrt | UnaryOp::Ln | UnaryOp::Log2 | UnaryOp::Log10 => vec![0.3, 1.7, 9.0],
            UnaryOp::Ln1p => vec![-0.4, 0.2, 3.0],
            _ => vec![-1.3, 0.4, 2.2],
        };
        let text = format!("graph f(%0: f64[3]) {{ %1: f64[3] = {}(%0) return %1 }}", op.name());
        check(&graph(&text), &[vector(&x)], &[0]);
    }
}

#[test]
fn every_op_of_two_operands_has_its_derivatives() {
    for &op in BinaryOp::ALL {
        if op == BinaryOp::Powi || op.result(crate::dtype::DType::F64).is_none() {
            continue;
        }
        let text =
            format!("graph f(%0: f64[4], %1: f64[4]) {{ %2: f64[4] = {}(%0, %1) return %2 }}", op.name());
        let (a, b) = match op {
            BinaryOp::Pow => (vec![0.3, 1.7, 2.0, 5.0], vec![-1.5, 0.4, 3.0, 2.2]),
            _ => (vec![-1.3, 0.7, 5.2, 2.9], vec![0.6, -1.1, 1.7, -0.8]),
        };
        let (a, b) = (vector(&a), vector(&b));
        let x = [a, b];
        check(&graph(&text), &x, &[0, 1]);
        check(&graph(&text), &x, &[0]);
        check(&graph(&text), &x, &[1]);
    }
}

#[test]
fn powers_at_the_edges() {
    let n = Buffer::from_vec(vec![0, 1, 2, -3, 5], &[5]).unwrap();
    let text = "graph f(%0: f64[5], %1: i32[5]) { %2: f64[5] = powi(%0, %1) return %2 }";
    check(&graph(text), &[vector(&[0.5, -0.5, 1.5, 0.7, -1.1]), n], &[0]);
    // x^0 and x^1 at 0 have the derivatives 0 and 1.
    let text = "graph f(%0: f64[3], %1: f64[3]) { %2: f64[3] = pow(%0, %1) return %2 }";
    let gradient = super::optimized(super::vjp(&graph(text), &[0], 8).unwrap());
    let x = [vector(&[0.0, 0.0, 0.0]), vector(&[0.0, 1.0, 2.0]), vector(&[1.0, 1.0, 1.0])];
    let found = super::run(&gradient, &[&x[0], &x[1], &x[2]]);
    assert_eq!(super::floats(&found[1]), [0.0, 1.0, 0.0]);
}

#[test]
fn ties_are_shared() {
    let text = "graph f(%0: f64[3], %1: f64[3]) { %2: f64[3] = max(%0, %1) return %2 }";
    let gradient = super::optimized(super::vjp(&graph(text), &[0, 1], 8).unwrap());
    let x = [vector(&[1.0, 2.0, f64::NAN]), vector(&[1.0, 1.0, 1.0]), vector(&[1.0, 1.0, 1.0])];
    let found = super::run(&gradient, &[&x[0], &x[1], &x[2]]);
    assert_eq!(super::floats(&found[1]), [0.5, 1.0, 0.0]);
    assert_eq!(super::floats(&found[2]), [0.5, 0.0, 1.0]);
    let text = "graph f(%0: f64[4]) { %1: f64 = reduce{max; 0}(%0) return %1 }";
    let gradient = super::optimized(super::vjp(&graph(text), &[0], 8).unwrap());
    let found = super::run(&gradient, &[&vector(&[3.0, 1.0, 3.0, 3.0]), &super::scalar(3.0)]);
    assert_eq!(super::floats(&found[1]), [1.0, 0.0, 1.0, 1.0]);
}

#[test]
fn ops_of_three_operands() {
    let x = || vec![vector(&[1.0, -0.5, 2.0]), vector(&[0.3, 1.4, -2.0]), vector(&[0.1, 0.2, 0.9])];
    let text = "graph f(%0: f64[3], %1: f64[3], %2: f64[3]) { %3: f64[3] = mul_add(%0, %1, %2) return %3 }";
    check(&graph(text), &x(), &[0, 1, 2]);
    let text = "graph f(%0: f64[3], %1: f64[3], %2: f64[3]) {
        %3: bool[3] = lt(%2, %0)
        %4: f64[3] = select(%3, %0, %1)
        return %4 }";
    check(&graph(text), &x(), &[0, 1, 2]);
}

#[test]
fn rearrangements() {
    let n = &mut Numbers::new(1);
    for text in [
        "graph f(%0: f64[3,1]) { %1: f64[2,3,4] = broadcast(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[3] = reshape(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[1,3] = transpose{1, 0}(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[3,2] = concat{1}(%0, %0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[3,3,1] = stack(%0, %0, %0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[3,1] = cumsum{0}(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[1] = reduce{sum; 0}(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64 = reduce{prod; 0, 1}(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[1] = reduce{max; 0}(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f64[3] = reduce{min; 1}(%0) return %1 }",
        "graph f(%0: f64[3,1]) { %1: f32[3,1] = cast(%0) %2: f64[3,1] = cast(%1) %3: f64[3,1] = mul(%0, %0) return %3 }",
    ] {
        check(&graph(text), &[n.array(&[3, 1])], &[0]);
    }
}

#[test]
fn products_with_zeros() {
    let text = "graph f(%0: f64[2,3]) { %1: f64[2] = reduce{prod; 1}(%0) return %1 }";
    let x = Buffer::from_vec(vec![0.0, 2.0, 3.0, 0.0, 0.0, 5.0], &[2, 3]).unwrap();
    check(&graph(text), &[x], &[0]);
}

#[test]
fn matrix_products_of_all_ranks() {
    let n = &mut Numbers::new(2);
    for (a, b, y) in [
        (&[3][..], &[3][..], ""),
        (&[2, 3], &[3], "[2]"),
        (&[2], &[2, 3], "[3]"),
        (&[2, 3], &[3, 4], "[2,4]"),
    ] {
        let list = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let text = format!(
            "graph f(%0: f64[{}], %1: f64[{}]) {{ %2: f64{y} = dot(%0, %1) return %2 }}",
            list(a),
            list(b)
        );
        check(&graph(&text), &[n.array(a), n.array(b)], &[0, 1]);
    }
}

#[test]
fn reading_and_writing_blocks() {
    let n = &mut Numbers::new(3);
    let at = || super::integer(1);
    for axes in ["at, 0:3:1", "0:4:1, at", "at, 2:2:-2", "window 2, 0:3:1"] {
        let shape = match axes {
            "at, 0:3:1" => vec![3],
            "0:4:1, at" => vec![4],
            "at, 2:2:-2" => vec![2],
            _ => vec![2, 3],
        };
        let list = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let text = format!(
            "graph f(%0: f64[4,3], %1: usize) {{ %2: f64[{list}] = load{{{axes}; \"u\"}}(%0, %1) return %2 }}"
        );
        check(&graph(&text), &[n.array(&[4, 3]), at()], &[0]);
        for mode in ["set", "add", "mul", "min", "max"] {
            let text = format!(
                "graph f(%0: f64[4,3], %1: usize, %2: f64[{list}]) {{
                    %3: f64[4,3] = store{{{mode}; {axes}; \"u\"}}(%0, %1, %2) return %3 }}"
            );
            let x = [n.array(&[4, 3]), at(), n.array(&shape)];
            check(&graph(&text), &x, &[0, 2]);
            check(&graph(&text), &x, &[0]);
            check(&graph(&text), &x, &[2]);
        }
    }
}

#[test]
fn rows_by_lists_with_duplicates() {
    let n = &mut Numbers::new(4);
    let rows = || Buffer::from_vec(vec![2usize, 0, 2, 2], &[4]).unwrap();
    let text = "graph f(%0: f64[3,2], %1: usize[4]) { %2: f64[4,2] = take{\"u\"}(%0, %1) return %2 }";
    check(&graph(text), &[n.array(&[3, 2]), rows()], &[0]);
    for mode in ["set", "add", "mul", "min", "max"] {
        let text = format!(
            "graph f(%0: f64[3,2], %1: usize[4], %2: f64[4,2]) {{
                %3: f64[3,2] = put{{{mode}; \"u\"}}(%0, %1, %2) return %3 }}"
        );
        let x = [n.array(&[3, 2]), rows(), n.array(&[4, 2])];
        check(&graph(&text), &x, &[0, 2]);
        check(&graph(&text), &x, &[2]);
    }
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
