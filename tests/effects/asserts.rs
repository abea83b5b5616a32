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
        let native = panic_text(|| drop($f::native($($arg),*)));
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
