//! `if` as statement and as expression, static and traced; `&&` and `||`.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn sign_of(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

#[test]
fn else_if_chains() {
    for x in [-2.0, 0.0, -0.0, 3.0, f64::NAN, f64::INFINITY] {
        agree!(sign_of(x));
    }
}

#[desc_jit]
fn assigned_in_branches(x: f64) -> (f64, f64) {
    let mut a = 1.0;
    let mut b = 2.0;
    if x > 1.0 {
        a = x;
    } else if x > 0.0 {
        b = x;
        a += b;
    }
    if x < -5.0 {
        b = -1.0;
    }
    (a, b)
}

#[test]
fn branches_assign_different_variables() {
    for x in [-9.0, -1.0, 0.5, 2.0] {
        agree!(assigned_in_branches(x));
    }
}

#[desc_jit(static(order))]
fn static_branch(x: &Array1<f64>, order: usize) -> f64 {
    // With `order` static only the branch taken is staged: index 7 is not looked at for order 1.
    if order == 1 { x[0] } else { x[7] }
}

#[test]
fn a_static_condition_picks_its_branch() {
    let x = Array1::from_vec(vec![5.0]);
    assert_eq!(agree!(static_branch(&x, 1)), 5.0);
    let graph = static_branch::graph(&x, 1).unwrap().to_string();
    assert!(!graph.contains("cond"), "{graph}");
}

#[desc_jit]
fn array_in_one_branch(x: &Array1<f64>, c: bool) -> Array1<f64> {
    let mut y = x.clone();
    if c {
        y[0] = 10.0;
        y[1] += 1.0;
    }
    y
}

#[test]
fn an_array_changed_in_one_branch() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    agree!(array_in_one_branch(&x, true));
    agree!(array_in_one_branch(&x, false));
}

#[desc_jit]
fn guarded(x: &Array1<f64>, i: usize) -> f64 {
    let mut r = 0.0;
    if i > 0 && x[i - 1] > 0.5 {
        r += 1.0;
    }
    if i == 0 || x[i - 1] < 0.5 {
        r += 2.0;
    }
    if i < x.len() && (x[i] > 0.0 || i == 2) && !(i == 1) {
        r += 4.0;
    }
    r
}

#[test]
fn lazy_operators_do_not_touch_what_they_guard() {
    let x = Array1::from_vec(vec![0.4, 0.6, -0.7]);
    for i in 0..=3 {
        agree!(guarded(&x, i));
    }
}

#[desc_jit]
fn guarded_in_branch(x: &Array1<f64>, i: usize) -> f64 {
    if i < x.len() { x[i] } else { -1.0 }
}

#[test]
fn the_branch_not_taken_raises_nothing() {
    let x = Array1::from_vec(vec![3.0]);
    assert_eq!(agree!(guarded_in_branch(&x, 9)), -1.0);
    assert_eq!(agree!(guarded_in_branch(&x, 0)), 3.0);
    assert_eq!(agree!(guarded_in_branch(&Array1::zeros(0), 0)), -1.0);
}

#[desc_jit]
fn nested_branches(x: f64, y: f64) -> f64 {
    let z = if x > 0.0 {
        let w = if y > 0.0 { x * y } else { x - y };
        w + 1.0
    } else {
        if y > 0.0 { y } else { 0.0 }
    };
    z * 2.0
}

#[test]
fn branches_nest() {
    for x in [-1.0, 1.0] {
        for y in [-2.0, 2.0] {
            agree!(nested_branches(x, y));
        }
    }
}

#[desc_jit]
fn tuple_of_branch(x: f64) -> (f64, usize) {
    if x > 0.0 { (x, 1) } else { (-x, 2) }
}

#[test]
fn a_branch_yields_a_tuple() {
    agree!(tuple_of_branch(1.5));
    agree!(tuple_of_branch(-1.5));
}

#[desc_jit]
fn boolean_algebra(a: bool, b: bool) -> (bool, bool, bool, bool) {
    (a & b, a | b, a ^ b, !a == b)
}

#[test]
fn booleans() {
    for a in [false, true] {
        for b in [false, true] {
            agree!(boolean_algebra(a, b));
        }
    }
}

#[desc_jit]
fn untaken_division(n: usize, d: usize) -> usize {
    if d > 0 { n / d } else { 0 }
}

#[test]
fn division_is_guarded_by_its_branch() {
    assert_eq!(agree!(untaken_division(7, 0)), 0);
    assert_eq!(agree!(untaken_division(7, 2)), 3);
}

#[desc_jit]
fn draw(state: &mut u32) -> u32 {
    *state = (*state * 1103 + 12_345) % 65_536;
    *state
}

#[desc_jit]
fn draws(seed: u32, n: usize, limit: u32) -> (u32, usize, usize) {
    let mut state = seed;
    let (mut both, mut either) = (0, 0);
    for i in 0..n {
        if i % 3 == 0 || draw(&mut state) > limit {
            either += 1;
        }
        let high = draw(&mut state) > limit && {
            both += 1;
            draw(&mut state) > limit && i > 2
        };
        match i % 4 {
            1 if high || draw(&mut state) < 1000 => either += 100,
            _ => {}
        }
    }
    (state, both, either)
}

#[test]
fn the_right_of_a_lazy_operator_assigns_where_it_is_evaluated() {
    for seed in [1, 77, 4711] {
        agree!(draws(seed, 20, 30_000));
        agree!(draws(seed, 20, 0));
        agree!(draws(seed, 20, 70_000));
    }
}
