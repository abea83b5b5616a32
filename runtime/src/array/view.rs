//! Views: what rows, columns, slices and transposes are, and what every array can be read and written as.
//!
//! [`ArrayRef`] is to [`Array`](super::Array) what `[T]` is to `Vec<T>`: address, shape and strides, without
//! ownership. Arrays and views dereference to it, so each method is written once, here for all three.

use super::element::Element;
use ndarray as nd;
use ndarray::{Axis, Dimension, ShapeBuilder};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// The elements of an array or a view of one, without saying who owns them.
///
/// You meet it as the place where the methods of [`Array`](super::Array), [`ArrayView`] and
/// [`ArrayViewMut`] are documented.
// The `Tail` makes the type unsized, so that nobody can swap the insides of two `&mut ArrayRef` and with them
// the addresses, past the owners.
pub struct ArrayRef<T, D, Tail: ?Sized = [()]> {
    pub(super) ptr: NonNull<T>,
    pub(super) dim: D,
    pub(super) strides: D,
    #[allow(dead_code, reason = "only there for its unsized type")]
    tail: Tail,
}

/// The same with a size, to be a field.
pub(super) type Parts<T, D> = ArrayRef<T, D, [(); 0]>;

// SAFETY: an `ArrayRef` is only ever reached through a reference to its owner (an array or a view), and gives
// elements out with the same mutability; so it is like `[T]`, and `T: Element` is `Send + Sync`.
unsafe impl<T: Element, D: Dimension, Tail: ?Sized> Send for ArrayRef<T, D, Tail> {}
// SAFETY: as above.
unsafe impl<T: Element, D: Dimension, Tail: ?Sized> Sync for ArrayRef<T, D, Tail> {}

impl<T: Element, D: Dimension> Parts<T, D> {
    /// The parts of a contiguous block in row-major order.
    pub(super) fn contiguous(ptr: NonNull<T>, dim: D) -> Parts<T, D> {
        let mut strides = D::zeros(dim.ndim());
        let mut stride = 1;
        for k in (0..dim.ndim()).rev() {
            strides[k] = stride;
            stride *= dim[k];
        }
        Parts { ptr, dim, strides, tail: [] }
    }

    /// The parts that a view of ndarray shows.
    fn of(ptr: NonNull<T>, dim: D, strides: &[isize]) -> Parts<T, D> {
        let mut own = D::zeros(dim.ndim());
        for (k, &stride) in strides.iter().enumerate() {
            own[k] = stride as usize;
        }
        Parts { ptr, dim, strides: own, tail: [] }
    }

    #[inline]
    pub(super) fn as_ref(&self) -> &ArrayRef<T, D> {
        self
    }

    #[inline]
    pub(super) fn as_mut(&mut self) -> &mut ArrayRef<T, D> {
        self
    }

    fn duplicate(&self) -> Parts<T, D> {
        Parts { ptr: self.ptr, dim: self.dim.clone(), strides: self.strides.clone(), tail: [] }
    }
}

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// ndarray takes addresses and strides only where no stride is negative. Gives the address of the element
    /// lowest in memory, the absolute strides, and which axes are to be inverted afterwards.
    fn unsigned(&self) -> (*mut T, D, Option<Vec<Axis>>) {
        if self.strides.slice().iter().all(|&s| s as isize >= 0) || self.dim.slice().contains(&0) {
            let mut strides = self.strides.clone();
            if self.dim.slice().contains(&0) {
                // Strides of an empty view mean nothing and may be negative; ndarray still wants them apart.
                let mut stride = 1;
                for k in (0..self.dim.ndim()).rev() {
                    strides[k] = stride;
                    stride *= self.dim[k].max(1);
                }
            }
            return (self.ptr.as_ptr(), strides, None);
        }
        let mut strides = self.strides.clone();
        let mut lowest = self.ptr.as_ptr();
        let mut inverted = Vec::new();
        for k in 0..self.dim.ndim() {
            let stride = strides[k] as isize;
            if stride < 0 {
                // wrapping: the element exists (the axis is not empty), but for this the compiler need not know
                lowest = lowest.wrapping_offset((self.dim[k] as isize - 1) * stride);
                strides[k] = stride.unsigned_abs();
                inverted.push(Axis(k));
            }
        }
        (lowest, strides, Some(inverted))
    }

    /// The same elements as a view of ndarray.
    pub fn nd(&self) -> nd::ArrayView<'_, T, D> {
        let (ptr, strides, inverted) = self.unsigned();
        // SAFETY: address, shape and strides are those of a live array (its owner is borrowed by `&self`) or
        // of a view that ndarray made of one; `unsigned` only renames the first element.
        let mut view = unsafe { nd::ArrayView::from_shape_ptr(self.dim.clone().strides(strides), ptr) };
        for axis in inverted.into_iter().flatten() {
            view.invert_axis(axis);
        }
        view
    }

    /// The same elements as a mutable view of ndarray.
    pub fn nd_mut(&mut self) -> nd::ArrayViewMut<'_, T, D> {
        let (ptr, strides, inverted) = self.unsigned();
        // SAFETY: as in `nd`; `&mut self` comes from an owner with the right to write (`Array`,
        // `ArrayViewMut`; an `ArrayView` does not dereference mutably), whose elements are all distinct.
        let mut view = unsafe { nd::ArrayViewMut::from_shape_ptr(self.dim.clone().strides(strides), ptr) };
        for axis in inverted.into_iter().flatten() {
            view.invert_axis(axis);
        }
        view
    }
}

