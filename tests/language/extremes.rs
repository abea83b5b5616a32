//! Extremes found by comparison, with the place where they are: several values at once in the compiled kernels.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

/// Lengths around the block in which a loop is cut.
const LENGTHS: [usize; 8] = [0, 1, 2, 31, 511, 512, 513, 1300];

#[desc_jit]
fn argmin(x: &Array1<f64>, first: f64) -> (f64, usize) {
    let (mut least, mut at) = (first, 9999);
    for i in 0..x.len() {
        if x[i] < least {
            least = x[i];
            at = i;
        }
    }
    (least, at)
}

#[desc_jit]
fn last_argmax(x: &Array1<f64>, first: f64) -> (f64, i64, f64) {
    let (mut most, mut at, mut before) = (first, -1, 0.0);
    for i in 0..x.len() {
        let square = x[i] * x[i];
        if square >= most {
            before = most;
            most = square;
            at = i as i64;
        }
    }
    (most, at, before)
}

fn wave(n: usize, seed: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| ((i * 7919 + seed * 104_729) % 1013) as f64 - 500.0)
}

#[test]
fn the_first_of_the_least_and_the_last_of_the_largest() {
    for n in LENGTHS {
        for seed in 0..3 {
            let x = wave(n, seed);
            for first in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.0, -500.0] {
                agree!(argmin(&x, first), ulps = 0, compiled = 0);
                agree!(last_argmax(&x, first), ulps = 0, compiled = 0);
            }
        }
        let falling = Array1::from_shape_fn(n, |i| -(i as f64));
        agree!(argmin(&falling, 1.0), ulps = 0, compiled = 0);
        agree!(argmin(&Array1::from_elem(n, -0.0), 0.0), ulps = 0, compiled = 0);
    }
}

#[test]
fn values_that_are_no_numbers_are_never_extreme() {
    for n in LENGTHS.into_iter().filter(|n| *n > 2) {
        let mut x = wave(n, 1);
        for i in 0..n {
            if i % 3 != 1 {
                x[i] = f64::NAN;
            }
        }
        x[n / 2] = f64::INFINITY;
        agree!(argmin(&x, f64::INFINITY), ulps = 0, compiled = 0);
        agree!(last_argmax(&x, f64::NEG_INFINITY), ulps = 0, compiled = 0);
        agree!(argmin(&Array1::from_elem(n, f64::NAN), 5.0), ulps = 0, compiled = 0);
    }
}

/// The pivot of a column, as in Gaussian elimination.
#[desc_jit]
fn pivots(a: &Array2<f64>) -> Array1<usize> {
    let n = a.nrows();
    let mut rows = Array1::<usize>::zeros(n);
    for k in 0..n {
        let mut pivot = k;
        let mut largest = a[[k, k]].abs();
        for i in k + 1..n {
            if a[[i, k]].abs() > largest {
                largest = a[[i, k]].abs();
                pivot = i;
            }
        }
        rows[k] = pivot;
    }
    rows
}

#[test]
fn pivots_of_columns() {
    for n in [0, 1, 5, 40, 130] {
        agree!(pivots(&Array2::from_shape_fn((n, n), |(i, j)| ((i * 37 + j * 101) % 53) as f64 - 26.0)));
    }
}

#[desc_jit]
fn least_quotient(x: &Array1<f64>, by: &Array1<usize>) -> (f64, usize) {
    let (mut least, mut at) = (f64::INFINITY, 0);
    for i in 0..by.len() {
        let y = x[by[i]];
        if y < least {
            least = y;
            at = by[i];
        }
    }
    (least, at)
}

#[test]
fn an_index_out_of_range_in_such_a_loop_is_reported() {
    let x = wave(700, 2);
    let mut by = Array1::from_shape_fn(1100, |i| i * 31 % 700);
    agree!(least_quotient(&x, &by), ulps = 0, compiled = 0);
    by[600] = 700;
    by[601] = 9000;
    refuse!(least_quotient(&x, &by), Index, "700");
}
