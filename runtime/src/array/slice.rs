//! Parts of arrays: rows, columns, slices with `s![]`, diagonals, selections.

use super::element::Element;
use super::view::{ArrayRef, ArrayView, ArrayView1, ArrayViewMut, ArrayViewMut1};
use super::{Array, Axis, Dimension, axes};
use ndarray as nd;
use ndarray::{Ix1, Ix2, RemoveAxis, SliceArg, SliceInfoElem};

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// The whole array as a view.
    pub fn view(&self) -> ArrayView<'_, T, D> {
        self.nd().into()
    }

    /// The whole array as a mutable view.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, D> {
        self.nd_mut().into()
    }

    /// A copy of the elements as an array of its own.
    #[track_caller]
    pub fn to_owned(&self) -> Array<T, D> {
        Array::of_vec(self.to_vec(), self.raw_dim())
    }

    /// The part that `s![]` describes: an index takes one position and drops the axis, a range keeps it.
    ///
    /// ```
    /// use desc_jit::array::{Array2, s};
    ///
    /// let a = Array2::from_shape_fn((3, 4), |(i, j)| (10 * i + j) as f64);
    /// assert_eq!(a.slice(s![1, ..]).to_vec(), [10.0, 11.0, 12.0, 13.0]);
    /// assert_eq!(a.slice(s![..2, 1..;2]).to_vec(), [1.0, 3.0, 11.0, 13.0]);
    /// assert_eq!(a.slice(s![..;-1, 0]).to_vec(), [20.0, 10.0, 0.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When the slice reaches outside the array or names another number of axes.
    #[track_caller]
    pub fn slice<I: SliceArg<D>>(&self, slice: I) -> ArrayView<'_, T, I::OutDim> {
        self.check_slice(slice.as_ref());
        self.nd().slice_move(slice).into()
    }

    /// The part that `s![]` describes, to change.
    ///
    /// ```
    /// use desc_jit::array::{Array1, s};
    ///
    /// let mut u = Array1::<f64>::zeros(5);
    /// u.slice_mut(s![1..4]).fill(2.0);
    /// assert_eq!(u.to_vec(), [0.0, 2.0, 2.0, 2.0, 0.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`ArrayRef::slice`].
    #[track_caller]
    pub fn slice_mut<I: SliceArg<D>>(&mut self, slice: I) -> ArrayViewMut<'_, T, I::OutDim> {
        self.check_slice(slice.as_ref());
        self.nd_mut().slice_move(slice).into()
    }

    /// The part of a range along one axis.
    ///
    /// # Panics
    ///
    /// When there is no such axis, or the range reaches outside it.
    #[track_caller]
    pub fn slice_axis(&self, axis: Axis, range: nd::Slice) -> ArrayView<'_, T, D> {
        self.check_range(axis, range.start, range.end, range.step);
        let mut view = self.nd();
        view.slice_axis_inplace(axis, range);
        view.into()
    }

    /// The part of a range along one axis, to change.
    ///
    /// # Panics
    ///
    /// As [`ArrayRef::slice_axis`].
    #[track_caller]
    pub fn slice_axis_mut(&mut self, axis: Axis, range: nd::Slice) -> ArrayViewMut<'_, T, D> {
        self.check_range(axis, range.start, range.end, range.step);
        let mut view = self.nd_mut();
        view.slice_axis_inplace(axis, range);
        view.into()
    }

    /// ndarray panics in its own words and places; ours name the slice, the shape and the caller's line.
    #[track_caller]
    fn check_slice(&self, slice: &[SliceInfoElem]) {
        let taken = slice.iter().filter(|e| !matches!(e, SliceInfoElem::NewAxis)).count();
        assert!(
            taken == self.ndim(),
            "a slice of {} can't be taken from an array of shape {:?}, which has {}",
            axes(taken),
            self.shape(),
            axes(self.ndim())
        );
        let mut k = 0;
        for element in slice {
            match *element {
                SliceInfoElem::NewAxis => continue,
                SliceInfoElem::Index(i) => {
                    let n = self.dim[k] as isize;
                    assert!(
                        -n <= i && i < n,
                        "index {i} is out of range for axis {k} of an array of shape {:?}",
                        self.shape()
                    );
                }
                SliceInfoElem::Slice { start, end, step } => self.check_range(Axis(k), start, end, step),
            }
            k += 1;
        }
    }

    #[track_caller]
    fn check_range(&self, axis: Axis, start: isize, end: Option<isize>, step: isize) {
        self.check_axis(axis);
        let n = self.dim[axis.index()] as isize;
        let from_front = |i: isize| if i < 0 { i + n } else { i };
        let (first, last) = (from_front(start), from_front(end.unwrap_or(n)));
        assert!(
            step != 0 && (0..=n).contains(&first) && (0..=n).contains(&last),
            "the slice {start}..{} is out of range for axis {} of an array of shape {:?}",
            end.map_or(String::new(), |e| e.to_string()),
            axis.index(),
            self.shape()
        );
    }

    #[track_caller]
    pub(super) fn check_axis(&self, axis: Axis) {
        assert!(
            axis.index() < self.ndim(),
            "there is no axis {} in an array of shape {:?}",
            axis.index(),
            self.shape()
        );
    }

    #[track_caller]
    fn check_index(&self, axis: Axis, index: usize) {
        self.check_axis(axis);
        assert!(
            index < self.dim[axis.index()],
            "index {index} is out of range for axis {} of an array of shape {:?}",
            axis.index(),
            self.shape()
        );
    }

    /// The elements with equal indices along all axes.
    pub fn diag(&self) -> ArrayView1<'_, T> {
        self.nd().into_diag().into()
    }

    /// The elements with equal indices along all axes, to change.
    pub fn diag_mut(&mut self) -> ArrayViewMut1<'_, T> {
        self.nd_mut().into_diag().into()
    }
}

