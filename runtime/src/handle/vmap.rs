//! `vmap`: a function over every element of a batch.

use super::argnums::{Argnum, Argnums};
use super::args::Pure;
use super::batch::{BatchResult, InAxes, Leading, MapArgs};
use super::derivatives::{__Target, IntoJit};
use super::jit::Jit;
use crate::exec::Target;
use crate::transform::recipe::Transform;
use std::fmt;
use std::ops::Deref;

/// A mapped function, made by [`vmap`]: a handle with options. It is called like a handle, and transforms take it.
pub struct Vmap<A, R: BatchResult, I: MapArgs<A> = Leading> {
    inner: Target,
    options: Options,
    jit: Jit<I::Batched, R::Batched>,
}

#[derive(Clone)]
struct Options {
    out_axes: Vec<usize>,
    chunk: Option<usize>,
}

/// The axes of a batch in the results: one for all of them, or one per result, in order.
pub struct OutAxes(Vec<usize>);

impl From<usize> for OutAxes {
    fn from(axis: usize) -> OutAxes {
        OutAxes(vec![axis])
    }
}

impl<const N: usize> From<[usize; N]> for OutAxes {
    fn from(axes: [usize; N]) -> OutAxes {
        OutAxes(axes.to_vec())
    }
}

/// The function over every element of a batch: arguments and results have one axis more, a scalar argument becomes
/// a reference to an array of one axis. By default all arguments are mapped over their first axis;
/// [`Vmap::in_axes`], [`Vmap::out_axes`] and [`Vmap::chunk_size`] choose otherwise. A batch may be empty.
///
/// # Errors
/// Of a call: mapped axes of different lengths, a mapped static argument, and what the function raises.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn scaled(x: f64, v: &Array1<f64>) -> Array1<f64> {
///     x * v
/// }
///
/// let x = Array1::from_vec(vec![1.0, 10.0]);
/// let v = Array1::from_vec(vec![1.0, 2.0, 3.0]);
/// let table: Array2<f64> = vmap(scaled::jit()).in_axes(in_axes![0, _])(&x, &v);
/// assert_eq!(table.to_vec(), [1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
/// ```
pub fn vmap<H>(handle: H) -> Vmap<H::Args, H::Result>
where
    H: IntoJit,
    H::Args: Pure,
    H::Result: BatchResult,
    Leading: MapArgs<H::Args>,
{
    Vmap::new(handle.__target().0, Options { out_axes: vec![0], chunk: None })
}

impl<A, R: BatchResult, I: MapArgs<A>> Vmap<A, R, I> {
    fn new(inner: Target, options: Options) -> Vmap<A, R, I> {
        let Options { out_axes, chunk } = options.clone();
        let transform = Transform::Vmap { in_axes: I::axes(), out_axes, chunk };
        Vmap { inner, options, jit: Jit::derive(inner, transform) }
    }

    /// Chooses the axis of every argument that is mapped over: `in_axes![0, _, 1]`. Without it all are mapped over
    /// their first axis. A mapped scalar is an array of one axis.
    ///
    /// # Errors
    /// Of a call: an axis that an argument has not, axes of different lengths, a mapped static argument.
    #[must_use = "the choice is that of the handle returned"]
    pub fn in_axes<J: MapArgs<A>>(self, axes: InAxes<J>) -> Vmap<A, R, J> {
        let InAxes(_) = axes;
        Vmap::new(self.inner, self.options)
    }

    /// Chooses the new axis of the results: one number for all of them, or an array with one per result. Without it
    /// it is the first one.
    ///
    /// # Errors
    /// Of a call: another number of axes than of results (those inside tuples count one by one), or an axis that
    /// a result does not get.
    #[must_use = "the choice is that of the handle returned"]
    pub fn out_axes(self, axes: impl Into<OutAxes>) -> Vmap<A, R, I> {
        let OutAxes(out_axes) = axes.into();
        Vmap::new(self.inner, Options { out_axes, ..self.options })
    }

    /// Works on at most `size` elements of the batch at a time. A batch is a loop over its elements, which needs the memory
    /// of one of them (of one per thread, where it runs on several) whatever its size, so every `size` is kept already; it
    /// is there for programs that come from JAX.
    ///
    /// # Errors
    /// Of a call: a `size` of zero.
    #[must_use = "the choice is that of the handle returned"]
    pub fn chunk_size(self, size: usize) -> Vmap<A, R, I> {
        Vmap::new(self.inner, Options { chunk: Some(size), ..self.options })
    }

    /// Chooses the arguments that the next transform differentiates by, see [`Jit::wrt`].
    #[must_use = "the choice is that of the handle returned"]
    pub fn wrt<V>(self, argnums: Argnums<V>) -> Jit<I::Batched, R::Batched, Argnums<V>> {
        self.jit.wrt(argnums)
    }
}

impl<A, R: BatchResult, I: MapArgs<A>> IntoJit for Vmap<A, R, I> {
    type Args = I::Batched;
    type Result = R::Batched;
    type Wrt = Argnums<Argnum<0>>;
    fn __target(&self) -> __Target {
        self.jit.__target()
    }
}

impl<A, R: BatchResult, I: MapArgs<A>> Deref for Vmap<A, R, I> {
    type Target = Jit<I::Batched, R::Batched>;
    fn deref(&self) -> &Self::Target {
        &self.jit
    }
}

impl<A, R: BatchResult, I: MapArgs<A>> Clone for Vmap<A, R, I> {
    fn clone(&self) -> Vmap<A, R, I> {
        Vmap { inner: self.inner, options: self.options.clone(), jit: self.jit.clone() }
    }
}

impl<A, R: BatchResult, I: MapArgs<A>> fmt::Debug for Vmap<A, R, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.jit, f)
    }
}
