//! `a[i]`, `a[[i, j]]`: a bounds check and a load.

use super::element::Element;
use super::view::ArrayRef;
use super::{Array, axes};
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
    /// Panics with the index and the shape.
    #[doc(hidden)]
    fn fail(self, dim: &D, on_host: bool) -> !;
    /// Where the element is in an array in row-major order, `None` when it is out of range.
    #[doc(hidden)]
    fn row_major(self, dim: &D) -> Option<usize>;
    /// Where the element is in a view, `None` when it is out of range.
    #[doc(hidden)]
    fn strided(self, dim: &D, strides: &D) -> Option<isize>;
}

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

/// For one number of axes, everything written out without loops: LLVM unrolls those too late for its other
/// passes to remove bounds checks. Each axis has a word and its number.
macro_rules! fixed_axes {
    ($module:ident $n:literal $dim:ident { $($word:ident $k:literal)* }) => {
        mod $module {
            use super::*;

            /// `refuse`, with the index handed over in words.
            #[inline(always)]
            #[track_caller]
            pub(super) fn fail(index: [usize; $n], dim: &$dim, on_host: bool) -> ! {
                #[cold]
                #[inline(never)]
                #[track_caller]
                #[allow(clippy::too_many_arguments)]
                fn fail($($word: usize,)* dim: &$dim, on_host: bool) -> ! {
                    refuse(&[$($word),*], dim.slice(), on_host)
                }
                let [$($word),*] = index;
                fail($($word,)* &dim.clone(), on_host)
            }

            #[inline(always)]
            #[allow(unused_variables)]
            pub(super) fn row_major(index: [usize; $n], dim: &$dim) -> Option<usize> {
                let [$($word),*] = index;
                let inside = true $(&& $word < dim[$k])*;
                // No overflow: inside the shape this is below the number of elements.
                #[allow(unused_mut)]
                let mut at = 0usize;
                $(at = at.wrapping_mul(dim[$k]).wrapping_add($word);)*
                if inside { Some(at) } else { None }
            }

            #[inline(always)]
            #[allow(unused_variables)]
            pub(super) fn strided(index: [usize; $n], dim: &$dim, strides: &$dim) -> Option<isize> {
                let [$($word),*] = index;
                let inside = true $(&& $word < dim[$k])*;
                let at = 0isize $(.wrapping_add(($word as isize).wrapping_mul(strides[$k] as isize)))*;
                if inside { Some(at) } else { None }
            }
        }
    };
}

fixed_axes!(axes_0 0 Ix0 {});
fixed_axes!(axes_1 1 Ix1 { i 0 });
fixed_axes!(axes_2 2 Ix2 { i 0 j 1 });
fixed_axes!(axes_3 3 Ix3 { i 0 j 1 k 2 });
fixed_axes!(axes_4 4 Ix4 { i 0 j 1 k 2 l 3 });
fixed_axes!(axes_5 5 Ix5 { i 0 j 1 k 2 l 3 m 4 });
fixed_axes!(axes_6 6 Ix6 { i 0 j 1 k 2 l 3 m 4 n 5 });

macro_rules! fixed_index {
    ($($dim:ty, $axes:ident, $self:ident: $index:ty => $list:expr;)*) => {$(
        impl ArrayIndex<$dim> for $index {
            #[inline(always)]
            #[track_caller]
            fn fail(self, dim: &$dim, on_host: bool) -> ! {
                let $self = self;
                $axes::fail($list, dim, on_host)
            }
            #[inline(always)]
            fn row_major(self, dim: &$dim) -> Option<usize> {
                let $self = self;
                $axes::row_major($list, dim)
            }
            #[inline(always)]
            fn strided(self, dim: &$dim, strides: &$dim) -> Option<isize> {
                let $self = self;
                $axes::strided($list, dim, strides)
            }
        }
    )*};
}

fixed_index! {
    Ix0, axes_0, i: [usize; 0] => i;
    Ix0, axes_0, _i: () => [];
    Ix1, axes_1, i: usize => [i];
    Ix1, axes_1, i: [usize; 1] => i;
    Ix2, axes_2, i: [usize; 2] => i;
    Ix2, axes_2, i: (usize, usize) => [i.0, i.1];
    Ix3, axes_3, i: [usize; 3] => i;
    Ix3, axes_3, i: (usize, usize, usize) => [i.0, i.1, i.2];
    Ix4, axes_4, i: [usize; 4] => i;
    Ix4, axes_4, i: (usize, usize, usize, usize) => [i.0, i.1, i.2, i.3];
    Ix5, axes_5, i: [usize; 5] => i;
    Ix6, axes_6, i: [usize; 6] => i;
}

macro_rules! dynamic_index {
    ($($self:ident: [$($generic:tt)*] $index:ty => $list:expr;)*) => {$(
        impl<$($generic)*> ArrayIndex<Dim<IxDynImpl>> for $index {
            #[inline]
            #[track_caller]
            fn fail(self, dim: &IxDyn, on_host: bool) -> ! {
                let $self = self;
                refuse($list, dim.slice(), on_host)
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

/// The panic of an access that is not possible.
#[cold]
#[inline(never)]
#[track_caller]
fn refuse(index: &[usize], shape: &[usize], on_host: bool) -> ! {
    let shown = ShowIndex(index);
    if index.len() != shape.len() {
        panic!("index {shown} does not fit an array of shape {shape:?}, which has {}", axes(shape.len()));
    }
    if !on_host && index.iter().zip(shape).all(|(i, n)| i < n) {
        panic!(
            "index {shown} of an array that lives on a GPU: single elements are read and written on the host \
             only; write `let a = a.to_host();` before"
        );
    }
    panic!("index {shown} is out of range for an array of shape {shape:?}");
}

// An access costs a bounds check and a load because of three things that are easy to lose:
//
// * What happens when it fails neither returns nor sees `&self`: with either, LLVM keeps address and shape of
//   the array in memory and reads them anew for each element (a 5-point stencil takes four times as long).
//   So elements of an array on a device can't be fetched from here.
// * The failing function gets the index in words, not in memory, where it would be stored for each element.
// * The bounds are the very lengths that `len()` and `dim()` give, so that a loop over them needs no check.

impl<T: Element, D: Dimension, I: ArrayIndex<D>> Index<I> for Array<T, D> {
    type Output = T;

    #[inline]
    #[track_caller]
    fn index(&self, index: I) -> &T {
        match index.row_major(&self.parts.dim) {
            // SAFETY: the array is on the host, where `parts.ptr` is the start of a contiguous block of shape
            // `parts.dim`, and `row_major` found the index inside that shape.
            Some(at) if self.is_host() => unsafe { self.parts.ptr.add(at).as_ref() },
            _ => index.fail(&self.parts.dim, self.is_host()),
        }
    }
}

impl<T: Element, D: Dimension, I: ArrayIndex<D>> IndexMut<I> for Array<T, D> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: I) -> &mut T {
        match index.row_major(&self.parts.dim) {
            // SAFETY: as in `index`; the block belongs to this array alone (`Buffer` is unique).
            Some(at) if self.is_host() => unsafe { self.parts.ptr.add(at).as_mut() },
            _ => index.fail(&self.parts.dim, self.is_host()),
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
            None => index.fail(&self.dim, true),
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
            None => index.fail(&self.dim, true),
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
