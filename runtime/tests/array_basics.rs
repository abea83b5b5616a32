//! Arrays as plain Rust: construction, indices, views, mutation, against ndarray.

use desc_jit::array;
use desc_jit::array::{Array, Array0, Array1, Array2, Array3, ArrayD, Axis, IxDyn, s};
use ndarray as nd;

fn table(n: usize, m: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, m), |(i, j)| (10 * i + j) as f64)
}

fn message_of(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = std::panic::catch_unwind(f).expect_err("it panics");
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|s| s.to_string()))
        .unwrap()
}

#[test]
fn constructors() {
    assert_eq!(Array2::<f64>::zeros((2, 3)).to_vec(), [0.0; 6]);
    assert_eq!(Array1::<bool>::ones(2).to_vec(), [true, true]);
    assert_eq!(Array3::from_elem((1, 2, 2), 7i32).to_vec(), [7; 4]);
    assert_eq!(Array2::<usize>::eye(2), array![[1usize, 0], [0, 1]]);
    assert_eq!(Array2::from_diag(&array![1.0, 2.0]), array![[1.0, 0.0], [0.0, 2.0]]);
    assert_eq!(Array1::linspace(0.0, 1.0, 3), array![0.0, 0.5, 1.0]);
    assert_eq!(Array1::<f64>::linspace(2.0, 3.0, 1), array![2.0]);
    assert_eq!(Array1::<f64>::linspace(2.0, 3.0, 0).len(), 0);
    assert_eq!(Array1::range(0.0, 1.0, 0.25), array![0.0, 0.25, 0.5, 0.75]);
    assert_eq!(Array1::<f64>::range(1.0, 0.0, 0.25).len(), 0);
    assert_eq!(Array1::<usize>::arange(4), array![0usize, 1, 2, 3]);
    assert_eq!((0..3).map(|i| i as f64).collect::<Array1<f64>>(), array![0.0, 1.0, 2.0]);
    assert_eq!(array![[[1, 2], [3, 4]]].dim(), (1, 2, 2));
    assert_eq!(ArrayD::<f64>::zeros(vec![2, 1, 2]).shape(), [2, 1, 2]);
    assert_eq!(Array0::from_elem((), 3.0)[[]], 3.0);
    assert!(Array2::from_shape_vec((2, 2), vec![1.0; 3]).is_err());
    for n in [0, 1, 2, 7] {
        let theirs = nd::Array1::linspace(-1.5, 2.25, n);
        assert_eq!(Array1::linspace(-1.5, 2.25, n), theirs);
    }
}

#[test]
fn shapes() {
    let a = table(3, 4);
    assert_eq!((a.len(), a.ndim(), a.nrows(), a.ncols(), a.dim()), (12, 2, 3, 4, (3, 4)));
    assert_eq!(a.len_of(Axis(1)), 4);
    assert!(!a.is_empty() && Array2::<f64>::zeros((0, 3)).is_empty());
    assert_eq!(a.t().dim(), (4, 3));
    assert_eq!(a.reshape((2, 6)).row(1).to_vec(), [12.0, 13.0, 20.0, 21.0, 22.0, 23.0]);
    assert_eq!(a.t().reshape(12), nd::Array2::from(a.clone()).t().iter().copied().collect::<Array1<f64>>());
    assert_eq!(a.flatten().len(), 12);
    assert_eq!(a.insert_axis(Axis(0)).dim(), (1, 3, 4));
    assert_eq!(a.insert_axis(Axis(0)).remove_axis(Axis(0)), a);
    assert_eq!(a.broadcast((2, 3, 4)).unwrap().dim(), (2, 3, 4));
    assert!(a.broadcast((2, 4, 4)).is_none());
    let d = a.clone().into_dyn();
    assert_eq!(d[[2, 3]], 23.0);
    assert_eq!(d[&[2, 3][..]], 23.0);
    assert!(d.clone().into_dimensionality::<nd::Ix3>().is_err());
    assert_eq!(d.into_dimensionality::<nd::Ix2>().unwrap(), a);
    assert_eq!(a.permuted_axes((1, 0)), a.t());
    assert_eq!(a.clone().reversed_axes(), a.t().to_owned());
    let e = a.clone().into_shape_with_order((5, 2)).unwrap_err();
    assert_eq!(e.message(), "the 12 elements of an array of shape [3, 4] can't be given the shape [5, 2]");
}

