//! Making arrays.

use crate::array::{Array, Array1, Array2, ArrayRef, Element, IntoDimension, Number};
use crate::dtype::Literal;
use crate::stage::Value;
use crate::staged::staged;
use ndarray::Dimension;

/// Zeros (f64) of a shape: `3`, `(2, 3)`, `(2, 3, 4)`.
#[track_caller]
pub fn zeros<Sh: IntoDimension>(shape: Sh) -> Array<f64, Sh::Dim> {
    Array::zeros(shape)
}
staged!(zeros(cx, [shape], at) { cx.full(shape, &Value::literal(Literal::F64(0.0)), at) });

/// Ones (f64) of a shape.
#[track_caller]
pub fn ones<Sh: IntoDimension>(shape: Sh) -> Array<f64, Sh::Dim> {
    Array::ones(shape)
}
staged!(ones(cx, [shape], at) { cx.full(shape, &Value::literal(Literal::F64(1.0)), at) });

/// One value everywhere.
#[track_caller]
pub fn full<T: Element, Sh: IntoDimension>(shape: Sh, value: T) -> Array<T, Sh::Dim> {
    Array::from_elem(shape, value)
}
staged!(full(cx, [shape, value], at) { cx.full(shape, value, at) });

/// `start, start + step, ..` below `stop`.
///
/// ```
/// assert_eq!(desc_jit::jnp::arange(0.0, 1.0, 0.25).to_vec(), [0.0, 0.25, 0.5, 0.75]);
/// assert_eq!(desc_jit::jnp::arange(2, 8, 3i64).to_vec(), [2, 5]);
/// ```
///
/// # Panics
/// A step of zero.
#[track_caller]
pub fn arange<T: Number>(start: T, stop: T, step: T) -> Array1<T> {
    let count = ((stop.as_f64() - start.as_f64()) / step.as_f64()).ceil();
    assert!(count.is_finite(), "`arange` from {start} to {stop} by {step} does not end");
    Array1::from_vec((0..count.max(0.0) as usize).map(|k| T::of_f64(k as f64) * step + start).collect())
}
staged!(arange(cx, [start, stop, step], at) { cx.arange(start, stop, step, at) });

/// `n` values (f64) from `start` to `stop`, both included.
pub fn linspace(start: f64, stop: f64, n: usize) -> Array1<f64> {
    Array1::linspace(start, stop, n)
}
staged!(linspace(cx, [start, stop, n], at) { cx.linspace(start, stop, n, at) });

/// The identity matrix (f64).
pub fn eye(n: usize) -> Array2<f64> {
    Array2::eye(n)
}
staged!(eye(cx, [n], at) { cx.eye(n, &Value::literal(Literal::F64(1.0)), at) });

/// Zeros with the shape and type of another array.
pub fn zeros_like<T: Element, D: Dimension>(other: &ArrayRef<T, D>) -> Array<T, D> {
    other.mapv(|_| T::ZERO)
}
staged!(zeros_like(cx, [x], at) { let ty = cx.ty(x, at)?; cx.zeros_like(Literal::zero(ty.dtype), &ty.shape, at) });

/// Ones with the shape and type of another array.
pub fn ones_like<T: Element, D: Dimension>(other: &ArrayRef<T, D>) -> Array<T, D> {
    other.mapv(|_| T::ONE)
}
staged!(ones_like(cx, [x], at) { let ty = cx.ty(x, at)?; cx.zeros_like(Literal::one(ty.dtype), &ty.shape, at) });

/// One value with the shape of another array.
pub fn full_like<T: Element, D: Dimension>(other: &ArrayRef<T, D>, value: T) -> Array<T, D> {
    other.mapv(|_| value)
}
staged!(full_like(cx, [x, value], at) {
    let ty = cx.ty(x, at)?;
    let value = cx.adopt(value, ty.dtype, at)?.unwrap_or_else(|| value.clone());
    cx.broadcast_to(&value, &ty.shape, at)
});
