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
//! Arrays that live on a GPU stay there until somebody looks: reading elements fetches a copy to the host
//! once and keeps it, changing elements moves the array to the host.
//!
//! Code map: `buffer` (storage, the only place that touches Candle's), `view` (what can be read without
//! owning it), then one file per family of methods.

mod at;
mod buffer;
mod construct;
mod convert;
mod device;
mod dot;
mod elementwise;
mod element;
mod float;
mod format;
mod index;
mod iterate;
mod npy;
mod operators;
mod reduce;
mod reshape;
mod slice;
mod view;

pub use at::{At, AtIndex, put};
pub use buffer::Buffer;
pub use device::Device;
pub use dot::DotDim;
pub use element::{Element, Number};
pub use float::Float;
pub use index::ArrayIndex;
pub use ndarray::{Axis, Dimension, IntoDimension, Ix0, Ix1, Ix2, Ix3, Ix4, IxDyn, s};
pub use npy::{read_npy, read_npz, write_npz};
pub use operators::Operand;
pub use view::{
    ArrayRef, ArrayView, ArrayView1, ArrayView2, ArrayView3, ArrayViewD, ArrayViewMut, ArrayViewMut1,
    ArrayViewMut2, ArrayViewMut3, ArrayViewMutD,
};

use crate::error::{Error, ErrorKind, Result};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::OnceLock;
use view::Parts;

/// An array of elements `T` with the axes `D`, over Candle storage.
///
/// Use it through [`Array1`], [`Array2`], [`Array3`] and [`ArrayD`]. Cloning copies the elements, as with
/// `ndarray`. Most methods are those of [`ArrayRef`], which views share.
pub struct Array<T, D> {
    /// The elements where the CPU can read them. When the array lives elsewhere the shape in here is all
    /// zeros, so that the bounds check of an index fails and the slow path looks where the elements are:
    /// arrays on the CPU pay nothing for the others.
    host: Parts<T, D>,
    dim: D,
    buffer: Buffer,
    /// For an array on a device: the copy on the host that readers made.
    // In a box, so that `&Array` has no interior mutability of its own and the compiler may keep address and
    // shape in registers across a loop.
    mirror: Option<Box<OnceLock<Array<T, D>>>>,
    element: PhantomData<T>,
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
        if let Some(first) = buffer.host_ptr() {
            let first = NonNull::new(first.cast_mut().cast::<T>()).unwrap_or(NonNull::dangling());
            let host = Parts::contiguous(first, dim.clone());
            return Ok(Array { host, dim, buffer, mirror: None, element: PhantomData });
        }
        let mirror = Box::new(OnceLock::new());
        let mut host = Parts::contiguous(NonNull::dangling(), D::zeros(dim.ndim()));
        if dim.ndim() == 0 {
            // No shape to fail a bounds check with: the element is fetched at once.
            let copy = Array::from_buffer(buffer.to_device(&Device::cpu())?)?;
            host.ptr = mirror.get_or_init(|| copy).host.ptr;
        }
        Ok(Array { host, dim, buffer, mirror: Some(mirror), element: PhantomData })
    }

    /// The storage.
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// Gives the storage up.
    pub fn into_buffer(self) -> Buffer {
        self.buffer
    }

    /// Replaces the storage by another of the same dtype and number of axes (the lengths may differ) and
    /// gives the old one up.
    ///
    /// # Errors
    ///
    /// As [`Array::from_buffer`]; the array is unchanged then.
    pub fn replace_buffer(&mut self, buffer: Buffer) -> Result<Buffer> {
        let new = Array::from_buffer(buffer)?;
        Ok(std::mem::replace(self, new).buffer)
    }

    /// The elements are where the CPU reads and writes them.
    #[inline]
    pub fn is_host(&self) -> bool {
        self.mirror.is_none()
    }

    /// The device that the elements live on.
    pub fn device(&self) -> Device {
        self.buffer.device()
    }

    /// A copy on that device. Reading an array of a GPU works too (it fetches a copy once).
    ///
    /// # Errors
    ///
    /// When one of the devices refuses.
    pub fn to_device(&self, device: &Device) -> Result<Array<T, D>> {
        Array::from_buffer(self.buffer.to_device(device)?)
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

    /// The copy on the host of an array that lives elsewhere.
    #[track_caller]
    fn mirror(&self) -> &Array<T, D> {
        let Some(mirror) = &self.mirror else { return self };
        mirror.get_or_init(|| self.fetch())
    }

    #[track_caller]
    fn fetch(&self) -> Array<T, D> {
        match self.buffer.to_device(&Device::cpu()).and_then(Array::from_buffer) {
            Ok(copy) => copy,
            Err(e) => panic!("{e}\n  = while fetching an array from {}", self.device()),
        }
    }

    /// Before a write: makes the array live on the host.
    #[inline]
    #[track_caller]
    fn move_to_host(&mut self) {
        if let Some(mirror) = &mut self.mirror {
            let copy = mirror.take();
            *self = copy.unwrap_or_else(|| self.fetch());
        }
    }

    /// The array made of a buffer of which both are known to fit.
    #[track_caller]
    fn of(buffer: Result<Buffer>) -> Array<T, D> {
        match buffer.and_then(Array::from_buffer) {
            Ok(array) => array,
            Err(e) => panic!("{e}"),
        }
    }

    /// The array of these elements in row-major order.
    #[track_caller]
    fn of_vec(data: Vec<T>, dim: &D) -> Array<T, D> {
        Array::of(Buffer::from_vec(data, dim.slice()))
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
        if self.is_host() { self.host.as_ref() } else { self.mirror().host.as_ref() }
    }
}

