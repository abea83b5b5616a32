//! Comparisons: of arrays, lists, tuples and structs one answer each, as Rust has them.

use desc_jit::prelude::*;
use desc_jit_tests::as_written;

#[derive(Tree, Clone, Debug, PartialEq)]
struct State {
    x: Array1<f64>,
    level: usize,
    knots: Vec<[f64; 2]>,
}

/// Equal where it is at the same place, whatever its momentum is.
#[derive(Tree, Clone, Copy, Debug)]
struct Body {
    place: f64,
    momentum: f64,
}

#[desc_jit]
impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        self.place == other.place
    }
}

as_written! {
    arrays_are_equal_or_not(x: &Array1<f64>, y: &Array1<f64>) -> (bool, bool, f64) {
        let same = x == y;
        (same, x != y, if *x == y * 1.0 { 1.0 } else { 2.0 })
    } of (&array![1.0, 2.0], &array![1.0, 2.0]) (&array![1.0, 2.0], &array![1.0, 2.5]) (&array![1.0, f64::NAN], &array![1.0, f64::NAN])
        (&array![1.0], &array![1.0, 1.0]);
    lists_are_equal_or_not(x: &[f64], y: &[f64]) -> (bool, bool, bool) {
        let table = [[1.0, 2.0], [x[0], x[1]]];
        (x == y, x[1..] != y[1..], table[0] == table[1])
    } of (&[1.0, 2.0], &[1.0, 2.0]) (&[1.0, 2.0], &[3.0, 2.0]) (&[1.0, 2.0], &[1.0, 2.0, 3.0]);
    tuples_are_ordered_by_their_first_parts(a: f64, b: f64, k: usize) -> (bool, bool, bool, bool, bool) {
        ((a, k) < (b, 1), (a, k) <= (b, 1), (k, a) > (1, b), (1, k, a) >= (1, 1, b), (a, (b, k)) == (b, (a, 1)))
    } of (1.0, 2.0, 0) (2.0, 1.0, 1) (1.0, 1.0, 1) (1.0, 1.0, 0) (1.0, 1.0, 2) (f64::NAN, 1.0, 1) (1.0, f64::NAN, 0);
    structs_are_equal_by_their_fields(s: &State, x: f64, level: usize) -> (bool, bool) {
        let mut other = s.clone();
        other.x[1] = x;
        other.level = level;
        let moved = State { knots: vec![[1.0, x]], ..s.clone() };
        (*s == other, *s != moved)
    } of (&state(), 2.0, 3) (&state(), 2.5, 3) (&state(), 2.0, 2) (&state(), f64::NAN, 3);
    an_annotated_eq_is_called(a: &Body, b: &Body) -> (bool, bool, bool) {
        (a == b, a != b, (1, *a) == (1, *b))
    } of (&BODY, &Body { momentum: 7.0, ..BODY }) (&BODY, &Body { place: 7.0, ..BODY });
    ranges_contain_or_not(x: f64, k: usize) -> (bool, bool, bool, bool, bool) {
        let mut n = k;
        let counted = (0..{ n += 1; n }).contains(&k);
        ((0.0..1.0).contains(&x), (0.0..=1.0).contains(&x), (2..).contains(&k), (..=k).contains(&3), counted)
    } of (0.0, 1) (1.0, 3) (f64::NAN, 2) (-0.5, 4) (0.99, 0);
    lists_contain_or_not(x: &[f64], k: f64) -> (bool, bool) {
        (x.contains(&k), [1, 2, 3].contains(&(k as usize)))
    } of (&[1.0, 2.0], 2.0) (&[1.0, 2.0], 3.0) (&[f64::NAN], f64::NAN) (&[], 0.0);
}

const BODY: Body = Body { place: 1.0, momentum: 2.0 };

fn state() -> State {
    State { x: array![1.0, 2.0], level: 3, knots: vec![[1.0, 2.0]] }
}
