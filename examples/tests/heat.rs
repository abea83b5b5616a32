//! The example `heat` as a user runs it: files in, files and a report out.

mod common;

use std::path::Path;

use common::{assert_picture, error_of, run, stdout_of};
use ndarray::{Array1, Array2, Array3, ShapeBuilder};
use ndarray_npy::{read_npy, write_npy};
use tempfile::TempDir;

/// A field without symmetry, so that a swap of axes or signs would show.
fn field(nx: usize, ny: usize) -> Array2<f64> {
    Array2::from_shape_fn((nx, ny), |(i, j)| 20.0 + (i * i) as f64 - 3.0 * j as f64 + (i * j) as f64 / 7.0)
}

/// The scheme written once more, to compare with.
fn diffused(mut u: Array2<f64>, alpha: f64, steps: usize) -> Array2<f64> {
    let (nx, ny) = u.dim();
    for _ in 0..steps {
        let old = u.clone();
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                let neighbours = old[[i + 1, j]] + old[[i - 1, j]] + old[[i, j + 1]] + old[[i, j - 1]];
                u[[i, j]] = old[[i, j]] + alpha * (neighbours - 4.0 * old[[i, j]]);
            }
        }
    }
    u
}

fn run_on(field: &Array2<f64>, arguments: &[&str]) -> (Array2<f64>, String) {
    let folder = TempDir::new().unwrap();
    write_npy(folder.path().join("field.npy"), field).unwrap();
    let output =
        run("heat", folder.path(), &[&["--input", "field.npy", "--output", "results"], arguments].concat());
    let report = stdout_of(&output);
    assert_picture(&folder.path().join("results/heat.png"));
    (read_npy(folder.path().join("results/heat.npy")).unwrap(), report)
}

#[test]
fn a_small_plate_diffuses_as_the_scheme_says() {
    // 47 steps are 15 calls of 3 steps and one of 2.
    let (result, report) = run_on(&field(12, 9), &["--steps", "47", "--alpha", "0.2"]);
    let expected = diffused(field(12, 9), 0.2, 47);
    assert_eq!(result, expected);
    assert!(report.contains("largest difference between native and jit: 0e0\n"), "{report}");
    for line in ["12 x 9 points", "native  ", "jit, first call", "jit, later calls", "times native"] {
        assert!(report.contains(line), "{line:?} is missing in\n{report}");
    }
}

#[test]
fn no_steps_leave_the_field_as_it_is() {
    assert_eq!(run_on(&field(5, 4), &["--steps", "0"]).0, field(5, 4));
}

#[test]
fn a_plate_that_is_all_edge_keeps_its_temperature() {
    for (nx, ny) in [(1, 1), (1, 7), (2, 2), (7, 2), (2, 3)] {
        let (result, report) = run_on(&field(nx, ny), &["--steps", "3"]);
        assert_eq!(result, field(nx, ny));
        assert!(report.contains("all edge"), "{report}");
    }
}

#[test]
fn a_field_in_fortran_order_means_the_same_field() {
    let mut fortran = Array2::zeros((6, 5).f());
    fortran.assign(&field(6, 5));
    assert_eq!(run_on(&fortran, &["--steps", "4"]).0, run_on(&field(6, 5), &["--steps", "4"]).0);
}

#[test]
fn the_shipped_plate_can_be_made_again() {
    let folder = TempDir::new().unwrap();
    stdout_of(&run("heat", folder.path(), &["--make-input", "plate.npy"]));
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/plate.npy");
    let made: Array2<f64> = read_npy(folder.path().join("plate.npy")).unwrap();
    let shipped: Array2<f64> = read_npy(shipped).unwrap();
    assert_eq!(made.dim(), (192, 128));
    // `exp` may differ in the last bit between C libraries.
    assert!(made.iter().zip(&shipped).all(|(a, b)| (a - b).abs() < 1e-12));
}

#[test]
fn an_unstable_or_senseless_alpha_is_refused() {
    let folder = TempDir::new().unwrap();
    for alpha in ["0.2501", "-0.1", "nan", "inf"] {
        let message = error_of(&run("heat", folder.path(), &["--alpha", alpha]));
        assert!(message.contains("stable only for 0 <= alpha <= 0.25"), "{message}");
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_file_that_is_no_such_field_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_npy(at("rank1.npy"), &Array1::<f64>::zeros(5)).unwrap();
    write_npy(at("rank3.npy"), &Array3::<f64>::zeros((2, 3, 4))).unwrap();
    write_npy(at("single.npy"), &Array2::<f32>::zeros((4, 4))).unwrap();
    write_npy(at("empty.npy"), &Array2::<f64>::zeros((0, 4))).unwrap();
    let mut holed = field(4, 4);
    holed[[2, 1]] = f64::NAN;
    write_npy(at("holed.npy"), &holed).unwrap();
    std::fs::write(at("text.npy"), "1.0 2.0\n").unwrap();
    let truncated = std::fs::read(at("rank3.npy")).unwrap();
    std::fs::write(at("short.npy"), &truncated[..truncated.len() - 8]).unwrap();

    for (file, reason) in [
        ("missing.npy", "there is no file"),
        ("rank1.npy", "2-D array of f64"),
        ("rank3.npy", "2-D array of f64"),
        ("single.npy", "2-D array of f64"),
        ("text.npy", "2-D array of f64"),
        ("short.npy", "2-D array of f64"),
        ("empty.npy", "is empty: 0 x 4 points"),
        ("holed.npy", "NaN at [2, 1]"),
    ] {
        let message = error_of(&run("heat", folder.path(), &["--input", file]));
        assert!(message.contains(file) && message.contains(reason), "{file}: {message}");
    }
}

#[test]
fn a_device_that_nobody_knows_is_an_error() {
    let folder = TempDir::new().unwrap();
    let message = error_of(&run("heat", folder.path(), &["--device", "abacus"]));
    assert!(message.contains("abacus"), "{message}");
}
