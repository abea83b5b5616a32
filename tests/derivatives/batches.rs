//! `vmap`.

use super::all_close;
use desc_jit::prelude::*;

#[desc_jit]
fn scaled(x: f64, v: &Array1<f64>) -> Array1<f64> {
    x * v
}

fn rows() -> Array2<f64> {
    Array2::from_shape_vec((3, 2), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap()
}

#[test]
fn every_argument_has_one_axis_more() {
    let x = Array1::from_vec(vec![1.0, 10.0, 100.0]);
    let y: Array2<f64> = vmap(scaled::jit())(&x, &rows());
    assert_eq!(y.to_vec(), [1.0, 2.0, 30.0, 40.0, 500.0, 600.0]);
}

#[test]
fn axes_are_chosen() {
    let x = Array1::from_vec(vec![1.0, 10.0]);
    let by_columns = vmap(scaled::jit()).in_axes(in_axes![0, 1]);
    assert_eq!(by_columns(&x, &rows()).to_vec(), [1.0, 3.0, 5.0, 20.0, 40.0, 60.0]);
    let one_vector = vmap(scaled::jit()).in_axes(in_axes![0, _]);
    let v = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    assert_eq!(one_vector(&x, &v).to_vec(), [1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
    let behind = one_vector.clone().out_axes(1);
    assert_eq!(behind(&x, &v).dim(), (3, 2));
    assert_eq!(behind(&x, &v).to_vec(), [1.0, 10.0, 2.0, 20.0, 3.0, 30.0]);
}

#[test]
fn chunks_change_nothing() {
    let x = Array1::from_vec((0..7).map(f64::from).collect());
    let v = Array1::from_vec(vec![1.0, -1.0]);
    let whole = vmap(scaled::jit()).in_axes(in_axes![0, None]);
    for size in [1, 2, 7, 100] {
        assert_eq!(whole.clone().chunk_size(size)(&x, &v), whole(&x, &v));
    }
    let error = whole.chunk_size(0).try_call(&x, &v).unwrap_err();
    assert_eq!(error.message(), "`vmap` of `scaled` has a chunk size of 0");
}

#[desc_jit]
fn pair(x: f64, n: i64) -> (f64, i64) {
    (x * 2.0, n + 1)
}

#[test]
fn integers_and_tuples_are_mapped_too() {
    let (x, n) = (Array1::from_vec(vec![1.5, 2.5]), Array1::from_vec(vec![1_i64, 2]));
    let (doubled, next) = vmap(pair::jit()).out_axes([0, 0])(&x, &n);
    assert_eq!(doubled.to_vec(), [3.0, 5.0]);
    assert_eq!(next.to_vec(), [2, 3]);
    let error = vmap(pair::jit()).out_axes([0, 0, 0]).try_call(&x, &n).unwrap_err();
    assert_eq!(error.message(), "`pair` has 2 results, but `out_axes` names 3");
}

#[test]
fn an_empty_batch() {
    let y = vmap(scaled::jit())(&Array1::zeros(0), &Array2::zeros((0, 2)));
    assert_eq!(y.dim(), (0, 2));
}

#[test]
fn batches_of_different_lengths() {
    let error = vmap(scaled::jit()).try_call(&Array1::ones(2), &rows()).unwrap_err();
    assert_eq!(error.message(), "`vmap` of `scaled`: `x` has a batch of 2, but `v` one of 3");
}

#[desc_jit]
fn dynamic(x: &ArrayD<f64>) -> ArrayD<f64> {
    2.0 * x
}

#[test]
fn an_axis_that_is_not_there() {
    let third = vmap(dynamic::jit()).in_axes(in_axes![2]);
    let error = third.try_call(&ArrayD::ones(vec![4, 3])).unwrap_err();
    let expected = "the argument `x` of `dynamic` is f64[4,3]: it has no axis 2 to be mapped over";
    assert_eq!(error.message(), expected);
}

#[desc_jit(static(n))]
fn repeated(n: usize, x: f64) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y *= x;
    }
    y
}

#[test]
fn static_arguments_are_not_mapped() {
    let x = Array1::from_vec(vec![2.0, 3.0]);
    let error = vmap(repeated::jit()).try_call(&Array1::from_vec(vec![1_usize, 2]), &x).unwrap_err();
    assert_eq!(error.message(), "the static argument `n` of `repeated` cannot be mapped");
    assert_eq!(vmap(repeated::jit()).in_axes(in_axes![_, 0])(2, &x).to_vec(), [8.0, 27.0]);
    let error = vmap(repeated::jit()).in_axes(in_axes![_, _]).try_call(2, 3.0).unwrap_err();
    assert_eq!(error.message(), "`vmap` of `repeated` has no mapped argument");
}

#[desc_jit]
fn bump(x: f64, k: f64) -> f64 {
    k * x * x
}

#[test]
fn gradients_of_a_batch() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let slopes = vmap(grad(bump::jit())).in_axes(in_axes![0, _]);
    all_close(slopes(&x, 5.0).iter(), &[10.0, 20.0, 30.0]);
    let along = vmap(vmap(bump::jit()).in_axes(in_axes![0, _])).in_axes(in_axes![_, 0]);
    let table: Array2<f64> = along(&x, &Array1::from_vec(vec![1.0, 2.0]));
    assert_eq!(table.to_vec(), [1.0, 4.0, 9.0, 2.0, 8.0, 18.0]);
    let jacobian: Array2<f64> = jacrev(vmap(bump::jit()).in_axes(in_axes![0, _]))(&x, 1.0);
    all_close(jacobian.iter(), &[2.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 6.0]);
}

#[desc_jit]
fn replaced(x: &Array1<f64>, k: usize, a: f64) -> Array1<f64> {
    let mut u = x.clone();
    let half = 0.5 * x;
    u[k % x.len()] = a;
    u + &half
}

/// A row is a copy as soon as one of its elements is written, wherever that is.
#[test]
fn an_element_of_each_row_is_replaced() {
    let x = Array2::from_shape_fn((3, 5), |(b, i)| (3 * b + i) as f64);
    let (k, a) = (Array1::from_vec(vec![1, 4, 8]), Array1::from_vec(vec![-1.0, -2.0, -3.0]));
    let all = vmap(replaced::jit());
    for engine in desc_jit::Engine::ALL {
        let rows = desc_jit::with_engine(engine, || all(&x, &k, &a));
        for b in 0..3 {
            let alone = replaced::native(&x.row(b).to_owned(), k[b], a[b]);
            assert_eq!(rows.row(b).to_vec(), alone.to_vec(), "{b} on {engine}");
        }
    }
}
