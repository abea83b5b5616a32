//! Operators: every form of operand, broadcasting as ndarray's, and functional updates.

use desc_jit::array;
use desc_jit::array::{Array1, Array2, Array3, put, s};
use ndarray as nd;

fn table(n: usize, m: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, m), |(i, j)| (10 * i + j + 1) as f64)
}

fn message_of(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = std::panic::catch_unwind(f).expect_err("it panics");
    payload.downcast_ref::<String>().cloned().unwrap()
}

#[test]
fn every_form_of_operand() {
    let (a, b) = (table(2, 3), table(2, 3) * 0.5);
    let (x, y) = (a.to_ndarray(), b.to_ndarray());
    let sum = &x + &y;
    assert_eq!(&a + &b, sum);
    assert_eq!(a.clone() + &b, sum);
    assert_eq!(&a + b.clone(), sum);
    assert_eq!(a.clone() + b.clone(), sum);
    assert_eq!(a.view() + &b, sum);
    assert_eq!(&a.view() + b.view(), sum);
    assert_eq!(&a + &y, sum);
    assert_eq!(a.clone().view_mut() + &b, sum);
    assert_eq!(&a - &b, &x - &y);
    assert_eq!(&a * &b, &x * &y);
    assert_eq!(&a / &b, &x / &y);
    assert_eq!(&a % 3.0, &x % 3.0);
    assert_eq!(-&a, -&x);
    assert_eq!(-a.row(0), (-&x).row(0).to_owned());
    assert_eq!(-(a.clone()), -&x);
}

#[test]
fn numbers_on_either_side() {
    let a = table(2, 3);
    let x = a.to_ndarray();
    assert_eq!(2.0 * &a, 2.0 * &x);
    assert_eq!(1.0 - a.clone(), 1.0 - &x);
    assert_eq!(1.0 / &a, 1.0 / &x);
    assert_eq!(2.0 * &a + 1.0, 2.0 * &x + 1.0);
    assert_eq!(&a * 2.0 - 0.5 * &a, &x * 2.0 - 0.5 * &x);
    assert_eq!(3.0 * a.row(1), 3.0 * &x.row(1));
    assert_eq!((&a.slice(s![.., 1..]) * 2.0).dim(), (2, 2));
    assert_eq!(&a.row(0) - &a.row(1), array![-10.0, -10.0, -10.0]);
    assert_eq!(7 / array![2, 3], array![3, 2]);
    assert_eq!(&array![5usize, 7] % 4, array![1usize, 3]);
    assert_eq!(2.0f32 * array![1.5f32], array![3.0f32]);
}

#[test]
fn assigning_forms() {
    let mut a = table(2, 3);
    let mut x = a.to_ndarray();
    a += 1.0;
    x += 1.0;
    a -= &table(2, 3);
    x -= &table(2, 3).to_ndarray();
    a *= array![1.0, 2.0, 3.0];
    x *= &nd::array![1.0, 2.0, 3.0];
    a /= &array![[2.0], [4.0]];
    x /= &nd::array![[2.0], [4.0]];
    a %= 0.4;
    x %= 0.4;
    assert_eq!(a, x);
    a.slice_mut(s![.., 0]).assign(&array![8.0, 9.0]);
    let mut column = a.column_mut(0);
    column *= 2.0;
    assert_eq!(a.column(0), array![16.0, 18.0]);
}

#[test]
fn broadcasting_of_different_ranks() {
    let a = table(2, 3);
    let x = a.to_ndarray();
    let (row, column) = (array![1.0, 2.0, 3.0], array![[10.0], [20.0]]);
    let (nrow, ncolumn) = (row.to_ndarray(), column.to_ndarray());
    assert_eq!(&a + &row, &x + &nrow);
    assert_eq!(&row + &a, &nrow + &x);
    assert_eq!(&a * &column, &x * &ncolumn);
    assert_eq!(&row * &column, &nrow * &ncolumn);
    assert_eq!(row.clone() * &column, &nrow * &ncolumn);
    let deep = Array3::from_shape_fn((2, 2, 3), |(i, j, k)| (i + j * k) as f64);
    assert_eq!(&deep - &a, deep.to_ndarray() - &x);
    assert_eq!(a.clone() - deep.clone(), &x - &deep.to_ndarray());
    assert_eq!(&a.clone().into_dyn() + &row, (&x + &nrow).into_dyn());
    assert_eq!((&a + &array![5.0]).to_vec(), (&x + 5.0).into_raw_vec_and_offset().0);
    assert_eq!((&array![5.0] + &array![[1.0]]).dim(), (1, 1));
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    assert_eq!(
        message_of(|| drop(&table(2, 3) + &table(3, 2))),
        "arrays of shapes [2, 3] and [3, 2] can't be added: counted from the last axis, lengths must be equal \
         or one of them 1"
    );
    assert_eq!(
        message_of(|| {
            let mut a = array![1.0, 2.0];
            a *= &table(2, 2);
        }),
        "an array of shape [2, 2] can't be multiplied to one of shape [2]: counted from the last axis, its \
         lengths must be the same or 1"
    );
    assert_eq!(
        message_of(|| table(2, 3).row_mut(0).assign(&array![1.0, 2.0])),
        "an array of shape [2] can't be assigned to one of shape [3]: counted from the last axis, its lengths \
         must be the same or 1"
    );
}

