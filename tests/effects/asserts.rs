//! `assert!`, `panic!` and their like: errors at run time, with the message that Rust gives and the user's line.

use desc_jit::prelude::*;
use desc_jit::{Engine, ErrorKind, with_engine};
use desc_jit_tests::agree;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic says.
fn panic_text(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("it does not panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().expect("a text").to_string(),
    }
}

/// The call fails in every reading with the same message, on a line with this text.
macro_rules! fails {
    ($f:ident($($arg:expr),*), $line:expr) => {{
        let native = panic_text(|| {
            let _ = $f::native($($arg),*);
        });
        for engine in Engine::ALL {
            let error = with_engine(engine, || $f::try_call($($arg),*)).expect_err("it is accepted");
            assert_eq!(error.message(), native, "{engine}");
            assert_eq!(error.kind(), ErrorKind::Panic, "{engine}");
            let text = error.location().and_then(|at| at.text.clone()).expect("a line");
            assert!(text.contains($line), "{engine}: {text}");
        }
        native
    }};
}

#[desc_jit]
fn root(x: f64) -> f64 {
    assert!(x >= 0.0);
    x.sqrt()
}

#[test]
fn an_assertion_holds_or_is_an_error() {
    assert_eq!(agree!(root(4.0)), 2.0);
    assert_eq!(fails!(root(-1.0), "assert!(x >= 0.0)"), "assertion failed: x >= 0.0");
}

#[test]
#[should_panic(expected = "assertion failed: x >= 0.0")]
fn a_plain_call_panics() {
    root(-1.0);
}

#[desc_jit]
fn first_large(x: &Array1<f64>, limit: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        assert!(x[i] < limit, "x[{i}] = {} is not below {limit:.2}, {0:>9.3e}", x[i]);
        sum += x[i];
    }
    sum
}

#[test]
fn a_message_has_the_values_of_the_first_iteration_that_fails() {
    let x = Array1::from_shape_fn(1000, |i| if i >= 700 { i as f64 } else { 0.5 });
    assert_eq!(agree!(first_large(&x, 5000.0)), native_sum(&x));
    assert_eq!(
        fails!(first_large(&x, 2.0), "assert!(x[i] < limit"),
        "x[700] = 700 is not below 2.00,   7.000e2"
    );
}

fn native_sum(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i];
    }
    sum
}

#[desc_jit]
fn equal(a: i64, b: i64) -> i64 {
    assert_eq!(a, b);
    a
}

#[desc_jit]
fn different(a: f64, b: f64) -> f64 {
    assert_ne!(a, b, "both are {a:?}");
    a - b
}

#[desc_jit]
fn pairs(a: f64, n: usize) -> f64 {
    assert_eq!((a, n), (0.5, 2), "of {}", n + 1);
    a
}

#[test]
fn equality_says_both_sides() {
    assert_eq!(agree!(equal(3, 3)), 3);
    assert_eq!(
        fails!(equal(3, -4), "assert_eq!(a, b)"),
        "assertion `left == right` failed\n  left: 3\n right: -4"
    );
    agree!(different(1.0, 2.0));
    fails!(different(1.0, 1.0), "assert_ne!");
    agree!(pairs(0.5, 2));
    fails!(pairs(0.5, 3), "assert_eq!");
    fails!(pairs(0.25, 2), "assert_eq!");
}

#[desc_jit]
fn same_arrays(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    assert_eq!(x, y);
    x.sum()
}

#[test]
fn arrays_are_equal_as_a_whole() {
    let (x, y) = (Array1::from_vec(vec![1.0, 2.0]), Array1::from_vec(vec![1.0, 2.5]));
    agree!(same_arrays(&x, &x));
    fails!(same_arrays(&x, &y), "assert_eq!(x, y)");
    fails!(same_arrays(&x, &Array1::ones(3)), "assert_eq!(x, y)");
}

#[desc_jit]
fn checked_in_debug_builds(x: f64) -> f64 {
    debug_assert!(x < 1.0, "{x}");
    debug_assert_eq!(x, x);
    debug_assert_ne!(x, 7.0);
    x
}

#[test]
fn assertions_of_debug_builds_follow_the_profile() {
    agree!(checked_in_debug_builds(0.5));
    if cfg!(debug_assertions) {
        fails!(checked_in_debug_builds(2.0), "debug_assert!");
    } else {
        agree!(checked_in_debug_builds(2.0));
    }
}

