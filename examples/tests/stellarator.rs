//! The example `stellarator` as a user runs it, against what the DESC code and analysis say.

mod common;

use std::f64::consts::PI;
use std::path::Path;

use common::{assert_picture, error_of, run, run_with, stdout_of};
use serde_json::Value;
use tempfile::TempDir;

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name).display().to_string()
}

/// The JSON object of a run in a folder of its own.
fn measure(arguments: &[&str], variables: &[(&str, &str)]) -> Value {
    let folder = TempDir::new().unwrap();
    let output = run_with(
        "stellarator",
        folder.path(),
        &[&["--json", "--repeats", "1"], arguments].concat(),
        variables,
    );
    serde_json::from_str(&stdout_of(&output)).expect("standard output is one JSON object and nothing else")
}

fn number(object: &Value, key: &str) -> f64 {
    object[key].as_f64().unwrap_or_else(|| panic!("{key} is no number in {object}"))
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    let error = ((found - expected) / expected).abs();
    assert!(error < 1e-12, "found {found}, expected {expected}: relative difference {error:e}");
}

/// Volume, area and largest R of W7-X at one grid, as computed with DESC's boundary.
fn assert_w7x(found: &Value, grid: &str) {
    let reference = std::fs::read_to_string(data("w7x_reference.json")).unwrap();
    let reference: Value = serde_json::from_str(&reference).unwrap();
    let expected = &reference["by_grid"][grid];
    assert_eq!(found["nfp"], reference["nfp"]);
    assert_close(number(found, "volume_m3"), number(expected, "volume_m3"));
    assert_close(number(found, "area_m2"), number(expected, "area_m2"));
    assert_close(number(found, "r_max_m"), number(expected, "R_max"));
    assert!(number(found, "max_abs_diff_native") < 1e-12, "{found}");
}

#[test]
fn w7x_agrees_with_desc_on_the_default_grid() {
    let found = measure(&[], &[]);
    assert_w7x(&found, "65");
    for key in ["native_s", "first_call_s", "call_s"] {
        assert!(number(&found, key) > 0.0, "{key}");
    }
    // The published design values: R0 = 5.5 m, a about 0.5 m (Grieger et al., Phys. Fluids B 4, 2081 (1992)).
    assert!((number(&found, "major_radius_m") - 5.5).abs() < 0.05);
    assert!((number(&found, "minor_radius_m") - 0.5).abs() < 0.05);
}

#[test]
fn w7x_agrees_with_desc_on_a_coarse_grid() {
    assert_w7x(&measure(&["--grid", "33"], &[]), "33");
}

#[test]
fn w7x_agrees_with_desc_when_the_native_backend_is_selected() {
    let found = measure(&["--grid", "33"], &[("DESC_BACKEND", "native")]);
    assert_eq!(found["backend"], "native");
    assert_w7x(&found, "33");
}

#[test]
fn the_derivative_of_the_volume_agrees_with_desc() {
    let reference = std::fs::read_to_string(data("w7x_reference.json")).unwrap();
    let reference: Value = serde_json::from_str(&reference).unwrap();
    for grid in ["33", "65"] {
        let found = measure(&["--gradient", "--grid", grid], &[]);
        assert_w7x(&found, grid);
        assert_close(number(&found, "dV_dR00"), number(&reference["by_grid"][grid], "dV_dR00"));
        let by_mode = found["dV_dmodes"].as_array().unwrap();
        assert_eq!(by_mode.len(), 625);
        // R is multiplied by k and Z by k: the volume by its cube. Euler's theorem on homogeneous functions.
        let boundary = std::fs::read_to_string(data("w7x_boundary.csv")).unwrap();
        let coefficients = boundary.lines().filter_map(|l| l.rsplit(',').next()?.parse::<f64>().ok());
        let sum: f64 = coefficients.zip(by_mode).map(|(c, d)| c * number(d, "dV_dcoefficient_m2")).sum();
        assert_close(sum, 3.0 * number(&found, "volume_m3"));
    }
}

