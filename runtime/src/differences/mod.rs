//! Derivatives of plain Rust closures by finite differences: of numbers ([`derivative`]), of arrays
//! ([`gradient`], [`jacobian`]), and along a direction ([`along`]).
//!
//! The closure is only called, so it can be anything, and the price is accuracy: [`Scheme`] says how much. The
//! derivatives of annotated functions are exact and need none of this.
//!
//! ```
//! use desc_jit::differences::{Scheme, derivative, jacobian};
//! use desc_jit::prelude::*;
//!
//! let slope = derivative(f64::sin, 1.0, Scheme::Richardson);
//! assert!((slope - 1.0_f64.cos()).abs() < 1e-11);
//!
//! let x = Array1::from_vec(vec![2.0, 3.0]);
//! let j = jacobian(|x: &Array1<f64>| Array1::from_vec(vec![x[0] * x[1], x[1]]), &x, Scheme::Central);
//! assert_eq!(j.shape(), [2, 2]);
//! assert!((j[[0, 1]] - 2.0).abs() < 1e-9);
//! ```

mod scheme;
#[cfg(test)]
mod tests;

pub use scheme::Scheme;

use crate::array::{Array, ArrayD, Float, IxDyn};
use ndarray::Dimension;

/// `f'(x)`, with the step that the scheme takes at `x` ([`Scheme::step`]).
///
/// ```
/// use desc_jit::differences::{Scheme, derivative};
/// assert!((derivative(|x: f64| x * x, 3.0, Scheme::Forward) - 6.0).abs() < 1e-6);
/// ```
pub fn derivative<T: Float>(f: impl Fn(T) -> T, x: T, scheme: Scheme) -> T {
    derivative_with_step(f, x, scheme, scheme.step(x))
}

/// `f'(x)` with this step.
///
/// ```
/// use desc_jit::differences::{Scheme, derivative_with_step};
/// // Central differences are exact for parabolas.
/// assert_eq!(derivative_with_step(|x: f64| x * x, 3.0, Scheme::Central, 0.5), 6.0);
/// ```
pub fn derivative_with_step<T: Float>(f: impl Fn(T) -> T, x: T, scheme: Scheme, step: T) -> T {
    scheme.quotient(step, |offset| f(x + T::of_f64(offset) * step))
}

/// The gradient of a number that depends on an array, in the shape of the array. Each element is moved by the step
/// that the scheme takes there.
///
/// ```
/// use desc_jit::differences::{Scheme, gradient};
/// use desc_jit::prelude::*;
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// let g = gradient(|x: &Array1<f64>| (x * x).sum(), &x, Scheme::Richardson);
/// assert!((g[0] - 2.0).abs() < 1e-10 && (g[1] - 4.0).abs() < 1e-10);
/// ```
pub fn gradient<T: Float, D: Dimension>(
    f: impl Fn(&Array<T, D>) -> T,
    x: &Array<T, D>,
    scheme: Scheme,
) -> Array<T, D> {
    let mut gradient = x.clone();
    for (k, slot) in gradient.iter_mut().enumerate() {
        let step = scheme.step(element(x, k));
        *slot = scheme.quotient(step, |offset| f(&moved(x, k, T::of_f64(offset) * step)));
    }
    gradient
}

/// The Jacobian of an array that depends on an array, of shape `f(x).shape ++ x.shape`. Each element of `x` is moved
/// by the step that the scheme takes there.
///
/// # Panics
/// When `f` gives arrays of different shapes.
///
/// ```
/// use desc_jit::differences::{Scheme, jacobian};
/// use desc_jit::prelude::*;
/// let x = ArrayD::from_shape_fn(vec![2], |k| k[0] as f64);
/// let j = jacobian(|x: &ArrayD<f64>| 3.0 * x, &x, Scheme::Central);
/// assert!((j[vec![0, 0].as_slice()] - 3.0).abs() < 1e-9);
/// ```
#[track_caller]
pub fn jacobian<T: Float, D: Dimension, E: Dimension>(
    f: impl Fn(&Array<T, D>) -> Array<T, E>,
    x: &Array<T, D>,
    scheme: Scheme,
) -> ArrayD<T> {
    jacobian_with_step(f, x, scheme, |x| scheme.step(x))
}

