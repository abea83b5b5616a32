//! Going through arrays: elements, elements with their index, rows, subarrays.

use super::element::Element;
use super::view::{ArrayRef, ArrayView, ArrayView1, ArrayViewMut, ArrayViewMut1};
use super::{Array, Axis, Dimension};
use ndarray as nd;
use ndarray::{Ix1, Ix2, RemoveAxis};

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// The elements in row-major order.
    pub fn iter(&self) -> nd::iter::Iter<'_, T, D> {
        self.nd().into_iter()
    }

    /// The elements in row-major order, to change.
    pub fn iter_mut(&mut self) -> nd::iter::IterMut<'_, T, D> {
        self.nd_mut().into_iter()
    }

    /// The elements with their index (`usize`, `(usize, usize)`, ...), in row-major order.
    ///
    /// ```
    /// use desc_jit::array::Array2;
    ///
    /// let a = Array2::<i64>::eye(2);
    /// let ones: Vec<_> = a.indexed_iter().filter(|(_, x)| **x == 1).map(|(at, _)| at).collect();
    /// assert_eq!(ones, [(0, 0), (1, 1)]);
    /// ```
    pub fn indexed_iter(&self) -> impl Iterator<Item = (D::Pattern, &T)> {
        nd::indices(self.raw_dim()).into_iter().zip(self.iter())
    }

    /// The elements with their index, to change.
    pub fn indexed_iter_mut(&mut self) -> impl Iterator<Item = (D::Pattern, &mut T)> {
        nd::indices(self.raw_dim()).into_iter().zip(self.iter_mut())
    }

    /// The elements as a slice, if they are contiguous in row-major order. Always so for arrays; for views
    /// only sometimes.
    #[inline]
    pub fn as_slice(&self) -> Option<&[T]> {
        self.nd().to_slice()
    }

    /// The elements as a slice to change, if they are contiguous in row-major order.
    #[inline]
    pub fn as_slice_mut(&mut self) -> Option<&mut [T]> {
        self.nd_mut().into_slice()
    }

    /// The elements as a vector, in row-major order.
    pub fn to_vec(&self) -> Vec<T> {
        match self.as_slice() {
            Some(elements) => elements.to_vec(),
            None => self.iter().copied().collect(),
        }
    }

    /// The first element in row-major order; `None` when there is none.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The last element in row-major order; `None` when there is none.
    pub fn last(&self) -> Option<&T> {
        match self.as_slice() {
            Some(elements) => elements.last(),
            None => self.iter().last(),
        }
    }
}

impl<T: Element, D: RemoveAxis> ArrayRef<T, D> {
    /// The subarrays along the first axis: elements of a vector, rows of a matrix, ...
    pub fn outer_iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = ArrayView<'_, T, D::Smaller>> + ExactSizeIterator {
        self.axis_iter(Axis(0))
    }

    /// The subarrays along the first axis, to change.
    pub fn outer_iter_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = ArrayViewMut<'_, T, D::Smaller>> + ExactSizeIterator {
        self.axis_iter_mut(Axis(0))
    }

    /// The subarrays along an axis.
    ///
    /// # Panics
    ///
    /// When there is no such axis.
    #[track_caller]
    pub fn axis_iter(
        &self,
        axis: Axis,
    ) -> impl DoubleEndedIterator<Item = ArrayView<'_, T, D::Smaller>> + ExactSizeIterator {
        self.check_axis(axis);
        self.nd().into_axis_iter(axis).map(ArrayView::from)
    }

    /// The subarrays along an axis, to change.
    ///
    /// # Panics
    ///
    /// When there is no such axis.
    #[track_caller]
    pub fn axis_iter_mut(
        &mut self,
        axis: Axis,
    ) -> impl DoubleEndedIterator<Item = ArrayViewMut<'_, T, D::Smaller>> + ExactSizeIterator {
        self.check_axis(axis);
        self.nd_mut().into_axis_iter_mut(axis).map(ArrayViewMut::from)
    }
}