impl<T: Element, D: RemoveAxis> ArrayRef<T, D> {
    /// The subarray at one position along an axis.
    ///
    /// # Panics
    ///
    /// When there is no such axis or position.
    #[track_caller]
    pub fn index_axis(&self, axis: Axis, index: usize) -> ArrayView<'_, T, D::Smaller> {
        self.check_index(axis, index);
        self.nd().index_axis_move(axis, index).into()
    }

    /// The subarray at one position along an axis, to change.
    ///
    /// # Panics
    ///
    /// When there is no such axis or position.
    #[track_caller]
    pub fn index_axis_mut(&mut self, axis: Axis, index: usize) -> ArrayViewMut<'_, T, D::Smaller> {
        self.check_index(axis, index);
        self.nd_mut().index_axis_move(axis, index).into()
    }

    /// A copy of the subarrays at these positions along an axis, in this order.
    ///
    /// ```
    /// use desc_jit::array::{Array1, Axis};
    ///
    /// let a = Array1::from_vec(vec![5.0, 6.0, 7.0]);
    /// assert_eq!(a.select(Axis(0), &[2, 0, 2]).to_vec(), [7.0, 5.0, 7.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such axis or position.
    #[track_caller]
    pub fn select(&self, axis: Axis, indices: &[usize]) -> Array<T, D> {
        self.check_axis(axis);
        for &index in indices {
            self.check_index(axis, index);
        }
        self.nd().select(axis, indices).into()
    }
}

impl<T: Element> ArrayRef<T, Ix2> {
    /// Row `i`.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[track_caller]
    pub fn row(&self, i: usize) -> ArrayView1<'_, T> {
        self.index_axis(Axis(0), i)
    }

    /// Column `j`.
    ///
    /// # Panics
    ///
    /// When there is no such column.
    #[track_caller]
    pub fn column(&self, j: usize) -> ArrayView1<'_, T> {
        self.index_axis(Axis(1), j)
    }

    /// Row `i`, to change.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[track_caller]
    pub fn row_mut(&mut self, i: usize) -> ArrayViewMut1<'_, T> {
        self.index_axis_mut(Axis(0), i)
    }

    /// Column `j`, to change.
    ///
    /// # Panics
    ///
    /// When there is no such column.
    #[track_caller]
    pub fn column_mut(&mut self, j: usize) -> ArrayViewMut1<'_, T> {
        self.index_axis_mut(Axis(1), j)
    }
}

/// A view can be copied itself, which would take the name `to_owned` for a copy of the view.
macro_rules! views_to_owned {
    ($($view:ident)*) => {$(
        impl<T: Element, D: Dimension> $view<'_, T, D> {
            /// A copy of the elements as an array of its own.
            #[track_caller]
            pub fn to_owned(&self) -> Array<T, D> {
                ArrayRef::to_owned(self)
            }
        }
    )*};
}

views_to_owned!(ArrayView ArrayViewMut);

impl<'a, T: Element> ArrayView<'a, T, Ix1> {
    /// The elements as a slice, if they are contiguous, for as long as the array lives.
    pub fn to_slice(&self) -> Option<&'a [T]> {
        self.clone().into_nd().to_slice()
    }
}