#[test]
fn indices_read_and_write() {
    let mut a = table(2, 3);
    a[[1, 2]] += 0.5;
    a[(0, 0)] = -1.0;
    assert_eq!((a[[1, 2]], a[(0, 0)]), (12.5, -1.0));
    let mut v = Array1::from_vec(vec![1i64, 2, 3]);
    v[1] = v[0] + v[[2]];
    assert_eq!(v.to_vec(), [1, 4, 3]);
    let mut c = Array3::<bool>::zeros((2, 2, 2));
    c[[1, 0, 1]] = true;
    assert_eq!(c.iter().filter(|x| **x).count(), 1);
    a.swap([0, 0], [1, 2]);
    assert_eq!((a[[0, 0]], a[[1, 2]]), (12.5, -1.0));
    assert_eq!((a.get([2, 0]), a.get([1, 1])), (None, Some(&11.0)));
    *a.get_mut([1, 1]).unwrap() = 0.0;
    assert_eq!((a.first(), a.last()), (Some(&12.5), Some(&-1.0)));
    assert_eq!((a.t().first(), a.t().last()), (Some(&12.5), Some(&-1.0)));
    assert_eq!(Array1::<f64>::zeros(0).first(), None);
}

#[test]
fn an_index_out_of_range_panics_with_a_sentence() {
    let a = table(3, 5);
    assert_eq!(
        message_of(|| assert!(a[[3, 7]].is_nan())),
        "index [3, 7] is out of range for an array of shape [3, 5]"
    );
    let mut v = Array1::<f64>::zeros(0);
    assert_eq!(
        message_of(std::panic::AssertUnwindSafe(|| v[0] = 1.0)),
        "index 0 is out of range for an array of shape [0]"
    );
    let t = table(3, 5);
    assert_eq!(
        message_of(|| assert!(t.t()[[4, 3]].is_nan())),
        "index [4, 3] is out of range for an array of shape [5, 3]"
    );
    let d = table(2, 2).into_dyn();
    assert_eq!(
        message_of(|| assert!(d[[1]].is_nan())),
        "index 1 does not fit an array of shape [2, 2], which has 2 axes"
    );
    assert_eq!(
        message_of(|| assert!(table(2, 3).row(2).is_empty())),
        "index 2 is out of range for axis 0 of an array of shape [2, 3]"
    );
    assert_eq!(
        message_of(|| assert!(table(2, 3).slice(s![.., 1..5]).is_empty())),
        "the slice 1..5 is out of range for axis 1 of an array of shape [2, 3]"
    );
}

#[test]
fn the_panic_names_the_line_of_the_caller() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let before = std::panic::take_hook();
    let caught = std::thread::spawn(move || {
        std::panic::set_hook(Box::new(move |info| {
            let _ = sender.send(info.location().map(|l| (l.file().to_string(), l.line())));
        }));
        let a = Array1::<f64>::zeros(2);
        std::hint::black_box(a[5]);
    })
    .join();
    std::panic::set_hook(before);
    assert!(caught.is_err());
    let (file, line) = receiver.iter().flatten().find(|(file, _)| file.ends_with("array_basics.rs")).unwrap();
    assert!(file.ends_with("array_basics.rs") && line > 100, "{file}:{line}");
}

#[test]
fn rows_columns_and_slices() {
    let mut a = table(3, 4);
    let theirs = a.to_ndarray();
    assert_eq!(a.row(1).to_vec(), [10.0, 11.0, 12.0, 13.0]);
    assert_eq!(a.column(2).to_vec(), [2.0, 12.0, 22.0]);
    assert_eq!(a.row(0).to_slice(), Some(&[0.0, 1.0, 2.0, 3.0][..]));
    assert_eq!(a.slice(s![1.., ..]).to_owned(), theirs.slice(s![1.., ..]).to_owned());
    assert_eq!(a.slice(s![..;-1, 1..;2]).to_owned(), theirs.slice(s![..;-1, 1..;2]).to_owned());
    assert_eq!(a.slice(s![-1, ..]).to_vec(), [20.0, 21.0, 22.0, 23.0]);
    assert_eq!(a.slice(s![..;-1, ..;-2]).slice(s![1, ..]).to_vec(), [13.0, 11.0]);
    assert_eq!(a.slice(s![.., nd::NewAxis, 0]).shape(), [3, 1]);
    assert_eq!(a.slice(s![3.., ..]).dim(), (0, 4));
    assert_eq!(a.index_axis(Axis(1), 3).to_vec(), [3.0, 13.0, 23.0]);
    assert_eq!(a.select(Axis(0), &[2, 0]).column(0).to_vec(), [20.0, 0.0]);
    assert_eq!(a.diag().to_vec(), [0.0, 11.0, 22.0]);
    assert_eq!(a.slice_axis(Axis(1), nd::Slice::from(1..3)).dim(), (3, 2));

    a.row_mut(0).fill(-1.0);
    a.column_mut(3).assign(&array![7.0, 8.0, 9.0]);
    a.slice_mut(s![1.., ..2]).fill(0.0);
    let other = table(3, 4);
    a.slice_mut(s![2, ..;-1]).assign(&other.slice(s![1, ..]));
    assert_eq!(a, array![[-1.0, -1.0, -1.0, 7.0], [0.0, 0.0, 12.0, 8.0], [13.0, 12.0, 11.0, 10.0]]);
    let mut row = a.row_mut(1);
    row += 1.0;
    row *= &array![1.0, 2.0, 3.0, 4.0];
    row -= &other.row(0);
    assert_eq!(a.row(1), array![1.0, 1.0, 37.0, 33.0]);
    *a.row_mut(0) /= 2.0;
    assert_eq!(a[[0, 3]], 3.5);
    a.diag_mut().fill(5.0);
    assert_eq!((a[[0, 0]], a[[1, 1]], a[[2, 2]]), (5.0, 5.0, 5.0));
}

