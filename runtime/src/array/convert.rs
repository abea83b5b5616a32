//! To and from ndarray, vectors, slices and Candle tensors.

use super::buffer::Buffer;
use super::element::Element;
use super::view::{ArrayView, ArrayViewMut};
use super::{Array, Dimension, Ix1, Ix2, Ix3};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use candle_core::Tensor;
use ndarray as nd;

/// Moves the elements when they are in row-major order, copies them otherwise.
impl<T: Element, D: Dimension> From<nd::Array<T, D>> for Array<T, D> {
    #[track_caller]
    fn from(array: nd::Array<T, D>) -> Self {
        let dim = array.raw_dim();
        if array.is_standard_layout() {
            let count = array.len();
            let (data, offset) = array.into_raw_vec_and_offset();
            if data.len() == count && offset.unwrap_or(0) == 0 {
                return Array::of_vec(data, dim);
            }
            let start = offset.unwrap_or(0);
            return Array::of_vec(data[start..start + count].to_vec(), dim);
        }
        Array::of_vec(array.iter().copied().collect(), dim)
    }
}

impl<T: Element, D: Dimension> From<Array<T, D>> for nd::Array<T, D> {
    #[track_caller]
    fn from(array: Array<T, D>) -> Self {
        let dim = array.raw_dim();
        match nd::Array::from_shape_vec(dim, array.into_vec()) {
            Ok(array) => array,
            Err(e) => panic!("a row-major array became one of ndarray with another shape: {e}"),
        }
    }
}

macro_rules! copies {
    ($($([$($generics:tt)*])? $from:ident: $ty:ty => $to:ty, $value:expr;)*) => {$(
        /// Copies the elements.
        impl<$($($generics)*,)? T: Element, D: Dimension> From<$ty> for $to {
            #[track_caller]
            fn from($from: $ty) -> Self {
                $value
            }
        }
    )*};
}

copies! {
    a: &nd::Array<T, D> => Array<T, D>, Array::from(a.to_owned());
    a: nd::ArrayView<'_, T, D> => Array<T, D>, Array::from(a.to_owned());
    a: nd::ArrayViewMut<'_, T, D> => Array<T, D>, Array::from(a.to_owned());
    a: &Array<T, D> => nd::Array<T, D>, a.nd().to_owned();
    a: ArrayView<'_, T, D> => Array<T, D>, a.to_owned();
    a: &ArrayView<'_, T, D> => Array<T, D>, a.to_owned();
    a: ArrayViewMut<'_, T, D> => Array<T, D>, a.to_owned();
    a: ArrayView<'_, T, D> => nd::Array<T, D>, a.nd().to_owned();
    a: &Array<T, D> => Array<T, D>, a.clone();
}

impl<'a, T: Element, D: Dimension> From<&'a Array<T, D>> for nd::ArrayView<'a, T, D> {
    fn from(array: &'a Array<T, D>) -> Self {
        array.nd()
    }
}

impl<'a, T: Element, D: Dimension> From<&'a mut Array<T, D>> for nd::ArrayViewMut<'a, T, D> {
    fn from(array: &'a mut Array<T, D>) -> Self {
        array.nd_mut()
    }
}

impl<T: Element> From<Vec<T>> for Array<T, Ix1> {
    #[track_caller]
    fn from(data: Vec<T>) -> Self {
        Array::from_vec(data)
    }
}

impl<T: Element> From<&[T]> for Array<T, Ix1> {
    #[track_caller]
    fn from(data: &[T]) -> Self {
        Array::from_vec(data.to_vec())
    }
}

