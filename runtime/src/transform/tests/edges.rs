//! The table *At the edges* of `docs/derivatives.md`, by both modes.

use super::{check, floats, optimized, run, scalar, vector};
use crate::array::Buffer;
use crate::graph::Graph;
use crate::transform::{jacfwd, jacrev};

fn graph(text: &str) -> Graph {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || a.is_nan() && b.is_nan())
}

/// The Jacobians by all parameters that are floats, column by column in forward mode and row by row in reverse mode.
fn jacobians(text: &str, x: &[Buffer]) -> Vec<Vec<f64>> {
    let graph = graph(text);
    let wrt: Vec<usize> = (0..x.len()).filter(|&k| super::is_float(&x[k])).collect();
    let inputs: Vec<&Buffer> = x.iter().collect();
    let forward = run(&optimized(jacfwd(&graph, &wrt).unwrap()), &inputs);
    let reverse = run(&optimized(jacrev(&graph, &wrt, 8).unwrap()), &inputs);
    let (forward, reverse): (Vec<_>, Vec<_>) =
        (forward.iter().map(floats).collect(), reverse.iter().map(floats).collect());
    for (forward, reverse) in forward.iter().zip(&reverse) {
        assert!(same(forward, reverse), "{forward:?} forward, {reverse:?} in reverse\n{text}");
    }
    forward
}

/// The derivatives of `op(a, b)`.
fn slopes(op: &str, a: f64, b: f64) -> [f64; 2] {
    let text = format!("graph f(%0: f64, %1: f64) {{ %2: f64 = {op}(%0, %1) return %2 }}");
    let found = jacobians(&text, &[scalar(a), scalar(b)]);
    [found[0][0], found[1][0]]
}

#[test]
fn steps_and_corners() {
    for op in ["abs", "floor", "ceil", "round", "round_ties_even", "trunc", "signum"] {
        let text = format!("graph f(%0: f64) {{ %1: f64 = {op}(%0) return %1 }}");
        for zero in [0.0, -0.0] {
            assert_eq!(jacobians(&text, &[scalar(zero)])[0], [0.0], "{op}");
        }
    }
    assert_eq!(slopes("hypot", 0.0, 0.0), [0.0, 0.0]);
    assert_eq!(slopes("hypot", 0.0, -2.0), [0.0, -1.0]);
    let text = "graph f(%0: f64) { %1: f64 = sqrt(%0) return %1 }";
    assert_eq!(jacobians(text, &[scalar(0.0)])[0], [f64::INFINITY]);
}

#[test]
fn whole_powers() {
    let n = Buffer::from_vec(vec![0, 1, 2, -3, 5], &[5]).unwrap();
    let text = "graph f(%0: f64[5], %1: i32[5]) { %2: f64[5] = powi(%0, %1) return %2 }";
    check(&graph(text), &[vector(&[0.5, -0.5, 1.5, 0.7, -1.1]), n], &[0]);
    let text = "graph f(%0: f64, %1: i32) { %2: f64 = powi(%0, %1) return %2 }";
    for (n, slope) in [(0, 0.0), (1, 1.0), (2, 0.0), (-1, f64::NEG_INFINITY)] {
        let n = Buffer::from_vec(vec![n], &[]).unwrap();
        assert_eq!(jacobians(text, &[scalar(0.0), n])[0], [slope]);
    }
}

#[test]
fn powers_of_zero() {
    for zero in [0.0, -0.0] {
        for (b, by_base) in [(0.0, 0.0), (0.5, f64::INFINITY), (1.0, 1.0), (2.0, 0.0)] {
            assert_eq!(slopes("pow", zero, b), [by_base, 0.0], "0^{b}");
        }
    }
    // As it is at small bases.
    assert_eq!(slopes("pow", 0.0, -2.0), [f64::NEG_INFINITY, f64::NEG_INFINITY]);
    assert!(slopes("pow", 1e-100, -2.0)[1] < -1e200);
    assert!(slopes("pow", 0.0, f64::NAN)[1].is_nan());
}

