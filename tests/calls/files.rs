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

#[desc_jit]
fn turned(x: &Array1<u64>) -> Array1<u64> {
    x.mapv(|v| v.rotate_left(1))
}

#[test]
fn unsigned_numbers_keep_all_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.npy");
    let x = Array1::from_vec(vec![0, 1 << 63, u64::MAX, 0xcbf2_9ce4_8422_2325]);
    x.write_npy(&path).unwrap();
    assert!(std::fs::read(&path).unwrap().windows(5).any(|w| w == b"'<u8'"));
    let y = turned(&Array1::<u64>::read_npy(&path).unwrap());
    assert_eq!(y, x.mapv(|v| v.rotate_left(1)));
    assert_eq!(format!("{}", x.slice(s![1..3])), "[9223372036854775808, 18446744073709551615]");
    let tensor = x.to_tensor().unwrap();
    assert_eq!(tensor.to_vec1::<i64>().unwrap()[2], -1);
    assert_eq!(Array1::<u64>::from_tensor(&tensor).unwrap(), x);
    let error = Array1::<i64>::read_npy(&path).unwrap_err().to_string();
    assert!(error.contains("u64"), "{error}");
}
