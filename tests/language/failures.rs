//! Errors of staging: values with the user's line and both sides of the mismatch.

use desc_jit::ErrorKind;
use desc_jit::prelude::*;

fn check(error: Error, kind: ErrorKind, texts: &[&str]) {
    assert_eq!(error.kind(), kind, "{error}");
    for text in texts {
        assert!(error.to_string().contains(text), "the message lacks {text:?}:\n{error}");
    }
}

#[desc_jit]
fn traced_shape(n: usize) -> Array1<f64> {
    let m = n + 1;
    Array1::<f64>::zeros(m)
}

#[test]
fn a_shape_from_a_traced_argument_names_it() {
    check(
        traced_shape::try_call(3).unwrap_err(),
        ErrorKind::Static,
        &["the shape of an array must be known", "it depends on `n`", "static(n)", "Array1::<f64>::zeros(m)"],
    );
}

#[desc_jit]
fn growing(x: &Array1<f64>, n: usize) -> Array1<f64> {
    let mut y = x.clone();
    for _ in 0..n {
        y = jnp::concatenate(&[&y, x]);
    }
    y
}

#[test]
fn a_carry_whose_shape_changes_shows_both() {
    check(
        growing::try_call(&Array1::ones(2), 3).unwrap_err(),
        ErrorKind::Carry,
        &["`y` changes its type in this loop", "f64[2] before", "f64[4] after"],
    );
}

#[desc_jit]
fn uneven(x: &Array1<f64>, c: bool) -> Array1<f64> {
    if c { x.slice(s![1..]).to_owned() } else { x.clone() }
}

#[test]
fn branches_of_different_shape_show_both() {
    check(
        uneven::try_call(&Array1::ones(3), true).unwrap_err(),
        ErrorKind::Carry,
        &["the value of this `if`", "f64[2] and f64[3]"],
    );
}

#[desc_jit]
fn wrong_block(x: &Array2<f64>, v: &Array1<f64>) -> Array2<f64> {
    let mut y = x.clone();
    y.row_mut(0).assign(v);
    y
}

#[test]
fn a_row_of_another_length_is_refused() {
    check(
        wrong_block::try_call(&Array2::ones((2, 3)), &Array1::ones(4)).unwrap_err(),
        ErrorKind::Shape,
        &["cannot assign f64[4]", "f64[3]", "y.row_mut(0).assign(v)"],
    );
}

#[desc_jit]
fn outer(x: &Array1<f64>) -> f64 {
    let y = inner(x, 7);
    y + 1.0
}

#[desc_jit]
fn inner(x: &Array1<f64>, i: usize) -> f64 {
    x[i]
}

#[test]
fn an_error_in_a_callee_is_shown_there() {
    let error = outer::try_call(&Array1::ones(3)).unwrap_err();
    check(error.clone(), ErrorKind::Index, &["index 7", "in `inner`", "x[i]"]);
    assert_eq!(error.location().unwrap().text.as_deref(), Some("    x[i]"));
}

#[desc_jit]
fn ping(x: f64) -> f64 {
    pong(x)
}

#[desc_jit]
fn pong(x: f64) -> f64 {
    ping(x)
}

#[test]
fn recursion_through_another_function_ends_in_an_error() {
    check(ping::try_call(1.0).unwrap_err(), ErrorKind::Recursion, &["calls itself without end"]);
}

#[desc_jit]
fn traced_window(x: &Array1<f64>, n: usize) -> f64 {
    x.slice(s![..n]).sum()
}

#[test]
fn a_slice_of_traced_length_says_what_to_write() {
    check(
        traced_window::try_call(&Array1::ones(3), 2).unwrap_err(),
        ErrorKind::Static,
        &["the length of a slice", "`n`", "loop over the elements"],
    );
}

#[test]
#[should_panic(expected = "the shape of an array must be known")]
fn the_plain_call_panics_with_the_same_text() {
    let _ = traced_shape(3);
}

