//! Looking for the first operation that makes a NaN.

use desc_jit::ErrorKind;
use desc_jit::backend::with_debug_nans;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};

#[desc_jit]
fn normalised(x: &Array1<f64>) -> Array1<f64> {
    let total = x.sum();
    let mut y = x.clone();
    for i in 0..x.len() {
        y[i] = x[i] / total;
    }
    let z = y + 1.0;
    z
}

#[test]
fn the_first_operation_that_makes_a_nan_is_an_error_at_its_line() {
    let (good, bad) = (Array1::from_vec(vec![1.0, 3.0]), Array1::from_vec(vec![0.0, 0.0]));
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert!(normalised(&bad)[0].is_nan());
            with_debug_nans(true, || {
                assert_eq!(normalised(&good).to_vec(), [1.25, 1.75]);
                let error = normalised::try_call(&bad).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NotANumber);
                assert!(error.to_string().contains("y[i] = x[i] / total"), "{error}");
                assert!(error.to_string().contains("its operands: 0.0, 0.0"), "{error}");
            });
        });
    }
}

#[test]
fn a_nan_that_comes_from_outside_is_none_of_ours() {
    let x = Array1::from_vec(vec![f64::NAN, 1.0]);
    assert!(with_debug_nans(true, || normalised(&x))[1].is_nan());
}

#[desc_jit]
fn distance(x: f64) -> f64 {
    (x * x).sqrt()
}

#[test]
fn derivatives_are_looked_through_too() {
    let slope = grad(distance::jit());
    assert!(slope(0.0).is_nan());
    let error = with_debug_nans(true, || slope.try_call(0.0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotANumber);
    assert!(error.to_string().contains(".sqrt()"), "{error}");
}

#[desc_jit]
fn ratios(x: &Array2<f64>) -> Array2<f64> {
    x / x
}

#[test]
fn of_an_array_the_element_is_named() {
    let x = Array2::from_shape_fn((2, 2), |(i, j)| if (i, j) == (1, 0) { 0.0 } else { 1.0 });
    let error = with_debug_nans(true, || ratios::try_call(&x)).unwrap_err();
    assert!(error.message().contains("element 2 in row-major order"), "{error}");
}

#[test]
fn the_environment_asks_to_look() {
    if std::env::var_os("DESC_JIT_CHILD").is_some() {
        match normalised::try_call(&Array1::zeros(2)) {
            Ok(y) => println!("child: {}", y[0]),
            Err(error) => println!("child: {error}"),
        }
        return;
    }
    let line = 1 + include_str!("nans.rs").lines().position(|l| l.contains("y[i] = x[i] / total;")).unwrap();
    let place = format!("nans.rs:{line}:");
    for (value, wanted) in
        [("0", &["child: NaN"][..]), ("1", &["div", "y[i] = x[i] / total", "its operands: 0.0, 0.0", &place])]
    {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["nans::the_environment_asks_to_look", "--exact", "--nocapture"])
            .env("DESC_JIT_CHILD", "1")
            .env("DESC_DEBUG_NANS", value)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        for part in wanted {
            assert!(text.contains(part), "DESC_DEBUG_NANS={value} lacks {part:?}:\n{text}");
        }
    }
}