#[test]
fn going_through_arrays() {
    let mut a = table(2, 3);
    assert_eq!(a.iter().sum::<f64>(), 36.0);
    assert_eq!(a.t().iter().copied().collect::<Vec<_>>(), [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
    let found: Vec<_> = a.indexed_iter().filter(|(_, x)| **x > 10.5).map(|(at, _)| at).collect();
    assert_eq!(found, [(1, 1), (1, 2)]);
    for ((i, j), x) in a.indexed_iter_mut() {
        *x = (i * j) as f64;
    }
    assert_eq!(a.to_vec(), [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]);
    for x in &mut a {
        *x += 1.0;
    }
    assert_eq!(a.rows().map(|r| r.sum()).collect::<Vec<_>>(), [3.0, 6.0]);
    assert_eq!(a.columns().map(|c| c.sum()).collect::<Vec<_>>(), [2.0, 3.0, 4.0]);
    for (i, mut row) in a.rows_mut().enumerate() {
        row.fill(i as f64);
    }
    assert_eq!(a.outer_iter().next_back().unwrap().to_vec(), [1.0; 3]);
    let mut sum = 0.0;
    for &x in &a {
        sum += x;
    }
    assert_eq!(sum, 3.0);
    assert_eq!(a.clone().into_iter().collect::<Vec<f64>>(), a.into_vec());
}

#[test]
fn element_by_element() {
    let a = table(2, 3);
    assert_eq!(a.mapv(|x| x * 2.0), &a + &a);
    assert_eq!(a.map(|x| *x > 5.0).iter().filter(|x| **x).count(), 3);
    assert_eq!(a.t().mapv(|x| x as i64)[[2, 1]], 12);
    assert_eq!(a.clone().mapv_into(f64::sqrt), a.sqrt());
    let mut b = a.clone();
    b.mapv_inplace(|x| x + 1.0);
    b.zip_mut_with(&a, |x, y| *x -= y);
    assert_eq!(b, Array2::ones((2, 3)));
    b.assign(&array![1.0, 2.0, 3.0]);
    assert_eq!(b.row(1), array![1.0, 2.0, 3.0]);
    assert_eq!(a.clamp(1.0, 11.0).to_vec(), [1.0, 1.0, 2.0, 10.0, 11.0, 11.0]);
    let x = array![0.3, -1.7, f64::NAN, f64::INFINITY];
    let theirs = x.to_ndarray();
    let same = |ours: Array1<f64>, theirs: nd::Array1<f64>| {
        let bits = |v: Vec<f64>| v.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(ours.to_vec()), bits(theirs.to_vec()));
    };
    same(x.exp(), theirs.exp());
    same(x.sin(), theirs.sin());
    same(x.abs(), theirs.abs());
    same(x.powi(3), theirs.powi(3));
    same(x.powf(0.5), theirs.powf(0.5));
    same(x.ln(), theirs.ln());
    same(x.floor(), theirs.floor());
    same(x.hypot(2.0), theirs.hypot(2.0));
    same(x.signum(), theirs.signum());
    assert_eq!(x.is_nan(), array![false, false, true, false]);
    assert_eq!(x.is_finite(), array![true, true, false, false]);
    assert!(x.is_any_nan() && !x.is_all_nan());
}

#[test]
fn reductions() {
    let a = table(3, 4);
    let theirs = a.to_ndarray();
    assert_eq!(a.sum(), theirs.sum());
    assert_eq!(a.product(), theirs.product());
    assert_eq!(a.mean(), theirs.mean());
    assert_eq!(a.t().sum(), theirs.t().sum());
    assert_eq!(a.sum_axis(Axis(0)), theirs.sum_axis(Axis(0)));
    assert_eq!(a.sum_axis(Axis(1)), theirs.sum_axis(Axis(1)));
    assert_eq!(a.mean_axis(Axis(1)).unwrap(), theirs.mean_axis(Axis(1)).unwrap());
    assert_eq!(a.var(1.0), theirs.var(1.0));
    assert_eq!(a.std(0.0), theirs.std(0.0));
    assert_eq!((a.min(), a.max(), a.argmin(), a.argmax()), (0.0, 23.0, (0, 0), (2, 3)));
    assert_eq!(a.fold(0.0, |s, x| s + x), 138.0);
    assert_eq!(a.map_axis(Axis(0), |c| c.max()), array![20.0, 21.0, 22.0, 23.0]);
    let x = array![3.0, f64::NAN, 1.0, f64::NAN];
    assert!(x.min().is_nan() && x.max().is_nan());
    assert_eq!((x.argmin(), x.argmax()), (1, 1));
    assert_eq!(array![2, 1, 1].argmin(), 1);
    assert!(array![true, true].all() && !array![false, false].any());
    assert_eq!(Array2::<f64>::zeros((0, 3)).sum_axis(Axis(0)), Array1::zeros(3));
    assert_eq!(Array2::<f64>::zeros((0, 3)).mean_axis(Axis(0)), None);
    assert_eq!(
        message_of(|| assert!(Array1::<f64>::zeros(0).max().is_nan())),
        "`max` of an array without elements (shape [0]) has no value"
    );
}

#[test]
fn products() {
    let (a, b, x) = (table(3, 4), table(4, 2), array![1.0, -1.0, 0.5, 2.0]);
    let (na, nb, nx) = (a.to_ndarray(), b.to_ndarray(), x.to_ndarray());
    assert_eq!(a.dot(&b), na.dot(&nb));
    assert_eq!(a.dot(&x), na.dot(&nx));
    assert_eq!(x.dot(&b), nx.dot(&nb));
    assert_eq!(x.dot(&x), nx.dot(&nx));
    assert_eq!(a.row(1).dot(&b.column(0)), na.row(1).dot(&nb.column(0)));
    assert_eq!(b.t().dot(&a.t()), na.dot(&nb).t().to_owned());
    assert_eq!(array![[1, 2], [3, 4]].dot(&array![1, 1]), array![3, 7]);
    assert_eq!(Array2::<f64>::zeros((2, 0)).dot(&Array2::zeros((0, 3))), Array2::zeros((2, 3)));
    assert_eq!(
        message_of(|| drop(table(3, 4).dot(&array![1.0, 2.0]))),
        "arrays of shapes [3, 4] and [2] can't be multiplied as matrices: the last axis of the first and the \
         first axis of the second must have the same length"
    );
}

#[test]
fn clones_are_copies_and_swaps_are_not() {
    let mut a = table(2, 2);
    let mut b = a.clone();
    b[[0, 0]] = 9.0;
    assert_eq!(a[[0, 0]], 0.0);
    std::mem::swap(&mut a, &mut b);
    assert_eq!((a[[0, 0]], b[[0, 0]]), (9.0, 0.0));
    b.clone_from(&a);
    assert_eq!(a, b);
    assert_eq!(std::mem::take(&mut b), a);
    assert_eq!(b.dim(), (0, 0));
}

#[test]
fn arrays_without_elements() {
    let e = Array2::<f64>::zeros((0, 3));
    assert_eq!((e.sum(), e.product(), e.mean()), (0.0, 1.0, None));
    assert_eq!(&e + 1.0, e);
    assert_eq!(&e + &array![1.0, 2.0, 3.0], e);
    assert_eq!(e.t().dim(), (3, 0));
    assert_eq!(e.clone().mapv(f64::sin), e);
    assert_eq!(e.rows().count(), 0);
    assert_eq!(e.slice(s![..;-1, 1..]).dim(), (0, 2));
    assert_eq!(e.to_string(), "[[]]");
    assert_eq!(e.to_owned().into_vec(), Vec::<f64>::new());
    assert_eq!(Array::<f64, IxDyn>::zeros(IxDyn(&[2, 0])).to_tensor().unwrap().dims(), [2, 0]);
}

#[test]
fn text() {
    let a = array![[1.0, 2.5], [3.0, f64::NAN]];
    assert_eq!(format!("{a}"), format!("{}", a.to_ndarray()));
    assert_eq!(format!("{a:8.3}"), format!("{:8.3}", a.to_ndarray()));
    assert_eq!(format!("{a:?}"), "[[1.0, 2.5], [3.0, NaN]]");
    assert_eq!(format!("{:?}", a.row(0)), "[1.0, 2.5]");
    assert_eq!(format!("{}", array![true, false]), "[true, false]");
}

#[test]
fn arrays_go_between_threads() {
    let a = table(50, 40);
    let sums: Vec<f64> = std::thread::scope(|scope| {
        let a = &a;
        let work: Vec<_> = (0..4).map(|k| scope.spawn(move || a.row(k).sum())).collect();
        work.into_iter().map(|w| w.join().unwrap()).collect()
    });
    assert_eq!(sums, (0..4).map(|k| a.row(k).sum()).collect::<Vec<_>>());
    let moved = std::thread::spawn(move || a.sum()).join().unwrap();
    assert_eq!(moved, table(50, 40).sum());
}
