//! `match`, `if let`, `matches!`.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

const SPECIAL: i64 = 42;

#[desc_jit]
fn numbers(n: i64) -> f64 {
    match n {
        0 => 1.0,
        -1 => 2.0,
        1 | 3 | 5 => 3.0,
        6..=9 => 4.0,
        i64::MIN..-10 => 5.0,
        SPECIAL => 6.0,
        i64::MAX => 7.0,
        k if k % 2 == 0 && k > 100 => k as f64,
        k @ 50..60 => -(k as f64),
        _ => 0.0,
    }
}

#[test]
fn arms_of_every_kind() {
    for n in [0, -1, 1, 2, 3, 5, 6, 9, 10, -10, -11, i64::MIN, i64::MAX, 42, 43, 50, 59, 60, 101, 102] {
        agree!(numbers(n));
    }
}

#[desc_jit]
fn tuples(a: usize, b: bool, x: f64) -> f64 {
    let mut y = x;
    match (a, b) {
        (0, true) => y += 1.0,
        (0, _) => {
            y *= 2.0;
            y -= 1.0;
        }
        (n, true) if n > 3 => y = n as f64,
        (1 | 2, false) => {}
        (n, flag) => y = if flag { -1.0 } else { n as f64 * 0.5 },
    }
    y
}

#[test]
fn tuples_are_matched_by_their_parts() {
    for a in 0..6 {
        agree!(tuples(a, true, 3.0));
        agree!(tuples(a, false, 3.0));
    }
}

#[desc_jit]
fn bools_and_floats(x: f64) -> i64 {
    let side = match x > 1.0 {
        true => 1,
        false => -1,
    };
    side + match x {
        0.0 => 10,
        0.5..2.0 => 20,
        f64::INFINITY => 30,
        _ => 40,
    }
}

#[test]
fn bools_and_floats_are_matched() {
    for x in [0.0, -0.0, 0.5, 1.0, 2.0, 1e9, f64::INFINITY, f64::NAN] {
        agree!(bools_and_floats(x));
    }
}

#[desc_jit]
fn conditions(n: usize, x: f64) -> f64 {
    let mut y = if let 0..=3 = n { x } else { 2.0 * x };
    if let (k, true) = (n, x > 0.0) {
        y += k as f64;
    } else if matches!(n, 1 | 4 | 7) {
        y -= 1.0;
    }
    if matches!((n, x > 1.0), (k, true) if k > 2) {
        y *= 3.0;
    }
    y
}

#[test]
fn patterns_are_conditions() {
    for n in 0..9 {
        for x in [-1.0, 0.5, 1.5] {
            agree!(conditions(n, x));
        }
    }
}

#[desc_jit]
fn automaton(tape: &Array1<i64>) -> (i64, i64) {
    let mut state = 0;
    let mut count = 0;
    for i in 0..tape.len() {
        state = match (state, tape[i]) {
            (0, 1) => 1,
            (0, _) => continue,
            (1, 1) => 2,
            (1, 0) => 0,
            (2, 9) => break,
            (2, k) if k < 0 => return (-1, k),
            (s, _) => s,
        };
        count += state;
    }
    (state, count)
}

#[test]
fn arms_jump() {
    agree!(automaton(&Array1::from_vec(vec![0, 1, 0, 1, 1, 5, 5])));
    agree!(automaton(&Array1::from_vec(vec![1, 1, 5, 9, 5])));
    agree!(automaton(&Array1::from_vec(vec![1, 1, 5, -7, 5])));
}

#[desc_jit(static(order))]
fn by_order(x: f64, order: usize) -> f64 {
    match order {
        0 => 1.0,
        1 => x,
        2 => 0.5 * (3.0 * x * x - 1.0),
        _ => return f64::NAN,
    }
}

#[test]
fn a_static_match_leaves_one_arm() {
    for order in 0..4 {
        agree!(by_order(0.3, order));
        assert!(!by_order::graph(0.3, order).unwrap().to_string().contains("cond"));
    }
}

#[desc_jit]
fn binary_search(x: &Array1<i64>, key: i64) -> (bool, usize) {
    use std::cmp::Ordering;
    let (mut low, mut high) = (0, x.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match x[middle].cmp(&key) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return (true, middle),
        }
    }
    (false, low)
}

#[test]
fn orderings_are_matched() {
    let x = Array1::from_vec(vec![-5, 2, 3, 9]);
    for key in -6..11 {
        agree!(binary_search(&x, key));
    }
}

#[desc_jit]
fn sides(a: usize, b: usize) -> i64 {
    match a.cmp(&(b + 1)) {
        std::cmp::Ordering::Less | std::cmp::Ordering::Equal if a > 2 => 10,
        std::cmp::Ordering::Greater => 20,
        _ => 30,
    }
}

#[test]
fn orderings_have_guards_and_alternatives() {
    for (a, b) in [(0, 0), (3, 2), (3, 3), (4, 2), (1, 9)] {
        agree!(sides(a, b));
    }
}

#[desc_jit]
fn while_let(x: f64, stop: i64) -> (f64, i64) {
    let mut y = x;
    let mut rounds = 0;
    while let (2.., false) = (y as i64, rounds == stop) {
        rounds += 1;
        if rounds % 3 == 0 {
            continue;
        }
        y *= 0.75;
        if y > 100.0 {
            break;
        }
    }
    'outer: while let k @ 0..5 = rounds {
        for i in 0..k {
            rounds += i;
            if rounds > 8 {
                break 'outer;
            }
        }
        rounds += 1;
    }
    (y, rounds)
}

#[test]
fn a_pattern_is_the_condition_of_a_loop() {
    for x in [0.0, 3.0, 50.0, 1000.0] {
        agree!(while_let(x, 4));
        agree!(while_let(x, 40));
    }
}