#[desc_jit]
#[allow(clippy::todo, clippy::unimplemented)]
fn refused(x: f64, n: usize) -> f64 {
    if n == 1 {
        panic!("{n} is refused with {x:+.1}");
    }
    if n == 2 {
        unreachable!();
    }
    if n == 3 {
        unreachable!("n is {}", n * 2);
    }
    if n == 4 {
        todo!();
    }
    if n == 5 {
        unimplemented!("for {x}");
    }
    if n == 6 {
        panic!();
    }
    2.0 * x
}

#[test]
fn panics_are_errors_where_they_are_executed() {
    agree!(refused(1.5, 0));
    for n in 1..=6 {
        fails!(refused(1.5, n), "!(");
    }
}

#[desc_jit]
fn value_or_panic(x: f64) -> f64 {
    let y = if x > 0.0 { x.ln() } else { panic!("no logarithm of {x}") };
    y + 1.0
}

#[test]
fn a_branch_that_panics_has_no_value() {
    agree!(value_or_panic(2.0));
    fails!(value_or_panic(-2.0), "panic!");
}

#[desc_jit(static(n))]
fn static_size(n: usize, x: &Array1<f64>) -> f64 {
    assert!(n > 2, "{n} is not enough");
    x[n - 1]
}

#[test]
fn what_is_known_at_staging_is_an_error_there() {
    let x = Array1::ones(5);
    agree!(static_size(3, &x));
    fails!(static_size(2, &x), "assert!(n > 2");
    assert!(!static_size::graph(3, &x).unwrap().to_string().contains("check"));
}

#[desc_jit]
fn written_before(x: &mut Array1<f64>, limit: f64) {
    for i in 0..x.len() {
        assert!(x[i] < limit, "x[{i}] is {:?}", x[i]);
        x[i] = 0.0;
    }
}

#[test]
fn an_assertion_comes_before_the_stores_behind_it() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    for engine in Engine::ALL {
        let mut y = x.clone();
        let error = with_engine(engine, || written_before::try_call(&mut y, 2.5)).unwrap_err();
        assert_eq!(error.message(), "x[2] is 3.0");
        assert_eq!(y, x, "{engine}");
    }
}

#[desc_jit]
fn array_in_message(x: &Array2<f64>, least: f64) -> f64 {
    let mean = x.mean().unwrap();
    assert!(mean > least, "the mean of\n{x:6.2}\nis {mean} ({0}, {0:?}, {1})", x.nrows(), "too small");
    mean
}

#[test]
fn a_message_shows_arrays_and_texts() {
    let x = Array2::from_shape_fn((2, 3), |(i, j)| (i + j) as f64);
    agree!(array_in_message(&x, 0.0));
    fails!(array_in_message(&x, 9.0), "assert!(mean > least");
}

#[desc_jit]
fn many_values(a: f64, b: f64, c: f64, n: usize, k: i32) -> f64 {
    assert!(a < b, "{a} {b} {c} {n} {k} {0} {1} {a:e}", a + b, n + 1);
    a
}

#[test]
fn a_message_shows_as_many_values_as_one_likes() {
    agree!(many_values(1.0, 2.0, 3.0, 4, -5));
    fails!(many_values(2.0, 1.0, 3.0, 4, -5), "assert!(a < b");
}

#[desc_jit]
fn widths(x: f64, w: usize, p: usize, flag: bool, k: i32) -> f64 {
    assert!(flag, "{x:w$.p$}|{x:<9.1}|{k:+05}|{k:#x}|{flag:>7}|{1:0$}|{:.*}|{{}}", p + 1, x * 2.0);
    x
}

#[test]
fn formats_mean_what_they_mean_in_rust() {
    fails!(widths(1.0 / 3.0, 12, 4, false, 42), "assert!(flag");
}

#[desc_jit]
fn positive_product(x: &Array1<f64>) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() {
        assert!(x[i] > 0.0, "x[{i}] is {}", x[i]);
        product *= x[i];
    }
    product
}

#[test]
fn gradients_check_too() {
    let x = Array1::from_vec(vec![2.0, 3.0, 4.0]);
    let gradient = grad(positive_product::jit());
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(gradient(&x).to_vec(), [12.0, 8.0, 6.0]);
            let error = gradient.try_call(&Array1::from_vec(vec![2.0, -3.0, -4.0])).unwrap_err();
            assert_eq!(error.message(), "x[1] is -3");
        });
    }
}

#[test]
fn a_batch_reports_its_first_element_that_fails() {
    let roots = vmap(root::jit());
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(roots(&Array1::from_vec(vec![1.0, 4.0])).to_vec(), [1.0, 2.0]);
            let error = roots.try_call(&Array1::from_vec(vec![1.0, -4.0])).unwrap_err();
            assert_eq!(error.message(), "assertion failed: x >= 0.0");
        });
    }
}
