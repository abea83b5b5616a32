//! Reductions, products and rearrangements.

use crate::array::DotDim;
use crate::array::{Array, Array1, Array2, ArrayRef, Element, IntoDimension, Ix1, Ix2, Number};
use crate::op::{ArgOp, ReduceOp};
use crate::stage::{At, Cx, Out, Value};
use crate::staged::staged;
use ndarray::Dimension;

fn reduce_all(cx: &Cx, op: ReduceOp, x: &Value, at: At) -> Out<Value> {
    let rank = cx.ty(x, at)?.rank();
    cx.reduce(op, x, (0..rank).collect(), at)
}

/// The sum of all elements.
pub fn sum<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> T {
    x.sum()
}
staged!(sum(cx, [x], at) { reduce_all(cx, ReduceOp::Sum, x, at) });

/// The product of all elements.
pub fn prod<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> T {
    x.product()
}
staged!(prod(cx, [x], at) { reduce_all(cx, ReduceOp::Prod, x, at) });

/// The mean of all elements.
///
/// # Panics
/// Without elements.
#[track_caller]
pub fn mean<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> T {
    match x.mean() {
        Some(mean) => mean,
        None => panic!("the mean of no elements has no value"),
    }
}
staged!(mean(cx, [x], at) { cx.method("mean", x, &[], at) });

/// The smallest element; NaN if there is one.
///
/// # Panics
/// Without elements.
#[track_caller]
pub fn min<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> T {
    x.min()
}
staged!(min(cx, [x], at) { reduce_all(cx, ReduceOp::Min, x, at) });

/// The largest element; NaN if there is one.
///
/// # Panics
/// Without elements.
#[track_caller]
pub fn max<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> T {
    x.max()
}
staged!(max(cx, [x], at) { reduce_all(cx, ReduceOp::Max, x, at) });

/// The position of the first smallest element in row-major order.
///
/// # Panics
/// Without elements.
#[track_caller]
pub fn argmin<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> usize {
    x.flatten().argmin()
}
staged!(argmin(cx, [x], at) { cx.arg(ArgOp::ArgMin, x, at) });

/// The position of the first largest element in row-major order.
///
/// # Panics
/// Without elements.
#[track_caller]
pub fn argmax<T: Number, D: Dimension>(x: &ArrayRef<T, D>) -> usize {
    x.flatten().argmax()
}
staged!(argmax(cx, [x], at) { cx.arg(ArgOp::ArgMax, x, at) });

/// Whether all elements are true.
pub fn all<D: Dimension>(x: &ArrayRef<bool, D>) -> bool {
    x.all()
}
staged!(all(cx, [x], at) { reduce_all(cx, ReduceOp::All, x, at) });

/// Whether any element is true.
pub fn any<D: Dimension>(x: &ArrayRef<bool, D>) -> bool {
    x.any()
}
staged!(any(cx, [x], at) { reduce_all(cx, ReduceOp::Any, x, at) });

/// The running sum.
pub fn cumsum<T: Number>(x: &ArrayRef<T, Ix1>) -> Array1<T> {
    let mut total: Option<T> = None;
    x.mapv(|v| {
        let sum = total.map_or(v, |t| t + v);
        total = Some(sum);
        sum
    })
}
staged!(cumsum(cx, [x], at) { cx.method("cumsum", x, &[], at) });

/// The dot product of two vectors, or a product of matrices and vectors.
#[track_caller]
pub fn dot<T: Number, D: DotDim<T, E>, E: Dimension>(
    a: &ArrayRef<T, D>,
    b: &Array<T, E>,
) -> <D as DotDim<T, E>>::Product {
    a.dot(b)
}
staged!(dot(cx, [a, b], at) { cx.dot(a, b, at) });

/// The product of two matrices.
#[track_caller]
pub fn matmul<T: Number>(a: &Array2<T>, b: &Array2<T>) -> Array2<T> {
    a.dot(b)
}
staged!(matmul(cx, [a, b], at) { cx.dot(a, b, at) });

/// The transpose of a matrix.
#[must_use]
pub fn transpose<T: Element>(x: &ArrayRef<T, Ix2>) -> Array2<T> {
    x.t().to_owned()
}
staged!(transpose(cx, [x], at) { cx.method("t", x, &[], at) });

/// The same elements in row-major order under another shape.
#[track_caller]
#[must_use]
pub fn reshape<T: Element, D: Dimension, Sh: IntoDimension>(
    x: &ArrayRef<T, D>,
    shape: Sh,
) -> Array<T, Sh::Dim> {
    x.reshape(shape)
}
staged!(reshape(cx, [x, shape], at) { cx.reshape(x, &cx.shape_arg(shape, at)?, at) });

/// Arrays of one shape along a new first axis.
///
/// # Panics
/// Without arrays, or where their shapes differ.
#[track_caller]
#[must_use]
pub fn stack<T: Element, D: ndarray::RemoveAxis>(arrays: &[&Array<T, D>]) -> Array<T, D::Larger>
where
    D::Larger: ndarray::RemoveAxis,
{
    let views: Vec<_> = arrays.iter().map(|a| a.nd()).collect();
    match ndarray::stack(ndarray::Axis(0), &views) {
        Ok(stacked) => Array::from(stacked),
        Err(_) => panic!("`stack` takes at least one array, all of one shape"),
    }
}
staged!(stack(cx, [list], at) { cx.stack_list(list, at) });

/// Arrays joined along the first axis.
///
/// # Panics
/// Without arrays, or where their other axes differ.
#[track_caller]
#[must_use]
pub fn concatenate<T: Element, D: ndarray::RemoveAxis>(arrays: &[&Array<T, D>]) -> Array<T, D> {
    let views: Vec<_> = arrays.iter().map(|a| a.nd()).collect();
    match ndarray::concatenate(ndarray::Axis(0), &views) {
        Ok(joined) => Array::from(joined),
        Err(_) => panic!("`concatenate` takes at least one array, all alike but for the first axis"),
    }
}
staged!(concatenate(cx, [list], at) { cx.concatenate_list(list, at) });
