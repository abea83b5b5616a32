//! Conversions: ndarray, vectors, Candle, NumPy's files.

use candle_core::{DType as CandleType, Device as CandleDevice, Tensor};
use desc_jit::array;
use desc_jit::array::{Array1, Array2, ArrayD, Device, Element, read_npy, read_npz, write_npz};
use desc_jit::error::ErrorKind;
use ndarray as nd;
use std::path::PathBuf;

/// A file of this test in the temporary folder, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("desc-jit-{}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn ndarray_both_ways() {
    let x = nd::array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let a = Array2::from(x.clone());
    assert_eq!(nd::Array2::from(a.clone()), x);
    assert_eq!(Array2::from(&x), a);
    assert_eq!(Array2::from(x.view()), a);
    assert_eq!(Array2::from(x.t()), a.t().to_owned());
    // An owned array in Fortran order, and one that is a part of a longer vector.
    assert_eq!(Array2::from(x.clone().reversed_axes()), a.t());
    assert_eq!(Array2::from(x.clone().slice_move(nd::s![1.., ..])), array![[4.0, 5.0, 6.0]]);
    assert_eq!(Array2::from(x.clone().slice_move(nd::s![..1, ..])), array![[1.0, 2.0, 3.0]]);
    assert_eq!(a.nd(), x);
    let mut a = a;
    a.nd_mut().fill(1.0);
    assert_eq!(a.sum(), 6.0);
    assert_eq!(nd::ArrayView2::from(&a).sum(), 6.0);
}

#[test]
fn vectors_both_ways() {
    let a = Array1::from(vec![1.0, 2.0]);
    assert_eq!(Vec::from(a.clone()), [1.0, 2.0]);
    assert_eq!(Array1::from(&[1.0, 2.0][..]), a);
    assert_eq!(Array2::from(vec![[1, 2], [3, 4], [5, 6]]).dim(), (3, 2));
    assert_eq!(a.as_slice(), Some(&[1.0, 2.0][..]));
    let data: Vec<f64> = vec![1.0; 1000];
    let address = data.as_ptr();
    let a = Array1::from_vec(data);
    assert_eq!(a.as_slice().unwrap().as_ptr(), address, "nothing is copied on the way in");
    let data = a.into_vec();
    assert_eq!(data.as_ptr(), address, "nor on the way out");
}

fn through_candle<T: Element>(values: [T; 4], stored: CandleType) {
    let a = Array2::from_shape_vec((2, 2), values.to_vec()).unwrap();
    let t = a.to_tensor().unwrap();
    assert_eq!((t.dtype(), t.dims()), (stored, &[2, 2][..]));
    assert_eq!(Array2::<T>::from_tensor(&t).unwrap(), a);
    assert_eq!(Array2::<T>::try_from(t.clone()).unwrap(), a);
    assert_eq!(Array2::<T>::from_tensor(&t.t().unwrap()).unwrap(), a.t().to_owned());
    assert_eq!(Array1::<T>::from_tensor(&t.get(1).unwrap()).unwrap(), a.row(1));
    assert_eq!(ArrayD::<T>::from_tensor(&t).unwrap().shape(), [2, 2]);
    assert_eq!(Array2::<T>::from_tensor(&a.clone().into_tensor()).unwrap(), a);
}

#[test]
fn candle_both_ways() {
    through_candle([1.0f64, -2.5, f64::INFINITY, 0.0], CandleType::F64);
    through_candle([1.0f32, -2.5, 3.0, 0.0], CandleType::F32);
    through_candle([1i64, -2, 3, i64::MIN], CandleType::I64);
    through_candle([1i32, -2, 3, i32::MAX], CandleType::I32);
    through_candle([1u32, 2, 3, u32::MAX], CandleType::U32);
    through_candle([1usize, 2, 3, 4], CandleType::I64);
    through_candle([true, false, false, true], CandleType::U8);
}

