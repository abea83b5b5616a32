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
    // What the next iteration reads stays in a register.
    assert_eq!(last.bytes(), Some(8 * 9_999));
    assert!(explanation.kernels()[0].contains("for ("), "{explanation}");
    assert!(explanation.to_string().contains("for i in 1..x.len()"), "{explanation}");
    Ok(())
}

/// Two products in one loop, the second of the first one's result, summed in the order of memory.
#[desc_jit]
fn two_products(a: &Array2<f64>, b: &Array2<f64>, c: &Array2<f64>, d: &mut Array2<f64>) {
    let (ni, nk) = a.dim();
    let (nj, nl) = c.dim();
    let mut ab = Array2::<f64>::zeros((ni, nj));
    for i in 0..ni {
        for k in 0..nk {
            for j in 0..nj {
                ab[[i, j]] += 1.5 * a[[i, k]] * b[[k, j]];
            }
        }
        for l in 0..nl {
            d[[i, l]] *= 1.25;
        }
        for j in 0..nj {
            for l in 0..nl {
                d[[i, l]] += ab[[i, j]] * c[[j, l]];
            }
        }
    }
}

/// Each row needs the rows of the product before it: nothing may be taken out.
#[desc_jit]
fn product_of_rows_before(b: &Array2<f64>, d: &mut Array2<f64>) {
    let n = b.nrows();
    for i in 1..n {
        for k in 0..n {
            for j in 0..n {
                d[[i, j]] += d[[i - 1, k]] * b[[k, j]];
            }
        }
        for j in 0..n {
            d[[i, j]] *= 0.01;
        }
    }
}

#[test]
fn products_that_are_summed_row_by_row() -> Result<()> {
    // Small whole numbers: the order of a sum does not matter.
    let whole = |rows, columns, k: usize| {
        Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * k) % 5) as f64 - 2.0)
    };
    let (a, b, c) = (whole(34, 36, 3), whole(36, 33, 2), whole(33, 35, 1));
    for engine in desc_jit::Engine::ALL {
        let (mut native, mut staged) = (whole(34, 35, 4), whole(34, 35, 4));
        two_products::native(&a, &b, &c, &mut native);
        desc_jit::with_engine(engine, || two_products::try_call(&a, &b, &c, &mut staged))?;
        assert_eq!(native, staged, "{engine}");
        let (mut native, mut staged) = (whole(33, 33, 4), whole(33, 33, 4));
        product_of_rows_before::native(&whole(33, 33, 1), &mut native);
        desc_jit::with_engine(engine, || product_of_rows_before::try_call(&whole(33, 33, 1), &mut staged))?;
        // Rounded from the second row on.
        let near = native.iter().zip(staged.iter()).all(|(x, y)| (x - y).abs() <= 1e-13 * x.abs().max(1.0));
        assert!(near, "{engine}");
    }
    let explanation = two_products::explain(&a, &b, &c, &mut whole(34, 35, 4))?;
    let product = "part of a matrix product by the `gemm` crate";
    let products = explanation.loops().iter().filter(|l| l.became().contains(product)).count();
    assert!(products >= 2, "{explanation}");
    Ok(())
}
