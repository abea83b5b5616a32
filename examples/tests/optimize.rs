//! The example `optimize` as a user runs it.

mod common;

use common::{assert_picture, error_of, run, stdout_of};
use serde_json::Value;
use tempfile::TempDir;

fn optimize(folder: &TempDir, arguments: &[&str]) -> Value {
    let output = run("optimize", folder.path(), &[&["--json"], arguments].concat());
    serde_json::from_str(&stdout_of(&output)).expect("standard output is one JSON object and nothing else")
}

#[test]
fn the_source_is_recovered_to_two_percent() {
    let folder = TempDir::new().unwrap();
    let found = optimize(&folder, &[]);
    assert_eq!(found["unknowns"], 256);
    let error = found["relative_error"].as_f64().unwrap();
    assert!(error < 0.02, "{found}");
    assert!(found["misfit"][1].as_f64().unwrap() < 1e-6 * found["misfit"][0].as_f64().unwrap(), "{found}");
    assert_picture(&folder.path().join("out/optimize.png"));
}

#[test]
fn a_sensor_at_every_point_recovers_it_but_for_rounding() {
    let folder = TempDir::new().unwrap();
    let found = optimize(&folder, &["--spacing", "1", "--size", "12"]);
    assert!(found["relative_error"].as_f64().unwrap() < 1e-6, "{found}");
}

#[test]
fn a_scheme_that_is_not_stable_is_refused() {
    let folder = TempDir::new().unwrap();
    let error = error_of(&run("optimize", folder.path(), &["--alpha", "0.3"]));
    assert!(error.contains("alpha is 0.3"), "{error}");
}