/// The same, where each element of `x` is moved by what `step` gives for it.
///
/// # Panics
/// When `f` gives arrays of different shapes.
///
/// ```
/// use desc_jit::differences::{Scheme, jacobian_with_step};
/// use desc_jit::prelude::*;
/// let x = Array1::from_vec(vec![3.0]);
/// // Central differences are exact for parabolas.
/// let j = jacobian_with_step(|x: &Array1<f64>| x * x, &x, Scheme::Central, |_| 0.5);
/// assert_eq!(j.to_vec(), [6.0]);
/// ```
#[track_caller]
pub fn jacobian_with_step<T: Float, D: Dimension, E: Dimension>(
    f: impl Fn(&Array<T, D>) -> Array<T, E>,
    x: &Array<T, D>,
    scheme: Scheme,
    step: impl Fn(T) -> T,
) -> ArrayD<T> {
    let columns: Vec<Array<T, E>> = (0..x.len())
        .map(|k| {
            let step = step(element(x, k));
            quotient(scheme, step, |offset| f(&moved(x, k, T::of_f64(offset) * step)))
        })
        .collect();
    // Without elements of x there is no column to take the shape of the result from.
    let result = columns.first().map_or_else(|| f(x).shape().to_vec(), |c| c.shape().to_vec());
    let shape = [&result[..], x.shape()].concat();
    let mut jacobian = ArrayD::zeros(IxDyn(&shape));
    let mut rows: Vec<_> = columns.iter().map(|c| c.iter()).collect();
    if !rows.is_empty() {
        for (k, slot) in jacobian.iter_mut().enumerate() {
            let column = k % rows.len();
            if let Some(&value) = rows[column].next() {
                *slot = value;
            }
        }
    }
    jacobian
}

/// The derivative of `f` at `x` along `direction`, in the shape of `f(x)`: the product of the Jacobian with it, from a
/// few calls.
///
/// # Panics
/// When `x` and `direction`, or what `f` gives, have different shapes.
///
/// ```
/// use desc_jit::differences::{Scheme, along};
/// use desc_jit::prelude::*;
/// let (x, v) = (Array1::from_vec(vec![1.0, 2.0]), Array1::from_vec(vec![0.5, -1.0]));
/// let d = along(|x: &Array1<f64>| x * x, &x, &v, Scheme::Richardson);
/// assert!((d[1] + 4.0).abs() < 1e-10);
/// ```
#[track_caller]
pub fn along<T: Float, D: Dimension, E: Dimension>(
    f: impl Fn(&Array<T, D>) -> Array<T, E>,
    x: &Array<T, D>,
    direction: &Array<T, D>,
    scheme: Scheme,
) -> Array<T, E> {
    assert!(
        x.shape() == direction.shape(),
        "the point has shape {:?}, the direction {:?}",
        x.shape(),
        direction.shape()
    );
    let largest = |a: &Array<T, D>| a.iter().fold(T::ZERO, |m, v| if v.abs() > m { v.abs() } else { m });
    let (size, length) = (largest(x), largest(direction));
    let step = scheme.step(size) / if length > T::ZERO { length } else { T::ONE };
    quotient(scheme, step, |offset| {
        let mut at = x.clone();
        let by = T::of_f64(offset) * step;
        at.iter_mut().zip(direction.iter()).for_each(|(x, &d)| *x += by * d);
        f(&at)
    })
}

/// The quotient of differences, element by element.
#[track_caller]
fn quotient<T: Float, E: Dimension>(scheme: Scheme, step: T, f: impl Fn(f64) -> Array<T, E>) -> Array<T, E> {
    let values: Vec<Array<T, E>> = scheme.offsets().iter().map(|&offset| f(offset)).collect();
    let same = values.windows(2).all(|w| w[0].shape() == w[1].shape());
    assert!(same, "a function that is differentiated gives arrays of one shape");
    let mut iterators: Vec<_> = values.iter().map(|v| v.iter()).collect();
    let mut result = values[0].clone();
    for slot in result.iter_mut() {
        let mut next = iterators.iter_mut().filter_map(|i| i.next().copied());
        *slot = scheme.quotient(step, |_| next.next().unwrap_or(T::ZERO));
    }
    result
}

/// Element `k` in row-major order.
fn element<T: Float, D: Dimension>(x: &Array<T, D>, k: usize) -> T {
    x.iter().nth(k).copied().unwrap_or(T::ZERO)
}

/// `x` with element `k` moved.
fn moved<T: Float, D: Dimension>(x: &Array<T, D>, k: usize, by: T) -> Array<T, D> {
    let mut x = x.clone();
    if let Some(v) = x.iter_mut().nth(k) {
        *v += by;
    }
    x
}