#[test]
fn a_tensor_that_does_not_fit_is_refused() {
    let t = Tensor::new(&[1.0f64, 2.0], &CandleDevice::Cpu).unwrap();
    let e = Array1::<f32>::from_tensor(&t).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::DType);
    assert_eq!(
        e.message(),
        "a Candle tensor of f64 can't become an array of f32, which Candle stores as f32"
    );
    let e = Array2::<f64>::from_tensor(&t).unwrap_err();
    assert_eq!(e.message(), "expected an array with 2 axes, found one with 1 axis (shape [2])");
    let t = Tensor::new(&[0u8, 1, 7], &CandleDevice::Cpu).unwrap();
    let e = Array1::<bool>::from_tensor(&t).unwrap_err();
    assert_eq!(e.message(), "an array of bool is made of the bytes 0 and 1, but element 2 is 7");
    let t = Tensor::new(&[0i64, -1], &CandleDevice::Cpu).unwrap();
    let e = Array1::<usize>::from_tensor(&t).unwrap_err();
    assert_eq!(e.message(), "an array of usize can't hold -1, which the tensor contains");
}

#[test]
fn a_tensor_and_the_array_made_of_it_do_not_share_elements() {
    let a = array![1.0, 2.0];
    let t = a.to_tensor().unwrap();
    let mut b = Array1::<f64>::from_tensor(&t).unwrap();
    b[0] = 9.0;
    assert_eq!(t.to_vec1::<f64>().unwrap(), [1.0, 2.0]);
    assert_eq!(a[0], 1.0);
    let mut c = Array1::<f64>::try_from(t.clone()).unwrap();
    c[0] = 9.0;
    assert_eq!(t.to_vec1::<f64>().unwrap(), [1.0, 2.0]);
}

#[test]
fn devices() {
    let a = array![1.0, 2.0];
    let b = a.to_device(&Device::cpu()).unwrap();
    assert_eq!((a.block_until_ready(), b.device().to_string().as_str()), (&b, "cpu"));
    assert_eq!(a.to_host(), b);
    assert!(a.is_host());
    assert_eq!(Device::open("abacus").unwrap_err().kind(), ErrorKind::Argument);
    assert_eq!(Device::open("cuda:x").unwrap_err().kind(), ErrorKind::Argument);
}

fn through_a_file<T: Element>(name: &str, values: [T; 6]) {
    let file = Scratch::new(&format!("{name}.npy"));
    let a = Array2::from_shape_vec((2, 3), values.to_vec()).unwrap();
    a.write_npy(&file.0).unwrap();
    assert_eq!(Array2::<T>::read_npy(&file.0).unwrap(), a);
    assert_eq!(read_npy::<T, nd::IxDyn>(&file.0).unwrap().shape(), [2, 3]);
}

#[test]
fn npy_of_every_type() {
    through_a_file("f64", [1.0f64, -2.5, f64::INFINITY, 0.0, -0.0, 1e300]);
    through_a_file("f32", [1.0f32, -2.5, 3.0, 0.0, -0.0, 1e30]);
    through_a_file("i64", [1i64, -2, 3, i64::MIN, 0, 1]);
    through_a_file("i32", [1i32, -2, 3, i32::MIN, 0, 1]);
    through_a_file("u32", [1u32, 2, 3, u32::MAX, 0, 1]);
    through_a_file("usize", [1usize, 2, 3, 4, 5, 6]);
    through_a_file("bool", [true, false, false, true, true, true]);
}

