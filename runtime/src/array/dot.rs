//! Products of vectors and matrices.

use super::element::Number;
use super::operators::Operand;
use super::view::ArrayRef;
use super::{Array, Dimension, Ix1, Ix2};
use ndarray as nd;

/// Which numbers of axes have a product, and what it is: vector and vector give a number, a matrix and a
/// vector a vector, matrices a matrix.
#[diagnostic::on_unimplemented(
    message = "`dot` takes vectors and matrices (one or two axes), not arrays of {Self} and {E}"
)]
pub trait DotDim<T, E: Dimension>: Dimension {
    /// A number, a vector or a matrix.
    type Product;
    #[doc(hidden)]
    fn dot(a: nd::ArrayView<'_, T, Self>, b: nd::ArrayView<'_, T, E>) -> Self::Product;
}

macro_rules! products {
    ($($a:ty, $b:ty => $output:ty;)*) => {$(
        impl<T: Number> DotDim<T, $b> for $a {
            type Product = $output;
            fn dot(a: nd::ArrayView<'_, T, $a>, b: nd::ArrayView<'_, T, $b>) -> $output {
                a.dot(&b).into()
            }
        }
    )*};
}

products! {
    Ix1, Ix2 => Array<T, Ix1>;
    Ix2, Ix1 => Array<T, Ix1>;
    Ix2, Ix2 => Array<T, Ix2>;
}

impl<T: Number> DotDim<T, Ix1> for Ix1 {
    type Product = T;
    fn dot(a: nd::ArrayView<'_, T, Ix1>, b: nd::ArrayView<'_, T, Ix1>) -> T {
        a.dot(&b)
    }
}

impl<T: Number, D: Dimension> ArrayRef<T, D> {
    /// The product of vectors (a number), of a matrix and a vector (a vector) or of matrices (a matrix).
    ///
    /// ```
    /// use desc_jit::array;
    ///
    /// let a = array![[1.0, 2.0], [3.0, 4.0]];
    /// let x = array![1.0, -1.0];
    /// assert_eq!(x.dot(&x), 2.0);
    /// assert_eq!(a.dot(&x).to_vec(), [-1.0, -1.0]);
    /// assert_eq!(x.dot(&a).to_vec(), [-2.0, -2.0]);
    /// assert_eq!(a.dot(&a.t()).row(0).to_vec(), [5.0, 11.0]);
    /// ```
    ///
    /// # Panics
    ///
    /// When the last axis of the one and the first axis of the other differ in length.
    #[track_caller]
    pub fn dot<R>(&self, rhs: &R) -> <D as DotDim<T, R::Dim>>::Product
    where
        R: Operand<T> + ?Sized,
        D: DotDim<T, R::Dim>,
    {
        let (a, b) = (self.nd(), rhs.operand());
        assert!(
            a.shape().last() == b.shape().first(),
            "arrays of shapes {:?} and {:?} can't be multiplied as matrices: the last axis of the first and \
             the first axis of the second must have the same length",
            a.shape(),
            b.shape()
        );
        D::dot(a, b)
    }
}
