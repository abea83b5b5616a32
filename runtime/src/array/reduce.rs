//! Sums, means, extrema; of all elements and along an axis.

use super::element::{Element, Number};
use super::float::Float;
use super::view::{ArrayRef, ArrayView, ArrayView1};
use super::{Array, Axis, Dimension};
use ndarray::RemoveAxis;

/// The smaller of two; a NaN wins, as in NumPy's `minimum`.
#[inline]
pub(crate) fn smaller<T: Element>(a: T, b: T) -> T {
    if a.is_nan_value() || a <= b { a } else { b }
}

/// The larger of two; a NaN wins, as in NumPy's `maximum`.
#[inline]
pub(crate) fn larger<T: Element>(a: T, b: T) -> T {
    if a.is_nan_value() || a >= b { a } else { b }
}

impl<T: Number, D: Dimension> ArrayRef<T, D> {
    /// The sum of all elements; 0 for none.
    ///
    /// The order of the additions is that of ndarray (eight partial sums over contiguous elements), so
    /// floating-point results differ in the last bits from a loop.
    pub fn sum(&self) -> T {
        self.nd().sum()
    }

    /// The product of all elements; 1 for none.
    pub fn product(&self) -> T {
        self.nd().product()
    }

    /// The arithmetic mean; `None` when there are no elements.
    ///
    /// ```
    /// use desc_jit::array::Array1;
    ///
    /// assert_eq!(Array1::from_vec(vec![1.0, 2.0, 6.0]).mean(), Some(3.0));
    /// assert_eq!(Array1::<f64>::zeros(0).mean(), None);
    /// ```
    pub fn mean(&self) -> Option<T> {
        (!self.is_empty()).then(|| self.sum() / T::of_f64(self.len() as f64))
    }

    /// The smallest element; NaN when there is a NaN, as in NumPy.
    ///
    /// # Panics
    ///
    /// When there are no elements.
    #[track_caller]
    pub fn min(&self) -> T {
        self.extremum("min", smaller)
    }

    /// The largest element; NaN when there is a NaN, as in NumPy.
    ///
    /// # Panics
    ///
    /// When there are no elements.
    #[track_caller]
    pub fn max(&self) -> T {
        self.extremum("max", larger)
    }

    #[track_caller]
    fn extremum(&self, name: &str, choose: fn(T, T) -> T) -> T {
        match self.iter().copied().reduce(choose) {
            Some(value) => value,
            None => no_elements(name, self.shape()),
        }
    }

    /// The index of the smallest element: the first among equals, the first NaN if there is one.
    ///
    /// # Panics
    ///
    /// When there are no elements.
    #[track_caller]
    pub fn argmin(&self) -> D::Pattern {
        self.position_of("argmin", |best, x| x < best)
    }

    /// The index of the largest element: the first among equals, the first NaN if there is one.
    ///
    /// # Panics
    ///
    /// When there are no elements.
    #[track_caller]
    pub fn argmax(&self) -> D::Pattern {
        self.position_of("argmax", |best, x| x > best)
    }

    #[track_caller]
    fn position_of(&self, name: &str, better: fn(T, T) -> bool) -> D::Pattern {
        let mut best: Option<(D::Pattern, T)> = None;
        for (at, &x) in self.indexed_iter() {
            let take = match &best {
                None => true,
                Some((_, old)) => !old.is_nan_value() && (x.is_nan_value() || better(*old, x)),
            };
            if take {
                best = Some((at, x));
            }
        }
        match best {
            Some((at, _)) => at,
            None => no_elements(name, self.shape()),
        }
    }
}

#[cold]
#[track_caller]
fn no_elements(name: &str, shape: &[usize]) -> ! {
    panic!("`{name}` of an array without elements (shape {shape:?}) has no value");
}

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// `f(.. f(f(start, x0), x1) ..)` over the elements in row-major order.
    pub fn fold<B>(&self, start: B, f: impl FnMut(B, &T) -> B) -> B {
        self.iter().fold(start, f)
    }
}