#[test]
fn two_that_are_equal_have_a_half_each() {
    let nan = f64::NAN;
    for (op, smaller) in [("max", [0.0, 1.0]), ("min", [1.0, 0.0])] {
        assert_eq!(slopes(op, 1.0, 1.0), [0.5, 0.5]);
        assert_eq!(slopes(op, 0.0, -0.0), [0.5, 0.5]);
        assert_eq!(slopes(op, 1.0, 2.0), smaller);
        // The one that is a number.
        assert_eq!(slopes(op, nan, 1.0), [0.0, 1.0]);
        assert_eq!(slopes(op, 1.0, nan), [1.0, 0.0]);
    }
}

#[test]
fn extrema_that_are_equal_have_equal_shares() {
    for (op, sign) in [("max", 1.0), ("min", -1.0)] {
        let data: Vec<f64> = [3.0, 1.0, 3.0, 3.0, 3.0, 1.0].map(|v| sign * v).to_vec();
        let x = || [Buffer::from_vec(data.clone(), &[2, 3]).unwrap()];
        let by = |axes: &str, shape: &str| {
            let text =
                format!("graph f(%0: f64[2,3]) {{ %1: f64{shape} = reduce{{{op}; {axes}}}(%0) return %1 }}");
            jacobians(&text, &x()).remove(0)
        };
        assert_eq!(by("0, 1", ""), [0.25, 0.0, 0.25, 0.25, 0.25, 0.0]);
        assert_eq!(by("1", "[2]"), [[0.5, 0.0, 0.5, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.5, 0.5, 0.0]].concat());
        let columns =
            [[0.5, 0.0, 0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]];
        assert_eq!(by("0", "[3]"), columns.concat());
    }
}

#[test]
fn writes_that_are_equal_to_what_is_there() {
    for mode in ["min", "max"] {
        let one = format!(
            "graph f(%0: f64[2], %1: usize, %2: f64) {{ %3: f64[2] = store{{{mode}; at;}}(%0, %1, %2) return %3 }}"
        );
        let found = jacobians(&one, &[vector(&[2.0, 2.0]), super::integer(1), scalar(2.0)]);
        assert_eq!(found, [vec![1.0, 0.0, 0.0, 0.5], vec![0.0, 0.5]]);
        let block = format!(
            "graph f(%0: f64[2], %1: f64[2]) {{ %2: f64[2] = store{{{mode}; 1:2:-1;}}(%0, %1) return %2 }}"
        );
        let found = jacobians(&block, &[vector(&[2.0, 3.0]), vector(&[3.0, 2.0])]);
        assert_eq!(found, [vec![0.5, 0.0, 0.0, 0.5], vec![0.0, 0.5, 0.5, 0.0]]);
        // One after the other: half of what the first write left.
        let rows = format!(
            "graph f(%0: f64[2], %1: usize[2], %2: f64[2]) {{ %3: f64[2] = put{{{mode};}}(%0, %1, %2) return %3 }}"
        );
        let same_row = Buffer::from_vec(vec![0usize, 0], &[2]).unwrap();
        let found = jacobians(&rows, &[vector(&[2.0, 5.0]), same_row, vector(&[2.0, 2.0])]);
        assert_eq!(found, [vec![0.25, 0.0, 0.0, 1.0], vec![0.25, 0.5, 0.0, 0.0]]);
    }
}

#[test]
fn the_last_write_counts() {
    let text =
        "graph f(%0: f64[2], %1: usize[3], %2: f64[3]) { %3: f64[2] = put{MODE;}(%0, %1, %2) return %3 }";
    let x = || {
        [vector(&[2.0, 5.0]), Buffer::from_vec(vec![1usize, 0, 1], &[3]).unwrap(), vector(&[1.0, 2.0, 3.0])]
    };
    let found = jacobians(&text.replace("MODE", "set"), &x());
    assert_eq!(found, [vec![0.0; 4], vec![0.0, 1.0, 0.0, 0.0, 0.0, 1.0]]);
    let found = jacobians(&text.replace("MODE", "add"), &x());
    assert_eq!(found, [vec![1.0, 0.0, 0.0, 1.0], vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0]]);
}