/// V = 2 pi^2 R0 a b, by each of its three numbers.
#[test]
fn the_derivatives_of_the_tokamak_are_those_of_pappus() {
    let folder = TempDir::new().unwrap();
    let arguments = ["--input", &data("tokamak.csv"), "--grid", "16", "--repeats", "1", "--gradient"];
    let output = run("stellarator", folder.path(), &[&arguments[..], &["--json"]].concat());
    let found: Value = serde_json::from_str(&stdout_of(&output)).unwrap();
    let (r0, a, b) = (1.7, 0.5, 0.8);
    let derivative = |k: usize| number(&found["dV_dmodes"][k], "dV_dcoefficient_m2");
    assert_close(number(&found, "dV_dR00"), 2.0 * PI * PI * a * b);
    assert_close(derivative(0), 2.0 * PI * PI * a * b);
    assert_close(derivative(1), 2.0 * PI * PI * r0 * b);
    assert_close(derivative(2).abs(), 2.0 * PI * PI * r0 * a);
    assert_picture(&folder.path().join("out/gradient.png"));
    let report = stdout_of(&run("stellarator", folder.path(), &arguments));
    for text in ["by the 3 coefficients", "dV/dR00 = 7.895683520871", "volumes, for 3 derivatives"] {
        assert!(report.contains(text), "{text:?} is missing in\n{report}");
    }
}

/// The circumference of an ellipse by the arithmetic-geometric mean (DLMF 19.8.6).
fn circumference(mut a: f64, mut b: f64) -> f64 {
    let mut sum = 0.5 * (a * a + b * b);
    let mut weight = 0.5;
    while (a - b).abs() > 1e-15 * a {
        let c = 0.5 * (a - b);
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
        weight *= 2.0;
        sum -= weight * c * c;
    }
    2.0 * PI * sum / a
}

#[test]
fn the_tokamak_has_the_volume_and_area_of_pappus() {
    let found = measure(&["--input", &data("tokamak.csv")], &[]);
    let (r0, a, b) = (1.7, 0.5, 0.8);
    assert_eq!(found["nfp"], 1);
    assert_close(number(&found, "volume_m3"), 2.0 * PI * r0 * PI * a * b);
    assert_close(number(&found, "area_m2"), 2.0 * PI * r0 * circumference(a, b));
    assert_close(number(&found, "major_radius_m"), r0);
    assert_close(number(&found, "minor_radius_m"), f64::sqrt(a * b));
    assert_close(number(&found, "aspect_ratio"), r0 / f64::sqrt(a * b));
}

#[test]
fn the_direction_of_the_angle_does_not_matter() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("circle.csv");
    // Z falls with theta: the surface is traversed the other way round. Spaces and blank lines do no harm.
    std::fs::write(
        &file,
        "# circle; nfp=3\n\ncoord, m, n, value\nR, 0, 0, 2\nR, 1, 0, 0.5\nZ, -1, 0, -5e-1\n",
    )
    .unwrap();
    let found = measure(&["--input", &file.display().to_string(), "--grid", "16"], &[]);
    assert_close(number(&found, "volume_m3"), 2.0 * PI * PI * 2.0 * 0.25);
    assert_close(number(&found, "area_m2"), 4.0 * PI * PI * 2.0 * 0.5);
}

#[test]
fn a_torus_turned_into_a_helix_keeps_its_cross_section() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("helix.csv");
    // A circular cross-section of radius a whose centre moves up and down as Z = d sin(5 phi): sheared in Z at
    // constant phi, so volume and cross-section are those of the plain torus. It tests the modes with n != 0.
    let text = "# nfp=5\ncoord,m,n,value\nR,0,0,3.0\nR,1,0,0.4\nZ,-1,0,0.4\nZ,0,-1,0.3\n";
    std::fs::write(&file, text).unwrap();
    let found = measure(&["--input", &file.display().to_string(), "--grid", "33"], &[]);
    assert_close(number(&found, "volume_m3"), 2.0 * PI * PI * 3.0 * 0.16);
    assert_close(number(&found, "minor_radius_m"), 0.4);
    let torus_area = 4.0 * PI * PI * 3.0 * 0.4;
    assert!(number(&found, "area_m2") > 1.01 * torus_area);
}

#[test]
fn the_text_report_names_every_figure_with_its_unit() {
    let folder = TempDir::new().unwrap();
    let output = run(
        "stellarator",
        folder.path(),
        &["--input", &data("tokamak.csv"), "--grid", "9", "--repeats", "1", "--output", "deep/results"],
    );
    let report = stdout_of(&output);
    for text in [
        "volume = 13.4226619854",
        " m^3\n",
        "area = ",
        " m^2\n",
        "major radius = 1.700000 m",
        "aspect ratio = 2.6879",
        "largest difference between native and jit: ",
        "jit, first call",
        "times native",
    ] {
        assert!(report.contains(text), "{text:?} is missing in\n{report}");
    }
    assert_picture(&folder.path().join("deep/results/cross-sections.png"));
}