impl<D: Dimension> ArrayRef<bool, D> {
    /// All elements are true (also when there are none).
    pub fn all(&self) -> bool {
        self.iter().all(|&x| x)
    }

    /// Some element is true.
    pub fn any(&self) -> bool {
        self.iter().any(|&x| x)
    }
}

impl<T: Number, D: RemoveAxis> ArrayRef<T, D> {
    /// The sums along an axis, which disappears.
    ///
    /// ```
    /// use desc_jit::array::{Array2, Axis};
    ///
    /// let a = Array2::from_shape_fn((2, 3), |(i, j)| (10 * i + j) as f64);
    /// assert_eq!(a.sum_axis(Axis(0)).to_vec(), [10.0, 12.0, 14.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such axis.
    #[track_caller]
    pub fn sum_axis(&self, axis: Axis) -> Array<T, D::Smaller> {
        self.check_axis(axis);
        self.nd().sum_axis(axis).into()
    }

    /// The products along an axis, which disappears.
    ///
    /// # Panics
    ///
    /// When there is no such axis.
    #[track_caller]
    pub fn product_axis(&self, axis: Axis) -> Array<T, D::Smaller> {
        self.check_axis(axis);
        self.nd().product_axis(axis).into()
    }

    /// The means along an axis, which disappears; `None` when its length is 0.
    ///
    /// # Panics
    ///
    /// When there is no such axis.
    #[track_caller]
    pub fn mean_axis(&self, axis: Axis) -> Option<Array<T, D::Smaller>> {
        self.check_axis(axis);
        let n = self.len_of(axis);
        (n > 0).then(|| {
            let n = T::of_f64(n as f64);
            self.sum_axis(axis).mapv_into(|x| x / n)
        })
    }
}

impl<T: Element, D: RemoveAxis> ArrayRef<T, D> {
    /// `f` of every line of elements along an axis, which disappears.
    ///
    /// ```
    /// use desc_jit::array::{Array2, Axis};
    ///
    /// let a = Array2::from_shape_fn((2, 3), |(i, j)| (10 * i + j) as f64);
    /// assert_eq!(a.map_axis(Axis(1), |row| row.max()).to_vec(), [2.0, 12.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such axis.
    #[track_caller]
    pub fn map_axis<U: Element>(
        &self,
        axis: Axis,
        mut f: impl FnMut(ArrayView1<'_, T>) -> U,
    ) -> Array<U, D::Smaller> {
        self.check_axis(axis);
        let results = self.nd().map_axis(axis, |line| f(ArrayView::from(line)));
        results.into()
    }
}

impl<T: Float, D: Dimension> ArrayRef<T, D> {
    /// The variance with `ddof` degrees of freedom taken off the number of elements (0: of a population, 1: of
    /// a sample), by Welford's recurrence.
    ///
    /// # Panics
    ///
    /// When `ddof` is negative or more than the number of elements.
    #[track_caller]
    pub fn var(&self, ddof: T) -> T {
        let n = T::of_f64(self.len() as f64);
        assert!(
            ddof >= T::ZERO && ddof <= n,
            "var({ddof}): the degrees of freedom must be between 0 and the number of elements, {}",
            self.len()
        );
        let (mut mean, mut squares, mut count) = (T::ZERO, T::ZERO, T::ZERO);
        for &x in self.iter() {
            count += T::ONE;
            let off = x - mean;
            mean += off / count;
            squares += off * (x - mean);
        }
        squares / (n - ddof)
    }

    /// The standard deviation: the square root of [`ArrayRef::var`].
    ///
    /// # Panics
    ///
    /// As [`ArrayRef::var`].
    #[track_caller]
    pub fn std(&self, ddof: T) -> T {
        self.var(ddof).sqrt()
    }
}
