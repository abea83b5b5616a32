//! `a[i]`, `a[[i, j]]`: a bounds check and a load.

use super::Array;
use super::element::Element;
use super::view::ArrayRef;
use ndarray::{Dim, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn, IxDynImpl};
use std::fmt;
use std::ops::{Index, IndexMut};

/// What stands in the brackets: `usize` for one axis, `[usize; N]` or a tuple for `N` axes; for arrays of
/// dynamic rank any of these and `&[usize]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an index into an array of {D}",
    note = "write `a[i]` for one axis, `a[[i, j]]` for two, `a[[i, j, k]]` for three; indices are `usize`"
)]
pub trait ArrayIndex<D>: Copy {
    /// The positions along the axes; `None` when there are not as many as axes.
    #[doc(hidden)]
    fn positions<R>(self, with: impl FnOnce(&[usize]) -> R) -> R;
    /// Where the element is in an array in row-major order, `None` when it is out of range.
    #[doc(hidden)]
    fn row_major(self, dim: &D) -> Option<usize>;
    /// Where the element is in a view, `None` when it is out of range.
    #[doc(hidden)]
    fn strided(self, dim: &D, strides: &D) -> Option<isize>;
}

#[inline(always)]
fn row_major(index: &[usize], dim: &[usize]) -> Option<usize> {
    let mut at = 0;
    for (&i, &n) in index.iter().zip(dim) {
        if i >= n {
            return None;
        }
        // No overflow: `at` stays below the number of elements.
        at = at * n + i;
    }
    Some(at)
}

#[inline(always)]
fn strided(index: &[usize], dim: &[usize], strides: &[usize]) -> Option<isize> {
    let mut at = 0;
    for ((&i, &n), &stride) in index.iter().zip(dim).zip(strides) {
        if i >= n {
            return None;
        }
        at += i as isize * stride as isize;
    }
    Some(at)
}

macro_rules! fixed_index {
    ($($n:literal $dim:ty, $self:ident: $index:ty => $list:expr;)*) => {$(
        impl ArrayIndex<$dim> for $index {
            #[inline(always)]
            fn positions<R>(self, with: impl FnOnce(&[usize]) -> R) -> R {
                let $self = self;
                with(&$list)
            }
            #[inline(always)]
            fn row_major(self, dim: &$dim) -> Option<usize> {
                let $self = self;
                let list: [usize; $n] = $list;
                row_major(&list, dim.slice())
            }
            #[inline(always)]
            fn strided(self, dim: &$dim, strides: &$dim) -> Option<isize> {
                let $self = self;
                let list: [usize; $n] = $list;
                strided(&list, dim.slice(), strides.slice())
            }
        }
    )*};
}

fixed_index! {
    0 Ix0, i: [usize; 0] => i;
    0 Ix0, _i: () => [];
    1 Ix1, i: usize => [i];
    1 Ix1, i: [usize; 1] => i;
    2 Ix2, i: [usize; 2] => i;
    2 Ix2, i: (usize, usize) => [i.0, i.1];
    3 Ix3, i: [usize; 3] => i;
    3 Ix3, i: (usize, usize, usize) => [i.0, i.1, i.2];
    4 Ix4, i: [usize; 4] => i;
    4 Ix4, i: (usize, usize, usize, usize) => [i.0, i.1, i.2, i.3];
    5 Ix5, i: [usize; 5] => i;
    6 Ix6, i: [usize; 6] => i;
}

macro_rules! dynamic_index {
    ($($self:ident: [$($generic:tt)*] $index:ty => $list:expr;)*) => {$(
        impl<$($generic)*> ArrayIndex<Dim<IxDynImpl>> for $index {
            #[inline]
            fn positions<R>(self, with: impl FnOnce(&[usize]) -> R) -> R {
                let $self = self;
                with($list)
            }
            #[inline]
            fn row_major(self, dim: &IxDyn) -> Option<usize> {
                let $self = self;
                let list: &[usize] = $list;
                if list.len() != dim.ndim() { None } else { row_major(list, dim.slice()) }
            }
            #[inline]
            fn strided(self, dim: &IxDyn, strides: &IxDyn) -> Option<isize> {
                let $self = self;
                let list: &[usize] = $list;
                if list.len() != dim.ndim() { None } else { strided(list, dim.slice(), strides.slice()) }
            }
        }
    )*};
}

dynamic_index! {
    i: [] usize => &[i];
    i: [const N: usize] [usize; N] => &i;
    i: [] &[usize] => i;
    i: [const N: usize] &[usize; N] => i;
    i: [] (usize, usize) => &[i.0, i.1];
    i: [] (usize, usize, usize) => &[i.0, i.1, i.2];
}