/// A read-only view of an array: a row, a slice, a transpose. It borrows the array and copies nothing.
///
/// ```
/// use desc_jit::array::Array2;
///
/// let a = Array2::from_shape_fn((2, 3), |(i, j)| (10 * i + j) as f64);
/// let difference = &a.row(1) - &a.row(0);
/// assert_eq!(difference.to_vec(), [10.0, 10.0, 10.0]);
/// assert_eq!(a.t()[[2, 1]], 12.0);
/// ```
pub struct ArrayView<'a, T, D> {
    parts: Parts<T, D>,
    life: PhantomData<&'a T>,
}

/// A view through which the elements of an array can be changed.
///
/// ```
/// use desc_jit::array::Array2;
///
/// let mut a = Array2::<f64>::zeros((2, 3));
/// a.row_mut(0).fill(1.0);
/// let mut column = a.column_mut(2);
/// column += 5.0;
/// assert_eq!(a.sum(), 13.0);
/// ```
pub struct ArrayViewMut<'a, T, D> {
    parts: Parts<T, D>,
    life: PhantomData<&'a mut T>,
}

/// A read-only view with one axis.
pub type ArrayView1<'a, T> = ArrayView<'a, T, nd::Ix1>;
/// A read-only view with two axes.
pub type ArrayView2<'a, T> = ArrayView<'a, T, nd::Ix2>;
/// A read-only view with three axes.
pub type ArrayView3<'a, T> = ArrayView<'a, T, nd::Ix3>;
/// A read-only view whose number of axes is known at run time.
pub type ArrayViewD<'a, T> = ArrayView<'a, T, nd::IxDyn>;
/// A mutable view with one axis.
pub type ArrayViewMut1<'a, T> = ArrayViewMut<'a, T, nd::Ix1>;
/// A mutable view with two axes.
pub type ArrayViewMut2<'a, T> = ArrayViewMut<'a, T, nd::Ix2>;
/// A mutable view with three axes.
pub type ArrayViewMut3<'a, T> = ArrayViewMut<'a, T, nd::Ix3>;
/// A mutable view whose number of axes is known at run time.
pub type ArrayViewMutD<'a, T> = ArrayViewMut<'a, T, nd::IxDyn>;

/// An address as ndarray gives it, which is never null.
fn address<T>(ptr: *const T) -> NonNull<T> {
    NonNull::new(ptr.cast_mut()).unwrap_or(NonNull::dangling())
}

impl<'a, T: Element, D: Dimension> From<nd::ArrayView<'a, T, D>> for ArrayView<'a, T, D> {
    fn from(view: nd::ArrayView<'a, T, D>) -> Self {
        let parts = Parts::of(address(view.as_ptr()), view.raw_dim(), view.strides());
        ArrayView { parts, life: PhantomData }
    }
}

impl<'a, T: Element, D: Dimension> From<nd::ArrayViewMut<'a, T, D>> for ArrayViewMut<'a, T, D> {
    fn from(mut view: nd::ArrayViewMut<'a, T, D>) -> Self {
        let parts = Parts::of(address(view.as_mut_ptr()), view.raw_dim(), view.strides());
        ArrayViewMut { parts, life: PhantomData }
    }
}

impl<T: Element, D: Dimension> Deref for ArrayView<'_, T, D> {
    type Target = ArrayRef<T, D>;
    #[inline]
    fn deref(&self) -> &ArrayRef<T, D> {
        self.parts.as_ref()
    }
}

impl<T: Element, D: Dimension> Deref for ArrayViewMut<'_, T, D> {
    type Target = ArrayRef<T, D>;
    #[inline]
    fn deref(&self) -> &ArrayRef<T, D> {
        self.parts.as_ref()
    }
}

impl<T: Element, D: Dimension> DerefMut for ArrayViewMut<'_, T, D> {
    #[inline]
    fn deref_mut(&mut self) -> &mut ArrayRef<T, D> {
        self.parts.as_mut()
    }
}

/// Copies the view, not the elements.
impl<T: Element, D: Dimension> Clone for ArrayView<'_, T, D> {
    fn clone(&self) -> Self {
        ArrayView { parts: self.parts.duplicate(), life: PhantomData }
    }
}

impl<'a, T: Element, D: Dimension> ArrayViewMut<'a, T, D> {
    /// The view of ndarray with the same lifetime.
    pub(crate) fn into_nd(mut self) -> nd::ArrayViewMut<'a, T, D> {
        // SAFETY: only the lifetime is spelled out, which `nd_mut` shortens to that of the local `self`: the
        // elements live for 'a, and the only view through which they can be written meanwhile is used up here.
        unsafe { self.nd_mut().raw_view_mut().deref_into_view_mut() }
    }
}

impl<'a, T: Element, D: Dimension> ArrayView<'a, T, D> {
    /// The view of ndarray with the same lifetime.
    pub(super) fn into_nd(self) -> nd::ArrayView<'a, T, D> {
        // SAFETY: only the lifetime is spelled out, which `nd` shortens to that of the local `self`: the
        // elements live for 'a, and as this is a shared view nobody writes to them meanwhile.
        unsafe { self.nd().raw_view().deref_into_view() }
    }

    /// The elements of `array` repeated, as ndarray found that it can be done.
    pub(super) fn repeated<E: Dimension>(array: &'a ArrayRef<T, E>, dim: D, strides: &[isize]) -> Self {
        ArrayView { parts: Parts::of(array.ptr, dim, strides), life: PhantomData }
    }
}
