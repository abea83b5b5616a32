//! Arrays over Candle storage, with the method names of `ndarray`.
//!
//! An [`Array`] owns one block of elements in row-major order, on the CPU or on a GPU. On the CPU its
//! elements are read and written in place, so that a function over arrays compiles as plain Rust and runs
//! like it:
//!
//! ```
//! use desc_jit::array::{Array2, s};
//!
//! let mut u = Array2::<f64>::zeros((4, 5));
//! u[[1, 2]] = 3.0;
//! u.row_mut(3).fill(0.5);
//! assert_eq!(u.dim(), (4, 5));
//! assert_eq!(u.sum(), 5.5);
//! let inner = u.slice(s![1..3, 1..-1]).to_owned();
//! assert_eq!((2.0 * &inner + 1.0)[[0, 1]], 7.0);
//! ```
//!
//! Arrays that live on a GPU stay there until somebody looks: methods that read elements fetch a copy to the
//! host once and keep it, methods that change elements move the array to the host. Only brackets do not:
//! `a[i]` of a GPU array panics and asks for [`Array::to_host`] first, because a check for it in every access
//! would cost all arrays on the CPU.
//!
//! Code map: `buffer` (storage, the only place that touches Candle's), `view` (what can be read without
//! owning it), `pool` (memory kept from call to call), then one file per family of methods.

mod at;
mod buffer;
mod construct;
mod convert;
mod device;
mod dot;
mod element;
mod elementwise;
mod float;
mod format;
mod index;
mod iterate;
mod lines;
mod npy;
mod operators;
pub(crate) mod pool;
mod reduce;
mod reshape;
mod slice;
mod store;
mod view;

pub use at::{At, AtIndex, put};
pub use buffer::Buffer;
pub use device::Device;
pub use dot::DotDim;
pub use element::{Element, Number};
pub use float::Float;
pub(crate) use format::Nested;
pub use index::ArrayIndex;
pub use ndarray::{Axis, Dimension, IntoDimension, Ix0, Ix1, Ix2, Ix3, Ix4, IxDyn, s};
pub use npy::{read_npy, read_npz, write_npz};
pub use operators::Operand;
pub use view::{
    ArrayRef, ArrayView, ArrayView1, ArrayView2, ArrayView3, ArrayViewD, ArrayViewMut, ArrayViewMut1,
    ArrayViewMut2, ArrayViewMut3, ArrayViewMutD,
};

use crate::error::{Error, ErrorKind, Result};
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;
use store::Store;
use view::Parts;

/// An array of elements `T` with the axes `D`, over Candle storage.
///
/// Use it through [`Array1`], [`Array2`], [`Array3`] and [`ArrayD`]. Cloning copies the elements, as with
/// `ndarray`. Most methods are those of [`ArrayRef`], which views share.
pub struct Array<T, D> {
    /// Shape, strides, and the address of the elements where that is an address of the host.
    parts: Parts<T, D>,
    /// It is.
    on_host: bool,
    store: Store<T, D>,
}

/// An array without axes: one element.
pub type Array0<T> = Array<T, Ix0>;
/// An array with one axis.
pub type Array1<T> = Array<T, Ix1>;
/// An array with two axes.
pub type Array2<T> = Array<T, Ix2>;
/// An array with three axes.
pub type Array3<T> = Array<T, Ix3>;
/// An array with four axes.
pub type Array4<T> = Array<T, Ix4>;
/// An array whose number of axes is known at run time.
pub type ArrayD<T> = Array<T, IxDyn>;

impl<T: Element, D: Dimension> Array<T, D> {
    /// Takes over a buffer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DType`] when it holds another type, [`ErrorKind::Rank`] when it has another number of axes.
    pub fn from_buffer(buffer: Buffer) -> Result<Array<T, D>> {
        if buffer.dtype() != T::DTYPE {
            return Err(Error::new(
                ErrorKind::DType,
                format!("expected an array of {}, found one of {}", T::DTYPE, buffer.dtype()),
            ));
        }
        let dim = dim_of::<D>(buffer.shape())?;
        Ok(Array::assemble(Store::new(buffer), dim))
    }