#[test]
fn a_malformed_file_is_refused_with_its_name_and_line() {
    let folder = TempDir::new().unwrap();
    let good = ["# nfp=1", "coord,m,n,value", "R,0,0,1.7", "R,1,0,0.5", "Z,-1,0,0.8"];
    let with = |line: usize, text: &str| {
        let mut lines = good.to_vec();
        lines[line - 1] = text;
        lines.join("\n")
    };
    for (text, line, reason) in [
        (with(1, "# a comment without the number"), 2, "no comment says how many field periods"),
        (with(1, "# nfp=many"), 1, "nfp is \"many\""),
        (with(1, "# nfp=-5"), 1, "a whole number from 1 on"),
        (with(1, "# nfp=0"), 1, "a whole number from 1 on"),
        (with(3, "# nfp=2"), 3, "nfp=2 contradicts nfp=1 on line 1"),
        (with(2, "R,2,0,0.1"), 2, "expected the heading \"coord,m,n,value\""),
        (with(4, "R,1,0,0.5x"), 4, "\"0.5x\", which is not a number"),
        (with(4, "R,1,0,"), 4, "\"\", which is not a number"),
        (with(4, "R,1,0,NaN"), 4, "a finite number of metres"),
        (with(4, "R,1,0,inf"), 4, "a finite number of metres"),
        (with(4, "R,one,0,0.5"), 4, "the mode number m is \"one\""),
        (with(4, "R,1,0.5,0.5"), 4, "the mode number n is \"0.5\""),
        (
            with(4, "R,-9223372036854775808,0,0.5"),
            4,
            "the mode number m=-9223372036854775808 is out of range",
        ),
        (with(4, "L,1,0,0.5"), 4, "unknown coordinate \"L\": expected R or Z"),
        (with(4, "R,1,0"), 4, "expected 4 columns (coord,m,n,value) but found 3"),
        (with(4, "R,1,0,0.5,0.1"), 4, "but found 5"),
        (with(4, "R,0,0,0.5"), 4, "the mode m=0, n=0 of R stands on line 3 already"),
        (with(5, "R,2,0,0.5"), 5, "the file ends without a mode of Z"),
        (String::new(), 1, "the file ends before the heading"),
    ] {
        std::fs::write(folder.path().join("bad.csv"), &text).unwrap();
        let output = run("stellarator", folder.path(), &["--input", "bad.csv", "--json"]);
        let message = error_of(&output);
        assert!(message.contains(&format!("bad.csv:{line}: ")), "{text}\ngives\n{message}");
        assert!(message.contains(reason), "{text}\ngives\n{message}");
        assert!(output.stdout.is_empty(), "nothing but a result belongs on standard output");
    }
}

#[test]
fn a_boundary_that_is_no_torus_is_refused() {
    let folder = TempDir::new().unwrap();
    for (modes, reason) in [
        ("R,0,0,1.0\nR,1,0,1.5\nZ,-1,0,1.0", "crosses the axis of the torus"),
        ("R,0,0,2.0\nR,1,0,0.5\nZ,1,0,0.5", "encloses no volume"),
        ("R,0,0,2.0\nZ,-1,0,0.5", "encloses no volume"),
        ("R,0,0,1e200\nR,1,0,1e199\nZ,-1,0,1e199", "too large"),
    ] {
        std::fs::write(folder.path().join("odd.csv"), format!("# nfp=1\ncoord,m,n,value\n{modes}\n"))
            .unwrap();
        let message = error_of(&run("stellarator", folder.path(), &["--input", "odd.csv", "--grid", "16"]));
        assert!(message.contains("odd.csv") && message.contains(reason), "{modes}\ngives\n{message}");
    }
}

#[test]
fn a_file_that_is_not_there_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let message = error_of(&run("stellarator", folder.path(), &["--input", "nowhere.csv"]));
    assert!(message.contains("nowhere.csv"), "{message}");
}

#[test]
fn without_a_gpu_the_cpu_is_taken_with_a_warning() {
    if cfg!(feature = "cuda") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let arguments =
        ["--input", &data("tokamak.csv"), "--grid", "9", "--repeats", "1", "--device", "gpu", "--json"];
    let output = run("stellarator", folder.path(), &arguments);
    let found: Value = serde_json::from_str(&stdout_of(&output)).unwrap();
    assert_eq!(found["device"], "cpu");
    assert!(!output.stderr.is_empty(), "the fallback is announced on standard error");
}
