//! The same elements under other shapes.

use super::element::Element;
use super::view::{ArrayRef, ArrayView};
use super::{Array, Axis, Dimension, IntoDimension, Ix1, IxDyn};
use crate::error::{Error, ErrorKind, Result};
use ndarray::RemoveAxis;

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// The transpose, as a view: the axes in reverse order.
    ///
    /// ```
    /// use desc_jit::array::Array2;
    ///
    /// let a = Array2::from_shape_fn((2, 3), |(i, j)| (10 * i + j) as f64);
    /// assert_eq!(a.t().dim(), (3, 2));
    /// assert_eq!(a.t()[[2, 1]], 12.0);
    /// ```
    pub fn t(&self) -> ArrayView<'_, T, D> {
        self.nd().reversed_axes().into()
    }

    /// The axes in this order, as a view: axis `k` of the result is axis `axes[k]`.
    ///
    /// # Panics
    ///
    /// When `axes` is not each axis exactly once.
    #[track_caller]
    pub fn permuted_axes<Ax: IntoDimension<Dim = D>>(&self, axes: Ax) -> ArrayView<'_, T, D> {
        let axes = axes.into_dimension();
        let mut sorted = axes.slice().to_vec();
        sorted.sort_unstable();
        assert!(
            sorted.iter().copied().eq(0..self.ndim()),
            "{:?} is not an order of the axes of an array of shape {:?}; each axis must be there once",
            axes.slice(),
            self.shape()
        );
        self.nd().permuted_axes(axes).into()
    }

    /// A copy of the elements in row-major order under another shape.
    ///
    /// ```
    /// use desc_jit::array::Array1;
    ///
    /// let a = Array1::<f64>::arange(6).reshape((2, 3));
    /// assert_eq!(a.row(1).to_vec(), [3.0, 4.0, 5.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When the shape has another number of elements.
    #[track_caller]
    pub fn reshape<Sh: IntoDimension>(&self, shape: Sh) -> Array<T, Sh::Dim> {
        match self.to_owned().into_shape_with_order(shape) {
            Ok(array) => array,
            Err(e) => panic!("{e}"),
        }
    }

    /// As [`ArrayRef::reshape`], with an error in place of the panic.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Shape`] when the shape has another number of elements.
    #[track_caller]
    pub fn to_shape<Sh: IntoDimension>(&self, shape: Sh) -> Result<Array<T, Sh::Dim>> {
        self.to_owned().into_shape_with_order(shape)
    }

    /// A copy of the elements along one axis, in row-major order.
    #[track_caller]
    pub fn flatten(&self) -> Array<T, Ix1> {
        self.reshape(self.len())
    }

    /// The array repeated to a larger shape, as a view; `None` where it can't be: counted from the last axis,
    /// each of its lengths must be 1 or that of the new shape.
    pub fn broadcast<Sh: IntoDimension>(&self, shape: Sh) -> Option<ArrayView<'_, T, Sh::Dim>> {
        let dim = shape.into_dimension();
        let wide = self.nd();
        let wide = wide.broadcast(dim.clone())?;
        Some(ArrayView::repeated(self, dim, wide.strides()))
    }
}

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// A view with a new axis of length 1 before axis `axis`.
    ///
    /// # Panics
    ///
    /// When `axis` is more than the number of axes.
    #[track_caller]
    pub fn insert_axis(&self, axis: Axis) -> ArrayView<'_, T, D::Larger> {
        assert!(
            axis.index() <= self.ndim(),
            "there is no place {} for a new axis in an array of shape {:?}",
            axis.index(),
            self.shape()
        );
        self.nd().insert_axis(axis).into()
    }
}

impl<T: Element, D: RemoveAxis> ArrayRef<T, D> {
    /// A view without an axis of length 1.
    ///
    /// # Panics
    ///
    /// When there is no such axis, or its length is not 1.
    #[track_caller]
    pub fn remove_axis(&self, axis: Axis) -> ArrayView<'_, T, D::Smaller> {
        self.check_axis(axis);
        assert!(
            self.len_of(axis) == 1,
            "axis {} of an array of shape {:?} can't be removed: its length is not 1",
            axis.index(),
            self.shape()
        );
        self.index_axis(axis, 0)
    }
}

impl<T: Element, D: Dimension> Array<T, D> {
    /// The same elements in row-major order under another shape. Nothing is copied.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Shape`] when the shape has another number of elements.
    pub fn into_shape_with_order<Sh: IntoDimension>(self, shape: Sh) -> Result<Array<T, Sh::Dim>> {
        let dim = shape.into_dimension();
        let count: Option<usize> = dim.slice().iter().try_fold(1usize, |n, &k| n.checked_mul(k));
        if count != Some(self.len()) {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "the {} elements of an array of shape {:?} can't be given the shape {:?}",
                    self.len(),
                    self.shape(),
                    dim.slice()
                ),
            ));
        }
        Array::from_buffer(self.into_buffer().reshaped(dim.slice())?)
    }

    /// The same array with its number of axes known at run time only. Nothing is copied.
    #[track_caller]
    pub fn into_dyn(self) -> Array<T, IxDyn> {
        let dim = self.raw_dim().into_dyn();
        Array::of(Ok(self.into_buffer()), dim)
    }

    /// The same array with its number of axes known to the compiler. Nothing is copied.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rank`] when it has another number of axes.
    pub fn into_dimensionality<E: Dimension>(self) -> Result<Array<T, E>> {
        Array::from_buffer(self.into_buffer())
    }

    /// The same elements along one axis. Nothing is copied.
    #[track_caller]
    pub fn into_flat(self) -> Array<T, Ix1> {
        let n = self.len();
        match self.into_shape_with_order(n) {
            Ok(array) => array,
            Err(e) => panic!("{e}"),
        }
    }

    /// The transpose, with the elements moved into place.
    #[track_caller]
    #[must_use]
    pub fn reversed_axes(self) -> Array<T, D> {
        self.t().to_owned()
    }
}
