//! Element by element: maps and assignments.

use super::element::Element;
use super::operators::{Operand, broadcast_to};
use super::view::ArrayRef;
use super::{Array, Dimension};
use ndarray::Zip;

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// A new array: `f` of every element, given by value.
    ///
    /// ```
    /// use desc_jit::array::Array1;
    ///
    /// let a = Array1::from_vec(vec![1.0, 4.0]);
    /// assert_eq!(a.mapv(f64::sqrt).to_vec(), [1.0, 2.0]);
    /// assert_eq!(a.mapv(|x| x > 2.0).to_vec(), [false, true]);
    /// ```
    #[track_caller]
    pub fn mapv<U: Element, F: FnMut(T) -> U>(&self, mut f: F) -> Array<U, D> {
        match self.as_slice() {
            Some(elements) => Array::collected(elements.iter().map(|&x| f(x)), self.raw_dim()),
            None => Array::collected(self.nd().iter().map(|&x| f(x)), self.raw_dim()),
        }
    }

    /// A new array: `f` of every element, given by reference.
    #[track_caller]
    pub fn map<U: Element, F: FnMut(&T) -> U>(&self, mut f: F) -> Array<U, D> {
        self.mapv(|x| f(&x))
    }

    /// Replaces every element `x` by `f(x)`.
    pub fn mapv_inplace<F: FnMut(T) -> T>(&mut self, mut f: F) {
        self.map_inplace(|x| *x = f(*x));
    }

    /// Calls `f` on every element to change.
    pub fn map_inplace<F: FnMut(&mut T)>(&mut self, f: F) {
        match self.as_slice_mut() {
            Some(elements) => elements.iter_mut().for_each(f),
            None => self.nd_mut().iter_mut().for_each(f),
        }
    }

    /// Calls `f` on every element to change and its partner in `other`, which is broadcast to this shape.
    ///
    /// # Panics
    ///
    /// When `other` can't be broadcast to this shape.
    #[track_caller]
    pub fn zip_mut_with<R: Operand<T>, F: FnMut(&mut T, &T)>(&mut self, other: R, mut f: F) {
        let other = other.operand();
        if other.shape() == self.dim.slice()
            && let (Some(to), Some(from)) = (self.as_slice_mut(), other.as_slice())
        {
            to.iter_mut().zip(from).for_each(|(x, y)| f(x, y));
            return;
        }
        let dim = self.raw_dim();
        let other = broadcast_to(&other, &dim, "assigned");
        Zip::from(self.nd_mut()).and(other).for_each(f);
    }

    /// Writes `other` (an array or view of this shape, or one that broadcasts to it, or a number).
    ///
    /// ```
    /// use desc_jit::array::{Array1, Array2};
    ///
    /// let mut a = Array2::zeros((2, 3));
    /// a.row_mut(1).assign(&Array1::from_vec(vec![1.0, 2.0, 3.0]));
    /// assert_eq!(a.sum(), 6.0);
    /// ```
    ///
    /// # Panics
    ///
    /// When `other` can't be broadcast to this shape.
    #[track_caller]
    pub fn assign<R: Operand<T>>(&mut self, other: R) {
        self.zip_mut_with(other, |x, &y| *x = y);
    }

    /// Writes `value` into every element.
    pub fn fill(&mut self, value: T) {
        self.map_inplace(|x| *x = value);
    }

    /// Every element limited to `min..=max`.
    ///
    /// # Panics
    ///
    /// When not `min <= max`.
    #[track_caller]
    #[must_use]
    pub fn clamp(&self, min: T, max: T) -> Array<T, D> {
        assert!(min <= max, "clamp({min}, {max}): the lower limit must not exceed the upper one");
        self.mapv(|x| {
            if x < min {
                min
            } else if x > max {
                max
            } else {
                x
            }
        })
    }
}

impl<T: Element, D: Dimension> Array<T, D> {
    /// `f` of every element, in the memory of this array.
    #[must_use]
    pub fn mapv_into<F: FnMut(T) -> T>(mut self, f: F) -> Self {
        self.mapv_inplace(f);
        self
    }
}
