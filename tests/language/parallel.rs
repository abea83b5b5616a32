//! `#[parallel]`, and what `explain` says of loops.

use desc_jit::prelude::*;
use desc_jit::{ErrorKind, Result};
use desc_jit_tests::agree;

#[desc_jit]
fn rows(x: &Array2<f64>) -> Array1<f64> {
    let (n, m) = x.dim();
    let mut y = Array1::zeros(n);
    #[parallel]
    for i in 0..n {
        let mut s = 0.0;
        for j in 0..m {
            s += x[[i, j]];
        }
        y[i] = s;
    }
    y
}

#[test]
fn an_independent_loop_may_be_marked() {
    agree!(rows(&Array2::from_shape_fn((5, 3), |(i, j)| (i * 3 + j) as f64)));
}

#[desc_jit]
fn recurrence(x: &Array1<f64>) -> Array1<f64> {
    let mut y = x.clone();
    #[parallel]
    for i in 1..x.len() {
        y[i] = y[i - 1] + x[i];
    }
    y
}

#[desc_jit]
fn logistic(x: f64, n: usize) -> f64 {
    let mut x = x;
    #[parallel]
    for _ in 0..n {
        x = 3.7 * x * (1.0 - x);
    }
    x
}

#[test]
fn a_mark_that_is_wrong_names_the_access_or_the_variable() {
    let error = recurrence::try_call(&Array1::ones(100)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.message(),
        "this loop is marked `#[parallel]`, but an iteration writes an element of `y` that another one may read"
    );
    assert!(error.location().unwrap().text.as_deref().unwrap().contains("for i in 1.."));
    let advice = "remove `#[parallel]`, or let every iteration write elements of its own";
    assert!(error.to_string().contains(advice), "{error}");
    let error = logistic::try_call(0.5, 10).unwrap_err();
    assert_eq!(
        error.message(),
        "this loop is marked `#[parallel]`, but `x` goes from one iteration to the next"
    );
}

#[desc_jit]
fn several(a: &Array2<f64>, b: &Array2<f64>, x: &Array1<f64>) -> (Array2<f64>, f64, Array1<f64>) {
    let n = a.nrows();
    let mut c = Array2::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            for k in 0..n {
                c[[i, j]] += a[[i, k]] * b[[k, j]];
            }
        }
    }
    let mut largest = 0.0;
    for i in 0..x.len() {
        largest = x[i].max(largest);
    }
    let mut y = x.clone();
    for i in 1..x.len() {
        y[i] = 0.5 * y[i - 1];
    }
    (c, largest, y)
}

#[test]
fn loops_are_explained_line_by_line() -> Result<()> {
    let a = Array2::ones((100, 100));
    let explanation = several::explain(&a, &a, &Array1::ones(10_000))?;
    let became: Vec<&str> = explanation.loops().iter().map(|l| l.became()).collect();
    let product = "part of a matrix product by the `gemm` crate";
    assert_eq!(became.len(), 5, "{explanation}");
    assert!(became[..3].iter().all(|b| b.contains(product)), "{explanation}");
    assert!(became[3].contains("reduction"), "{explanation}");
    assert_eq!(became[4], "sequential");
    let last = &explanation.loops()[4];
    assert_eq!(last.why_not(), Some("an iteration writes an element of `y` that another one may read"));
    assert_eq!(last.operations(), Some(9_999));
    assert_eq!(last.bytes(), Some(2 * 8 * 9_999));
    assert!(explanation.kernels()[0].contains("for ("), "{explanation}");
    assert!(explanation.to_string().contains("for i in 1..x.len()"), "{explanation}");
    Ok(())
}