#[desc_jit]
fn fails_half_way(x: &mut Array1<f64>, n: usize) {
    for i in 0..n {
        x[i] = 0.0;
    }
}

#[test]
fn an_error_leaves_mutable_arguments_as_they_were() {
    let mut x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    fails_half_way::try_call(&mut x, 9).unwrap_err();
    assert_eq!(x.to_vec(), [1.0, 2.0, 3.0]);
    fails_half_way(&mut x, 2);
    assert_eq!(x.to_vec(), [0.0, 0.0, 3.0]);
}

#[desc_jit(static(n))]
fn enormous(n: usize, i: usize) -> Array1<f64> {
    let mut x = Array1::<f64>::zeros(n);
    x[i] = 1.0;
    x
}

#[test]
fn an_array_larger_than_memory_is_an_error_not_an_abort() {
    check(enormous::try_call(1 << 58, 0).unwrap_err(), ErrorKind::Device, &["not enough memory"]);
    check(enormous::try_call(usize::MAX, 0).unwrap_err(), ErrorKind::Shape, &["does not fit in memory"]);
    assert_eq!(enormous(3, 1).to_vec(), [0.0, 1.0, 0.0]);
}

#[desc_jit(static(n))]
fn static_shape(n: usize) -> Array1<f64> {
    let m = n + 1;
    Array1::<f64>::zeros(m)
}

#[desc_jit(static(n))]
fn repeated(x: &Array1<f64>, n: usize) -> Array1<f64> {
    let mut y = Array1::<f64>::zeros((n + 1) * x.len());
    for k in 0..y.len() {
        y[k] = x[k % x.len()];
    }
    y
}

#[desc_jit]
fn to_and_fro(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = -y;
    }
    y
}

/// The section of `docs/errors.md` on an error quotes it, and its programs are those of this file.
fn is_on_the_page(error: &Error) {
    let (page, source) = (include_str!("../../docs/errors.md"), include_str!("failures.rs"));
    let code = error.kind().code().unwrap();
    assert!(error.to_string().starts_with(&format!("[{code}] ")), "{error}");
    assert!(error.to_string().ends_with(&format!("errors.md#{}", code.to_lowercase())), "{error}");
    let section = page.split("\n### ").find(|section| section.starts_with(code)).unwrap();
    let quoted = section.lines().find_map(|line| line.strip_prefix("> ")).unwrap();
    assert!(error.message().starts_with(quoted), "{quoted} is not {}", error.message());
    let programs: Vec<&str> =
        section.split("```rust\n").skip(1).map(|p| p.split("```").next().unwrap()).collect();
    assert_eq!(programs.len(), 2, "{code}");
    for part in programs.into_iter().flat_map(|program| program.trim_end().split("\n\n")) {
        assert!(source.contains(&format!("\n{part}\n")), "there is no\n{part}");
    }
}

#[test]
fn errors_of_staging_are_on_the_page() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    is_on_the_page(&traced_shape::try_call(3).unwrap_err());
    assert_eq!(static_shape(3).len(), 4);
    is_on_the_page(&growing::try_call(&x, 3).unwrap_err());
    assert_eq!(repeated(&x, 1).to_vec(), [1.0, 2.0, 1.0, 2.0]);
    is_on_the_page(&ping::try_call(1.0).unwrap_err());
    assert_eq!(to_and_fro(1.0, 3), -1.0);
}

#[desc_jit]
fn shortened(x: &Array1<f64>, n: usize) -> Array1<f64> {
    let mut y = x.clone();
    for _ in 0..n {
        y = y.slice(s![..1]).to_owned();
    }
    y
}

#[test]
fn a_carry_that_gets_shorter_shows_both() {
    let error = shortened::try_call(&Array1::ones(2), 1).unwrap_err();
    check(error, ErrorKind::Carry, &["f64[2] before", "f64[1] after"]);
}
