//! `cond`, `switch`, `fori_loop`, `while_loop` inside and outside annotated functions.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn by_cond(x: f64) -> f64 {
    cond(x > 0.0, |v| v.sqrt(), |v| -v, x)
}

#[desc_jit]
fn by_switch(k: usize, x: f64) -> f64 {
    switch(k, [|v: f64| v + 1.0, |v: f64| v * 2.0, |v: f64| v.sqrt()], x)
}

#[desc_jit]
fn by_fori(x: f64, n: usize) -> f64 {
    let (s, _) = fori_loop(0, n, |i, (s, p)| (s + p / (i + 1) as f64, p * x), (0.0, 1.0));
    s
}

#[desc_jit]
fn by_while(x: f64) -> f64 {
    while_loop(|&v: &f64| v < 100.0, |v| v * v + 1.0, x)
}

#[test]
fn functionals_inside() {
    agree!(by_cond(4.0));
    agree!(by_cond(-4.0));
    for k in 0..5 {
        agree!(by_switch(k, 9.0));
    }
    for n in [0, 1, 10] {
        agree!(by_fori(0.5, n));
    }
    agree!(by_while(1.5));
    agree!(by_while(1e3));
}

#[test]
fn functionals_outside() {
    assert_eq!(cond(false, |x: i32| x, |x| -x, 3), -3);
    assert_eq!(switch(1usize, [|x: i32| x, |x| x * 10], 3), 30);
    assert_eq!(fori_loop(0, 4usize, |i, s| s + i, 0), 6);
    assert_eq!(while_loop(|x: &i32| *x < 50, |x| x * 2, 3), 96);
}

#[desc_jit]
fn nested_functionals(x: &Array1<f64>) -> f64 {
    fori_loop(0, x.len(), |i, acc| cond(x[i] > 0.0, |a| a + x[i], |a| a - 1.0, acc), 0.0)
}

#[test]
fn functionals_nest_and_capture() {
    agree!(nested_functionals(&Array1::from_vec(vec![1.0, -2.0, 3.0])));
    agree!(nested_functionals(&Array1::zeros(0)));
}