    /// The array of a store of that shape. Everything that makes arrays ends here, inlined into the caller.
    #[inline]
    fn assemble(store: Store<T, D>, dim: D) -> Array<T, D> {
        let first = store.first();
        let parts = Parts::contiguous(first.unwrap_or(NonNull::dangling()), dim);
        Array { parts, on_host: first.is_some(), store }
    }

    /// The storage.
    pub fn buffer(&self) -> &Buffer {
        self.store.buffer()
    }

    /// The storage, to change the elements in it; it is not to be replaced.
    pub(crate) fn buffer_mut(&mut self) -> &mut Buffer {
        self.store.buffer_mut()
    }

    /// Gives the storage up.
    pub fn into_buffer(self) -> Buffer {
        self.store.into_buffer()
    }

    /// Replaces the storage by another of the same dtype and number of axes (the lengths may differ) and
    /// gives the old one up.
    ///
    /// # Errors
    ///
    /// As [`Array::from_buffer`]; the array is unchanged then.
    pub fn replace_buffer(&mut self, buffer: Buffer) -> Result<Buffer> {
        let new = Array::from_buffer(buffer)?;
        Ok(std::mem::replace(self, new).into_buffer())
    }

    /// The elements are where the CPU reads and writes them.
    #[inline]
    pub fn is_host(&self) -> bool {
        self.on_host
    }

    /// The device that the elements live on.
    pub fn device(&self) -> Device {
        self.buffer().device()
    }

    /// A copy on that device. Reading an array of a GPU works too (it fetches a copy once).
    ///
    /// # Errors
    ///
    /// When one of the devices refuses.
    pub fn to_device(&self, device: &Device) -> Result<Array<T, D>> {
        Array::from_buffer(self.buffer().to_device(device)?)
    }

    /// A copy on the host, to read and write single elements of.
    ///
    /// # Panics
    ///
    /// When the device reports that its work failed.
    #[track_caller]
    #[must_use = "this returns a copy and leaves the array where it is"]
    pub fn to_host(&self) -> Array<T, D> {
        if self.on_host { self.clone() } else { self.store.mirror().clone() }
    }

    /// Waits until the device has finished all work that was started, and with it what computes this array.
    ///
    /// # Panics
    ///
    /// When the device reports that the work failed.
    #[track_caller]
    pub fn block_until_ready(&self) -> &Self {
        if let Err(e) = self.device().synchronize() {
            panic!("{e}");
        }
        self
    }

    /// Before a write: makes the array live on the host.
    #[inline]
    #[track_caller]
    fn move_to_host(&mut self) {
        if !self.on_host {
            let new = Array::default();
            *self = std::mem::replace(self, new).store.into_mirror();
        }
    }

    /// The array of a buffer that was just made with the right dtype and shape.
    #[inline]
    #[track_caller]
    fn of(buffer: Result<Buffer>, dim: D) -> Array<T, D> {
        Array::assemble(Store::of(buffer), dim)
    }

    /// The array of the elements of an iterator in row-major order.
    #[track_caller]
    fn collected(elements: impl Iterator<Item = T>, dim: D) -> Array<T, D> {
        Array::of(Buffer::collect(elements, dim.slice()), dim)
    }

    /// The array of these elements in row-major order.
    #[inline]
    #[track_caller]
    fn of_vec(data: Vec<T>, dim: D) -> Array<T, D> {
        Array::of(Buffer::from_vec(data, dim.slice()), dim)
    }
}