/// A `.npy` file as NumPy writes it.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut text = header.to_string();
    while !(10 + text.len() + 1).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn npy_in_fortran_order_and_of_the_other_endianness() {
    let file = Scratch::new("fortran.npy");
    let data: Vec<u8> = [1.0f64, 4.0, 2.0, 5.0, 3.0, 6.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    let bytes = npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", &data);
    std::fs::write(&file.0, bytes).unwrap();
    let a: Array2<f64> = read_npy(&file.0).unwrap();
    assert_eq!(a, array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);

    let data: Vec<u8> = [1i64, -2].iter().flat_map(|x| x.to_be_bytes()).collect();
    let bytes = npy("{'descr': '>i8', 'fortran_order': False, 'shape': (2,), }", &data);
    std::fs::write(&file.0, bytes).unwrap();
    assert_eq!(read_npy::<i64, nd::Ix1>(&file.0).unwrap(), array![1i64, -2]);
}

#[test]
fn npy_files_that_do_not_fit_are_named_with_the_reason() {
    let file = Scratch::new("wrong.npy");
    let path = file.0.display().to_string();
    let error = |bytes: &[u8]| {
        std::fs::write(&file.0, bytes).unwrap();
        let e = read_npy::<f64, nd::Ix1>(&file.0).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Io);
        e.to_string().replace(&path, "FILE")
    };
    let header = |descr: &str, shape: &str| {
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
    };
    assert_eq!(
        error(&npy(&header("<f4", "(1,)"), &[0; 4])),
        "FILE: holds f32, not f64\n  = read it as an array of f32, or write f64 from NumPy"
    );
    assert_eq!(
        error(&npy(&header("<c16", "(1,)"), &[0; 16])),
        "FILE: holds complex numbers of f64, not f64\n  = convert it in NumPy: `a.astype(\"float64\")`"
    );
    assert_eq!(
        error(&npy(&header("<f8", "(1, 2)"), &[0; 16])),
        "FILE: expected an array with 1 axis, found one with 2 axes (shape [1, 2])"
    );
    assert_eq!(error(&npy(&header("<f8", "(2,)"), &[0; 12])), "FILE: the file ends before the last element");
    assert_eq!(
        error(&npy(&header("<f8", "(1000000000000000,)"), &[0; 8])),
        "FILE: the file ends before the last element"
    );
    assert_eq!(error(&npy(&header("<f8", "(1,)"), &[0; 9])), "FILE: 1 bytes follow the last element");
    assert!(error(b"time,temperature\n0,1\n").starts_with("FILE: not a NumPy file ("));
    assert!(error(b"").starts_with("FILE: "));
    std::fs::write(&file.0, npy(&header("<i8", "(1,)"), &(-1i64).to_le_bytes())).unwrap();
    let e = read_npy::<usize, nd::Ix1>(&file.0).unwrap_err();
    assert_eq!(e.message().replace(&path, "FILE"), "FILE: holds negative numbers, which usize is not");
    let e = read_npy::<f64, nd::Ix1>("/no/such/file.npy").unwrap_err();
    assert!(e.message().starts_with("/no/such/file.npy: "), "{e}");
}

#[test]
fn npz_by_name() {
    let file = Scratch::new("several.npz");
    let (a, b) = (array![1.0, 2.0], array![3.0]);
    write_npz(&file.0, &[("a", &a), ("b", &b)]).unwrap();
    assert_eq!(read_npz::<f64, nd::Ix1>(&file.0, "a").unwrap(), a);
    assert_eq!(Array1::<f64>::read_npz(&file.0, "b").unwrap(), b);
    let path = file.0.display().to_string();
    let e = read_npz::<f64, nd::Ix1>(&file.0, "c").unwrap_err();
    assert_eq!(e.message().replace(&path, "FILE"), "FILE: has no array `c`; it has `a`, `b`");
    let e = read_npz::<i64, nd::Ix1>(&file.0, "a").unwrap_err();
    assert_eq!(e.message().replace(&path, "FILE"), "FILE, array `a`: holds f64, not i64");
    std::fs::write(&file.0, b"no archive").unwrap();
    let e = read_npz::<f64, nd::Ix1>(&file.0, "a").unwrap_err();
    assert!(e.message().contains("not a `.npz` file"), "{e}");
}
