//! Making arrays: zeros, from functions, from elements, grids.

use super::buffer::{Buffer, count_of};
use super::device::Device;
use super::element::{Element, Number};
use super::float::Float;
use super::{Array, Array1, Array2, Dimension, IntoDimension};
use crate::error::Result;
use ndarray as nd;

impl<T: Element, D: Dimension> Array<T, D> {
    /// An array of zeros (of `false`), on the CPU.
    ///
    /// ```
    /// use desc_jit::array::{Array1, Array2};
    ///
    /// assert_eq!(Array2::<f64>::zeros((2, 3)).shape(), [2, 3]);
    /// assert_eq!(Array1::<bool>::zeros(2).to_vec(), [false, false]);
    /// ```
    ///
    /// # Panics
    ///
    /// When the array does not fit into memory. So do the other constructors.
    #[track_caller]
    pub fn zeros<Sh: IntoDimension<Dim = D>>(shape: Sh) -> Self {
        let dim = shape.into_dimension();
        Array::of(Buffer::zeros(T::DTYPE, dim.slice(), &Device::cpu()), dim)
    }

    /// An array of ones (of `true`).
    #[track_caller]
    pub fn ones<Sh: IntoDimension<Dim = D>>(shape: Sh) -> Self {
        Array::from_elem(shape, T::ONE)
    }

    /// An array with every element equal to `value`.
    #[track_caller]
    pub fn from_elem<Sh: IntoDimension<Dim = D>>(shape: Sh, value: T) -> Self {
        let dim = shape.into_dimension();
        match count_of(dim.slice()) {
            Ok(count) => Array::collected(std::iter::repeat_n(value, count), dim),
            Err(e) => panic!("{e}"),
        }
    }

    /// An array whose elements are a function of their index: `usize`, `(usize, usize)`, ...
    ///
    /// ```
    /// use desc_jit::array::Array2;
    ///
    /// let a = Array2::from_shape_fn((2, 2), |(i, j)| (i + 10 * j) as f64);
    /// assert_eq!(a[[1, 0]], 1.0);
    /// ```
    #[track_caller]
    pub fn from_shape_fn<Sh, F>(shape: Sh, f: F) -> Self
    where
        Sh: IntoDimension<Dim = D>,
        F: FnMut(D::Pattern) -> T,
    {
        let dim = shape.into_dimension();
        Array::collected(nd::indices(dim.clone()).into_iter().map(f), dim)
    }

    /// An array of these elements in row-major order. Nothing is copied.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Shape`](crate::error::ErrorKind::Shape) when the shape has another number of elements.
    pub fn from_shape_vec<Sh: IntoDimension<Dim = D>>(shape: Sh, data: Vec<T>) -> Result<Self> {
        Array::from_buffer(Buffer::from_vec(data, shape.into_dimension().slice())?)
    }

    /// An array made by calling `f` for each element, in row-major order.
    #[track_caller]
    pub fn from_shape_simple_fn<Sh, F>(shape: Sh, mut f: F) -> Self
    where
        Sh: IntoDimension<Dim = D>,
        F: FnMut() -> T,
    {
        Array::from_shape_fn(shape, |_| f())
    }

    /// An array of zeros of the same shape.
    #[track_caller]
    pub fn zeros_like<U: Element>(other: &super::ArrayRef<U, D>) -> Self {
        Array::zeros(other.raw_dim())
    }
}

impl<T: Element> Array1<T> {
    /// The elements of a vector. Nothing is copied.
    #[track_caller]
    pub fn from_vec(data: Vec<T>) -> Self {
        let dim = nd::Ix1(data.len());
        Array::of_vec(data, dim)
    }

    /// The elements of an iterator.
    #[track_caller]
    #[allow(clippy::should_implement_trait, reason = "also as the method that ndarray has")]
    pub fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Array1::from_vec(elements.into_iter().collect())
    }
}

impl<T: Number> Array1<T> {
    /// `0, 1, .., n - 1`.
    ///
    /// ```
    /// use desc_jit::array::Array1;
    ///
    /// assert_eq!(Array1::<i64>::arange(3).to_vec(), [0, 1, 2]);
    /// ```
    #[track_caller]
    pub fn arange(n: usize) -> Self {
        (0..n).map(|k| T::of_f64(k as f64)).collect()
    }
}

impl<T: Float> Array1<T> {
    /// `n` evenly spaced numbers from `start` to `end`, both included: `start + k * (end - start) / (n - 1)`.
    ///
    /// ```
    /// use desc_jit::array::Array1;
    ///
    /// assert_eq!(Array1::linspace(0.0, 1.0, 5).to_vec(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    #[track_caller]
    pub fn linspace(start: T, end: T, n: usize) -> Self {
        let step = if n > 1 { (end - start) / T::of_f64((n - 1) as f64) } else { T::ZERO };
        (0..n).map(|k| start + step * T::of_f64(k as f64)).collect()
    }

    /// The numbers `start`, `start + step`, ... below `end`.
    ///
    /// Rounding can let one more in; where the number of points matters, use [`Array1::linspace`].
    ///
    /// # Panics
    ///
    /// When `step` is zero or NaN, or leads away from a finite `end` by more than memory holds.
    #[track_caller]
    pub fn range(start: T, end: T, step: T) -> Self {
        let steps = ((end - start) / step).as_f64().ceil();
        assert!(
            steps.is_finite(),
            "Array1::range({start}, {end}, {step}) has no end; the step must lead from the start to the end"
        );
        (0..steps.max(0.0) as usize).map(|k| start + step * T::of_f64(k as f64)).collect()
    }
}

impl<T: Element> Array2<T> {
    /// The identity matrix: ones on the diagonal.
    #[track_caller]
    pub fn eye(n: usize) -> Self {
        let mut a = Array2::zeros((n, n));
        for i in 0..n {
            a[[i, i]] = T::ONE;
        }
        a
    }

    /// A square matrix with these elements on its diagonal and zeros elsewhere.
    #[track_caller]
    pub fn from_diag(diagonal: &super::ArrayRef<T, nd::Ix1>) -> Self {
        let n = diagonal.len();
        let mut a = Array2::zeros((n, n));
        for i in 0..n {
            a[[i, i]] = diagonal[i];
        }
        a
    }
}

/// Collects the elements of an iterator into an array with one axis.
impl<T: Element> FromIterator<T> for Array1<T> {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Array1::from_vec(elements.into_iter().collect())
    }
}

/// An array written out: `array![1.0, 2.0]`, `array![[1.0, 2.0], [3.0, 4.0]]`, and one more pair of brackets
/// for three axes.
///
/// ```
/// use desc_jit::array;
///
/// let a = array![[1.0, 2.0], [3.0, 4.0]];
/// assert_eq!(a.dot(&array![1.0, 1.0]).to_vec(), [3.0, 7.0]);
/// ```
#[macro_export]
macro_rules! array {
    ($([$([$($x:expr),* $(,)?]),+ $(,)?]),+ $(,)?) => {
        $crate::array::Array3::from([$([$([$($x),*]),+]),+])
    };
    ($([$($x:expr),* $(,)?]),+ $(,)?) => {
        $crate::array::Array2::from([$([$($x),*]),+])
    };
    ($($x:expr),* $(,)?) => {
        $crate::array::Array1::from([$($x),*])
    };
}

/// `array!` for the prelude, by a name that is not also that of the module.
#[doc(hidden)]
#[macro_export]
macro_rules! __array {
    ($($elements:tt)*) => { $crate::array![$($elements)*] };
}