/// A shape as a `D`.
fn dim_of<D: Dimension>(shape: &[usize]) -> Result<D> {
    if D::NDIM.is_some_and(|n| n != shape.len()) {
        return Err(Error::new(
            ErrorKind::Rank,
            format!(
                "expected an array with {}, found one with {} (shape {shape:?})",
                axes(D::NDIM.unwrap_or(0)),
                axes(shape.len())
            ),
        ));
    }
    let mut dim = D::zeros(shape.len());
    dim.slice_mut().copy_from_slice(shape);
    Ok(dim)
}

/// `1 axis`, `2 axes`.
fn axes(n: usize) -> String {
    format!("{n} {}", if n == 1 { "axis" } else { "axes" })
}

impl<T: Element, D: Dimension> Deref for Array<T, D> {
    type Target = ArrayRef<T, D>;

    #[inline]
    #[track_caller]
    fn deref(&self) -> &ArrayRef<T, D> {
        if self.on_host { self.parts.as_ref() } else { self.store.mirror().parts.as_ref() }
    }
}

impl<T: Element, D: Dimension> DerefMut for Array<T, D> {
    #[inline]
    #[track_caller]
    fn deref_mut(&mut self) -> &mut ArrayRef<T, D> {
        self.move_to_host();
        self.parts.as_mut()
    }
}

/// Copies the elements, on the same device.
impl<T: Element, D: Dimension> Clone for Array<T, D> {
    #[inline]
    #[track_caller]
    fn clone(&self) -> Self {
        Array::assemble(self.store.copy(), self.raw_dim())
    }

    #[track_caller]
    fn clone_from(&mut self, source: &Self) {
        if self.is_host() && source.is_host() && self.parts.dim == source.parts.dim {
            self.parts.as_mut().assign(source);
        } else {
            *self = source.clone();
        }
    }
}

// As for a vector, a panic in the middle of a write leaves old and new elements, never a broken array. (Candle's
// locks are released by a panic and not poisoned.)
impl<T: Element, D: Dimension> UnwindSafe for Array<T, D> {}
impl<T: Element, D: Dimension> RefUnwindSafe for Array<T, D> {}

/// An array without elements (with axes of length 0; one zero for [`Array0`]).
impl<T: Element, D: Dimension> Default for Array<T, D> {
    fn default() -> Self {
        let dim = D::default();
        Array::of(Buffer::zeros(T::DTYPE, dim.slice(), &Device::cpu()), dim)
    }
}

/// What is known without looking at the elements, and so without fetching them from a device.
macro_rules! shape_methods {
    ($($ty:ident, $($field:ident).*;)*) => {$(
        impl<T: Element, D: Dimension> $ty<T, D> {
            /// The length of each axis.
            #[inline]
            pub fn shape(&self) -> &[usize] {
                self.$($field).*.slice()
            }
            /// The lengths as `usize`, `(usize, usize)`, ...
            #[inline]
            pub fn dim(&self) -> D::Pattern {
                self.$($field).*.clone().into_pattern()
            }
            /// The lengths as ndarray's type for them, to make another array of the same shape.
            #[inline]
            pub fn raw_dim(&self) -> D {
                self.$($field).*.clone()
            }
            /// The number of elements.
            #[inline]
            pub fn len(&self) -> usize {
                self.$($field).*.size()
            }
            /// There are no elements.
            #[inline]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
            /// The number of axes.
            #[inline]
            pub fn ndim(&self) -> usize {
                self.$($field).*.ndim()
            }
            /// The length of one axis.
            ///
            /// # Panics
            ///
            /// When there is no such axis.
            #[inline]
            #[track_caller]
            pub fn len_of(&self, axis: Axis) -> usize {
                self.shape()[axis.index()]
            }
        }

        impl<T: Element> $ty<T, Ix2> {
            /// The number of rows: the length of the first axis.
            #[inline]
            pub fn nrows(&self) -> usize {
                self.$($field).*[0]
            }
            /// The number of columns: the length of the second axis.
            #[inline]
            pub fn ncols(&self) -> usize {
                self.$($field).*[1]
            }
        }
    )*};
}

shape_methods! {
    Array, parts.dim;
    ArrayRef, dim;
}