impl<T: Element, D: Dimension> DerefMut for Array<T, D> {
    #[inline]
    #[track_caller]
    fn deref_mut(&mut self) -> &mut ArrayRef<T, D> {
        self.move_to_host();
        self.host.as_mut()
    }
}

/// Copies the elements, on the same device.
impl<T: Element, D: Dimension> Clone for Array<T, D> {
    #[track_caller]
    fn clone(&self) -> Self {
        Array::of(self.buffer.deep_clone())
    }

    #[track_caller]
    fn clone_from(&mut self, source: &Self) {
        if self.is_host() && source.is_host() && self.dim == source.dim {
            self.host.as_mut().assign(source);
        } else {
            *self = source.clone();
        }
    }
}

/// An array without elements (with axes of length 0; one zero for [`Array0`]).
impl<T: Element, D: Dimension> Default for Array<T, D> {
    fn default() -> Self {
        Array::of(Buffer::zeros(T::DTYPE, D::default().slice(), &Device::cpu()))
    }
}

/// What is known without looking at the elements, and so without fetching them from a device.
impl<T: Element, D: Dimension> Array<T, D> {
    /// The length of each axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        self.dim.slice()
    }
    /// The lengths as `usize`, `(usize, usize)`, ...
    #[inline]
    pub fn dim(&self) -> D::Pattern {
        self.dim.clone().into_pattern()
    }
    /// The lengths as ndarray's type for them, to make another array of the same shape.
    #[inline]
    pub fn raw_dim(&self) -> D {
        self.dim.clone()
    }
    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.dim.size()
    }
    /// There are no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The number of axes.
    #[inline]
    pub fn ndim(&self) -> usize {
        self.dim.ndim()
    }
    /// The length of one axis.
    #[inline]
    #[track_caller]
    pub fn len_of(&self, axis: Axis) -> usize {
        self.dim[axis.index()]
    }
}

impl<T: Element> Array<T, Ix2> {
    /// The number of rows: the length of the first axis.
    #[inline]
    pub fn nrows(&self) -> usize {
        self.dim[0]
    }
    /// The number of columns: the length of the second axis.
    #[inline]
    pub fn ncols(&self) -> usize {
        self.dim[1]
    }
}

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// The length of each axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        self.dim.slice()
    }
    /// The lengths as `usize`, `(usize, usize)`, ...
    #[inline]
    pub fn dim(&self) -> D::Pattern {
        self.dim.clone().into_pattern()
    }
    /// The lengths as ndarray's type for them, to make another array of the same shape.
    #[inline]
    pub fn raw_dim(&self) -> D {
        self.dim.clone()
    }
    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.dim.size()
    }
    /// There are no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The number of axes.
    #[inline]
    pub fn ndim(&self) -> usize {
        self.dim.ndim()
    }
    /// The length of one axis.
    #[inline]
    #[track_caller]
    pub fn len_of(&self, axis: Axis) -> usize {
        self.dim[axis.index()]
    }
}

impl<T: Element> ArrayRef<T, Ix2> {
    /// The number of rows: the length of the first axis.
    #[inline]
    pub fn nrows(&self) -> usize {
        self.dim[0]
    }
    /// The number of columns: the length of the second axis.
    #[inline]
    pub fn ncols(&self) -> usize {
        self.dim[1]
    }
}