/// `i` for one axis, `[i, j]` for several.
pub(super) struct ShowIndex<'a>(pub &'a [usize]);

impl fmt::Display for ShowIndex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [i] => write!(f, "{i}"),
            list => write!(f, "{list:?}"),
        }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
pub(super) fn out_of_range(index: &[usize], shape: &[usize]) -> ! {
    let shown = ShowIndex(index);
    if index.len() != shape.len() {
        panic!("index {shown} does not fit an array of shape {shape:?}, which has {} axes", shape.len());
    }
    panic!("index {shown} is out of range for an array of shape {shape:?}");
}

impl<T: Element, D: Dimension, I: ArrayIndex<D>> Index<I> for Array<T, D> {
    type Output = T;

    #[inline]
    #[track_caller]
    fn index(&self, index: I) -> &T {
        match index.row_major(&self.host.dim) {
            // SAFETY: `host.ptr` is the start of a contiguous block of shape `host.dim`, on the host, and
            // `row_major` found the index inside that shape.
            Some(at) => unsafe { self.host.ptr.add(at).as_ref() },
            None => self.index_elsewhere(index),
        }
    }
}

impl<T: Element, D: Dimension, I: ArrayIndex<D>> IndexMut<I> for Array<T, D> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: I) -> &mut T {
        if D::NDIM.unwrap_or(0) == 0 {
            // An array without axes has one element wherever it lives: only this test says where.
            self.move_to_host();
        }
        match index.row_major(&self.host.dim) {
            // SAFETY: as in `index`; the block belongs to this array alone (`Buffer` is unique).
            Some(at) => unsafe { self.host.ptr.add(at).as_mut() },
            None => self.index_mut_elsewhere(index),
        }
    }
}

impl<T: Element, D: Dimension> Array<T, D> {
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn index_elsewhere<I: ArrayIndex<D>>(&self, index: I) -> &T {
        if !self.is_host()
            && let Some(element) = self.mirror().get(index)
        {
            return element;
        }
        out_of_range(&index.positions(<[usize]>::to_vec), self.shape())
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn index_mut_elsewhere<I: ArrayIndex<D>>(&mut self, index: I) -> &mut T {
        self.move_to_host();
        match index.row_major(&self.host.dim) {
            // SAFETY: as in `index_mut`.
            Some(at) => unsafe { self.host.ptr.add(at).as_mut() },
            None => out_of_range(&index.positions(<[usize]>::to_vec), self.shape()),
        }
    }
}

impl<T: Element, D: Dimension, I: ArrayIndex<D>> Index<I> for ArrayRef<T, D> {
    type Output = T;

    #[inline]
    #[track_caller]
    fn index(&self, index: I) -> &T {
        match self.get(index) {
            Some(element) => element,
            None => out_of_range(&index.positions(<[usize]>::to_vec), self.shape()),
        }
    }
}

impl<T: Element, D: Dimension, I: ArrayIndex<D>> IndexMut<I> for ArrayRef<T, D> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: I) -> &mut T {
        match index.strided(&self.dim, &self.strides) {
            // SAFETY: `strided` found the index inside the view, and `&mut self` is the only access to it.
            Some(at) => unsafe { self.ptr.offset(at).as_mut() },
            None => out_of_range(&index.positions(<[usize]>::to_vec), self.shape()),
        }
    }
}

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// The element at `index`, or `None` when it is out of range.
    ///
    /// ```
    /// use desc_jit::array::Array2;
    ///
    /// let a = Array2::<f64>::ones((2, 2));
    /// assert_eq!(a.get([1, 1]), Some(&1.0));
    /// assert_eq!(a.get([1, 2]), None);
    /// ```
    #[inline]
    pub fn get<I: ArrayIndex<D>>(&self, index: I) -> Option<&T> {
        // SAFETY: `strided` found the index inside the view, whose elements are live while `&self` is.
        index.strided(&self.dim, &self.strides).map(|at| unsafe { self.ptr.offset(at).as_ref() })
    }

    /// The element at `index` to change, or `None` when it is out of range.
    #[inline]
    pub fn get_mut<I: ArrayIndex<D>>(&mut self, index: I) -> Option<&mut T> {
        // SAFETY: as in `get`, and `&mut self` is the only access.
        index.strided(&self.dim, &self.strides).map(|at| unsafe { self.ptr.offset(at).as_mut() })
    }

    /// Swaps two elements.
    ///
    /// # Panics
    ///
    /// When an index is out of range.
    #[track_caller]
    pub fn swap<I: ArrayIndex<D>, J: ArrayIndex<D>>(&mut self, a: I, b: J) {
        let (x, y) = (self[a], self[b]);
        self[a] = y;
        self[b] = x;
    }
}