impl<T: Element> ArrayRef<T, Ix1> {
    /// Moving windows of `size` elements, in order; none where the array is shorter.
    ///
    /// # Panics
    ///
    /// When `size` is 0.
    ///
    /// ```
    /// use desc_jit::array::Array1;
    ///
    /// let x = Array1::from_vec(vec![1.0, 4.0, 9.0]);
    /// let steps: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
    /// assert_eq!(steps, [3.0, 5.0]);
    /// ```
    #[track_caller]
    pub fn windows(
        &self,
        size: usize,
    ) -> impl DoubleEndedIterator<Item = ArrayView1<'_, T>> + ExactSizeIterator {
        assert!(size > 0, "windows of no elements");
        let count = (self.len() + 1).saturating_sub(size);
        (0..count).map(move |k| self.slice(nd::s![k..k + size]))
    }
}

impl<T: Element> ArrayRef<T, Ix2> {
    /// The rows, in order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = ArrayView1<'_, T>> + ExactSizeIterator {
        self.axis_iter(Axis(0))
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl DoubleEndedIterator<Item = ArrayView1<'_, T>> + ExactSizeIterator {
        self.axis_iter(Axis(1))
    }

    /// The rows, to change.
    pub fn rows_mut(&mut self) -> impl DoubleEndedIterator<Item = ArrayViewMut1<'_, T>> + ExactSizeIterator {
        self.axis_iter_mut(Axis(0))
    }

    /// The columns, to change.
    pub fn columns_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = ArrayViewMut1<'_, T>> + ExactSizeIterator {
        self.axis_iter_mut(Axis(1))
    }
}

impl<T: Element, D: Dimension> Array<T, D> {
    /// The elements as a vector, in row-major order. Nothing is copied when the array is on the CPU.
    #[track_caller]
    pub fn into_vec(mut self) -> Vec<T> {
        self.move_to_host();
        self.into_buffer().into_vec().unwrap_or_default()
    }

    /// [`Array::into_vec`] under ndarray's older name.
    #[track_caller]
    pub fn into_raw_vec(self) -> Vec<T> {
        self.into_vec()
    }
}

macro_rules! into_iterator {
    ($([$($generics:tt)*] $ty:ty, $item:ty, $iter:ident, $method:ident;)*) => {$(
        impl<'i, $($generics)* T: Element, D: Dimension> IntoIterator for $ty {
            type Item = $item;
            type IntoIter = nd::iter::$iter<'i, T, D>;
            fn into_iter(self) -> Self::IntoIter {
                self.$method()
            }
        }
    )*};
}

into_iterator! {
    [] &'i Array<T, D>, &'i T, Iter, iter;
    [] &'i mut Array<T, D>, &'i mut T, IterMut, iter_mut;
    [] &'i ArrayRef<T, D>, &'i T, Iter, iter;
    [] &'i mut ArrayRef<T, D>, &'i mut T, IterMut, iter_mut;
    [] &'i ArrayView<'_, T, D>, &'i T, Iter, iter;
    [] &'i ArrayViewMut<'_, T, D>, &'i T, Iter, iter;
    [] &'i mut ArrayViewMut<'_, T, D>, &'i mut T, IterMut, iter_mut;
}

/// The elements by value, in row-major order.
impl<T: Element, D: Dimension> IntoIterator for Array<T, D> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'a, T: Element, D: Dimension> IntoIterator for ArrayView<'a, T, D> {
    type Item = &'a T;
    type IntoIter = nd::iter::Iter<'a, T, D>;
    fn into_iter(self) -> Self::IntoIter {
        self.into_nd().into_iter()
    }
}

impl<'a, T: Element, D: Dimension> IntoIterator for ArrayViewMut<'a, T, D> {
    type Item = &'a mut T;
    type IntoIter = nd::iter::IterMut<'a, T, D>;
    fn into_iter(self) -> Self::IntoIter {
        self.into_nd().into_iter()
    }
}
