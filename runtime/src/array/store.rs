//! What an array owns, behind one pointer.
//!
//! An array is address, shape and strides (words that a loop wants in registers) and the owner of the elements.
//! LLVM takes a local array apart into registers only when no function gets its address. So everything that
//! happens to arrays in ordinary code, to make, move, clone and drop them, hands the owner over by value, as
//! one pointer; with the owner's fields directly in the array, a stencil over local arrays took six times as
//! long.

use super::Array;
use super::buffer::Buffer;
use super::element::Element;
use crate::error::{Error, Result};
use candle_core::Tensor;
use ndarray::Dimension;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::OnceLock;

/// The owner of an array's elements.
pub(super) struct Store<T, D>(ManuallyDrop<Box<Owned<T, D>>>);

struct Owned<T, D> {
    buffer: Buffer,
    /// For an array that lives elsewhere: the copy on the host that readers make.
    mirror: Option<OnceLock<Array<T, D>>>,
}

impl<T: Element, D: Dimension> Store<T, D> {
    /// Takes over a buffer of elements `T`.
    #[inline(never)]
    pub(super) fn new(buffer: Buffer) -> Store<T, D> {
        debug_assert_eq!(buffer.dtype(), T::DTYPE);
        let mirror = (!buffer.is_host()).then(OnceLock::new);
        Store(ManuallyDrop::new(Box::new(Owned { buffer, mirror })))
    }

    /// A copy of a store on the same device.
    #[inline(never)]
    #[track_caller]
    pub(super) fn copy(&self) -> Store<T, D> {
        Store::of(self.0.buffer.deep_clone())
    }

    /// Takes over a buffer that was just made with the right dtype.
    #[inline(never)]
    #[track_caller]
    pub(super) fn of(buffer: Result<Buffer>) -> Store<T, D> {
        match buffer {
            Ok(buffer) => Store::new(buffer),
            Err(e) => panic!("{e}"),
        }
    }

    #[inline]
    pub(super) fn buffer(&self) -> &Buffer {
        &self.0.buffer
    }

    pub(super) fn buffer_mut(&mut self) -> &mut Buffer {
        &mut self.0.buffer
    }

    pub(super) fn into_buffer(self) -> Buffer {
        let mut store = ManuallyDrop::new(self);
        // SAFETY: `store` is neither dropped nor used again.
        unsafe { ManuallyDrop::take(&mut store.0) }.buffer
    }

    /// The first element, when it is on the host.
    #[inline]
    pub(super) fn first(&self) -> Option<NonNull<T>> {
        self.0.buffer.first().map(NonNull::cast)
    }

    /// The copy on the host of an array that lives elsewhere.
    #[cold]
    #[track_caller]
    pub(super) fn mirror(&self) -> &Array<T, D> {
        match &self.0.mirror {
            Some(mirror) => mirror.get_or_init(|| fetch(self.0.buffer.tensor())),
            None => unreachable!("an array on the host is its own copy there"),
        }
    }

    /// The same, without a copy of the copy.
    #[cold]
    #[track_caller]
    pub(super) fn into_mirror(mut self) -> Array<T, D> {
        self.mirror();
        match self.0.mirror.as_mut().and_then(OnceLock::take) {
            Some(array) => array,
            None => unreachable!("the copy was just made"),
        }
    }
}

#[track_caller]
fn fetch<T: Element, D: Dimension>(tensor: &Tensor) -> Array<T, D> {
    let copy = tensor.to_device(&candle_core::Device::Cpu).map_err(Error::from);
    match copy.and_then(|copy| Buffer::from_tensor(copy, T::DTYPE)).and_then(Array::from_buffer) {
        Ok(array) => array,
        Err(e) => panic!("{e}\n  = while fetching an array from {:?}", tensor.device().location()),
    }
}

impl<T, D> Drop for Store<T, D> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the store is being dropped, so the field is not used again.
        release(unsafe { ManuallyDrop::take(&mut self.0) });
    }
}

#[inline(never)]
fn release<T, D>(owned: Box<Owned<T, D>>) {
    drop(owned);
}
