//! The example `optimize` as a user runs it: a source that is known is found again.

mod common;

use common::{assert_picture, error_of, run, stdout_of};
use serde_json::Value;
use tempfile::TempDir;

/// A plate small enough for a build without optimisation.
const SMALL: [&str; 8] = ["--size", "24", "--sensors-apart", "2", "--steps", "150", "--repeats", "1"];

/// The JSON object of a run on that plate.
fn recover(arguments: &[&str]) -> Value {
    report_of(&[&SMALL[..], arguments].concat())
}

/// The JSON object of a run in a folder of its own.
fn report_of(arguments: &[&str]) -> Value {
    let folder = TempDir::new().unwrap();
    let output = run("optimize", folder.path(), &[&["--json"], arguments].concat());
    let report = serde_json::from_str(&stdout_of(&output));
    assert_picture(&folder.path().join("out/optimize.png"));
    report.expect("standard output is one JSON object and nothing else")
}

fn number(object: &Value, key: &str) -> f64 {
    object[key].as_f64().unwrap_or_else(|| panic!("{key} is no number in {object}"))
}

#[test]
fn a_source_is_recovered_to_three_percent() {
    // Iterated to the minimum, which is unique: elsewhere in the valley the error depends on every rounding.
    let found = recover(&["--smoothing", "1e-6", "--iterations", "5000"]);
    assert_eq!(found["ended"], "Solver converged");
    assert_eq!((found["unknowns"].as_u64(), found["sensors"].as_u64()), (Some(576), Some(121)));
    assert!(number(&found, "source_error") < 0.03, "{found}");
    assert_eq!(number(&found, "first_misfit"), 0.5);
    assert!(number(&found, "last_misfit") < 3e-6, "{found}");
    // The misfit is quadratic, so that only rounding is left between the gradient and a central difference.
    assert!(number(&found, "gradient_error") < 1e-13, "{found}");
    for key in ["simulation_s", "gradient_s", "first_gradient_s", "search_s"] {
        assert!(number(&found, key) > 0.0, "{key}");
    }
}

#[test]
fn sources_are_recovered_as_well_as_the_page_says() {
    // With noise the search ends at the minimum, which does not depend on rounding.
    for (noise, error) in [("0.01", 0.028), ("0.03", 0.053)] {
        let found = report_of(&["--noise", noise, "--repeats", "1"]);
        assert_eq!(
            (found["ended"].as_str(), found["unknowns"].as_u64()),
            (Some("Solver converged"), Some(2304))
        );
        assert!((number(&found, "source_error") - error).abs() < 5e-4, "{found}");
    }
    // Without it 1.1 % in the valley, and 1.5 % at the minimum.
    let found = report_of(&["--repeats", "1"]);
    assert!((0.0105..0.0155).contains(&number(&found, "source_error")), "{found}");
    let page = include_str!("../README.md");
    for row in ["500 | 500 | 1.1 % |", "500 | 318 | 2.8 % |", "500 | 131 | 5.3 % |", "1.5 % at the minimum"] {
        assert!(page.contains(row), "{row}");
    }
}

#[test]
fn noise_of_a_percent_is_not_fitted() {
    let found = recover(&["--noise", "0.01"]);
    assert!(number(&found, "source_error") < 0.04, "{found}");
    // The misfit of the true source is half the square of the noise; a smaller one would be the noise's own.
    assert!((5e-5..1e-4).contains(&number(&found, "last_misfit")), "{found}");
    // The same seed is the same noise, another one another.
    assert_eq!(recover(&["--noise", "0.01"])["last_misfit"], found["last_misfit"]);
    assert_ne!(recover(&["--noise", "0.01", "--seed", "2"])["last_misfit"], found["last_misfit"]);
}

#[test]
fn no_iterations_leave_no_source() {
    let found = recover(&["--iterations", "0"]);
    assert_eq!((number(&found, "source_error"), number(&found, "last_misfit")), (1.0, 0.5));
}

#[test]
fn the_text_report_names_every_figure() {
    let folder = TempDir::new().unwrap();
    let output = run("optimize", folder.path(), &[&SMALL[..], &["--iterations", "5"]].concat());
    let report = stdout_of(&output);
    for text in [
        "24 x 24 points, 121 sensors, 150 time steps",
        "576: the source at every point",
        "relative error of the recovered source = ",
        "gradient against a central difference: ",
        "simulations, for 576 derivatives",
        "Maximum number of iterations reached",
    ] {
        assert!(report.contains(text), "{text:?} is missing in\n{report}");
    }
}

#[test]
fn senseless_options_are_refused() {
    let folder = TempDir::new().unwrap();
    for (arguments, reason) in [
        (["--noise", "-0.1"], "noise is -0.1, but it is a number from 0 on"),
        (["--noise", "nan"], "noise is NaN"),
        (["--noise", "inf"], "noise is inf"),
        (["--smoothing", "-1"], "smoothing is -1"),
        (["--sensors-apart", "47"], "leave none inside a plate of 48 points"),
    ] {
        let message = error_of(&run("optimize", folder.path(), &arguments));
        assert!(message.contains(reason), "{message}");
    }
    assert!(!folder.path().join("out").exists());
}