impl<T: Element> From<&Vec<T>> for Array<T, Ix1> {
    #[track_caller]
    fn from(data: &Vec<T>) -> Self {
        Array::from_vec(data.clone())
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Array<T, Ix1> {
    #[track_caller]
    fn from(data: [T; N]) -> Self {
        Array::from_vec(data.to_vec())
    }
}

impl<T: Element, const M: usize> From<Vec<[T; M]>> for Array<T, Ix2> {
    #[track_caller]
    fn from(rows: Vec<[T; M]>) -> Self {
        let dim = Ix2(rows.len(), M);
        Array::of_vec(rows.into_iter().flatten().collect(), dim)
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Array<T, Ix2> {
    #[track_caller]
    fn from(rows: [[T; M]; N]) -> Self {
        Array::of_vec(rows.into_iter().flatten().collect(), Ix2(N, M))
    }
}

impl<T: Element, const N: usize, const M: usize, const L: usize> From<[[[T; L]; M]; N]> for Array<T, Ix3> {
    #[track_caller]
    fn from(planes: [[[T; L]; M]; N]) -> Self {
        Array::of_vec(planes.into_iter().flatten().flatten().collect(), Ix3(N, M, L))
    }
}

impl<T: Element> From<Array<T, Ix1>> for Vec<T> {
    #[track_caller]
    fn from(array: Array<T, Ix1>) -> Vec<T> {
        array.into_vec()
    }
}

impl<T: Element, D: Dimension> Array<T, D> {
    /// A copy as an array of ndarray.
    #[track_caller]
    pub fn to_ndarray(&self) -> nd::Array<T, D> {
        self.nd().to_owned()
    }

    /// The same array as one of ndarray. Nothing is copied when it is on the CPU.
    #[track_caller]
    pub fn into_ndarray(self) -> nd::Array<T, D> {
        self.into()
    }

    /// A copy of a Candle tensor, on the tensor's device. `bool` comes from `U8`, `usize` and `u64` from `I64`, of which a
    /// `u64` takes the bits.
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// use desc_jit::array::{Array1, Array2};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let t = Tensor::new(&[[1.0, 2.0], [3.0, 4.0]], &Device::Cpu)?;
    /// let a = Array2::<f64>::from_tensor(&t)?;
    /// assert_eq!(a[[1, 0]], 3.0);
    /// assert!(Array1::<f64>::from_tensor(&t).is_err()); // two axes
    /// assert!(Array2::<f32>::from_tensor(&t).is_err()); // f64
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DType`] when the elements are of another type or not values of `T` (a `U8` above 1 for
    /// `bool`, a negative number for `usize`), [`ErrorKind::Rank`] for another number of axes.
    pub fn from_tensor(tensor: &Tensor) -> Result<Array<T, D>> {
        let array = Array::from_buffer(Buffer::copy_of_tensor(tensor, T::DTYPE)?)?;
        if T::DTYPE == DType::Usize
            && let Some(negative) = array.iter().find_map(|&x: &T| negative_bits(x))
        {
            return Err(Error::new(
                ErrorKind::DType,
                format!("an array of usize can't hold {negative}, which the tensor contains"),
            ));
        }
        Ok(array)
    }

    /// A copy as a Candle tensor, on the array's device.
    ///
    /// # Errors
    ///
    /// When the device refuses.
    pub fn to_tensor(&self) -> Result<Tensor> {
        Ok(self.buffer().deep_clone()?.into_tensor())
    }

    /// The array's storage as a Candle tensor. Nothing is copied.
    pub fn into_tensor(self) -> Tensor {
        self.into_buffer().into_tensor()
    }
}

/// The negative integer whose bits a `usize` holds.
fn negative_bits<T: Element>(x: T) -> Option<i64> {
    let value = x.to_literal().bits() as i64;
    (value < 0).then_some(value)
}

/// As [`Array::from_tensor`]: copies, because others may hold the same storage.
impl<T: Element, D: Dimension> TryFrom<&Tensor> for Array<T, D> {
    type Error = Error;
    fn try_from(tensor: &Tensor) -> Result<Self> {
        Array::from_tensor(tensor)
    }
}

/// As [`Array::from_tensor`]: copies, because others may hold the same storage.
impl<T: Element, D: Dimension> TryFrom<Tensor> for Array<T, D> {
    type Error = Error;
    fn try_from(tensor: Tensor) -> Result<Self> {
        Array::from_tensor(&tensor)
    }
}