#[test]
fn views_of_any_layout() {
    let a = table(4, 5);
    let x = a.to_ndarray();
    assert_eq!(&a.t() + &a.t(), &x.t() + &x.t());
    assert_eq!(&a.slice(s![..;-1, ..]) * &a, &x.slice(s![..;-1, ..]) * &x);
    assert_eq!(&a.slice(s![..;2, 1..;3]) - 1.0, &x.slice(s![..;2, 1..;3]) - 1.0);
    let mut b = a.clone();
    b.slice_mut(s![..;-1, ..;-1]).assign(&a);
    let mut y = x.clone();
    y.slice_mut(s![..;-1, ..;-1]).assign(&x);
    assert_eq!(b, y);
    let mut c = a.clone();
    let mut part = c.slice_mut(s![1..3, ..;2]);
    part += &array![1.0, 2.0, 3.0];
    let mut z = x.clone();
    let mut part = z.slice_mut(s![1..3, ..;2]);
    part += &nd::array![1.0, 2.0, 3.0];
    assert_eq!(c, z);
}

#[test]
fn bits_and_logic() {
    let (p, q) = (array![true, true, false], array![true, false, false]);
    assert_eq!(&p & &q, array![true, false, false]);
    assert_eq!(&p | &q, array![true, true, false]);
    assert_eq!(&p ^ true, array![false, false, true]);
    assert_eq!(!&p, array![false, false, true]);
    assert_eq!(array![6, 5] & 3, array![2, 1]);
    assert_eq!(!array![0i64], array![-1i64]);
}

#[test]
fn equality() {
    let a = array![1.0, f64::NAN];
    assert_ne!(a, a);
    assert_eq!(array![0.0], array![-0.0]);
    assert_ne!(Array2::<f64>::zeros((2, 3)), Array2::zeros((3, 2)));
    assert_eq!(table(2, 3).row(0), array![1.0, 2.0, 3.0]);
}

#[test]
fn functional_updates_leave_the_array_alone() {
    let a = table(3, 2);
    let before = a.clone();
    assert_eq!(a.at([2, 1]).set(0.0)[[2, 1]], 0.0);
    assert_eq!(a.at((0, 0)).add(5.0)[[0, 0]], 6.0);
    assert_eq!(a.at(1).set(0.0).row(1), array![0.0, 0.0]);
    assert_eq!(a.at(1).mul(&array![2.0, 3.0]).row(1), array![22.0, 36.0]);
    assert_eq!(a.at(0).max(1.5).row(0), array![1.5, 2.0]);
    assert_eq!(a.at(0).min(1.5).row(0), array![1.0, 1.5]);
    assert_eq!(a.at(0).min(f64::NAN).row(0), a.row(0), "the other one where one is NaN, as in f64::min");
    assert_eq!(a.at(&[0, 2]).set(&array![[1.0, 1.0], [2.0, 2.0]]).row(2), array![2.0, 2.0]);
    assert_eq!(a.at(&array![2usize, 2]).add(1.0).row(2), array![23.0, 24.0]);
    assert_eq!(a.at(&array![0i64, 1]).set(&array![7.0, 8.0]).row(1), array![7.0, 8.0]);
    assert_eq!(a.at(&Vec::<usize>::new()).set(0.0), a);
    assert_eq!(a.row(1).at(0).set(0.0), array![0.0, 12.0]);
    assert_eq!(put(&a, [1, 0], -1.0)[[1, 0]], -1.0);
    assert_eq!(array![true, false].at(1).set(true), array![true, true]);
    assert_eq!(a, before);
}

#[test]
fn duplicates_are_applied_in_order() {
    let a = Array1::<f64>::zeros(3);
    assert_eq!(a.at(&[1, 1, 0]).set(&array![1.0, 2.0, 3.0]), array![3.0, 2.0, 0.0]);
    assert_eq!(a.at(&[1, 1, 0]).add(&array![1.0, 2.0, 3.0]), array![3.0, 3.0, 0.0]);
}

#[test]
fn places_out_of_range_are_named() {
    assert_eq!(
        message_of(|| drop(Array1::<f64>::zeros(3).at(3).set(1.0))),
        "index 3 is out of range for axis 0 of an array of shape [3]"
    );
    assert_eq!(
        message_of(|| drop(Array1::<f64>::zeros(3).at(&array![-1i64]).set(1.0))),
        "index -1 is out of range for axis 0 of an array of shape [3]"
    );
    assert_eq!(
        message_of(|| drop(Array1::<f64>::zeros(3).at([0, 1]).set(1.0))),
        "the index [0, 1] does not fit an array of shape [3], which has 1 axis"
    );
    assert_eq!(
        message_of(|| drop(table(2, 2).at(0).set(&array![1.0, 2.0, 3.0]))),
        "an array of shape [3] can't be written to one of shape [2]: counted from the last axis, its lengths \
         must be the same or 1"
    );
}
