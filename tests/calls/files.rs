//! Arrays from and to `.npy` and `.npz` files, through an annotated function.

use desc_jit::prelude::*;

#[desc_jit]
fn doubled(x: &Array2<f64>) -> Array2<f64> {
    x * 2.0
}

#[test]
fn a_field_goes_through_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.npy");
    let x = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64);
    x.write_npy(&path).unwrap();
    let y = doubled(&Array2::<f64>::read_npy(&path).unwrap());
    assert_eq!(y, &x * 2.0);
    let error = Array2::<f64>::read_npy(folder.path().join("missing.npy")).unwrap_err().to_string();
    assert!(error.contains("missing.npy"), "{error}");
    let error = Array1::<f64>::read_npy(&path).unwrap_err().to_string();
    assert!(error.contains("field.npy"), "{error}");
}
