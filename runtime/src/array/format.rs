//! `{}` and `{:?}` as ndarray prints arrays: nested brackets, long ones shortened (`{:#}` prints all).

use super::element::Element;
use super::view::{ArrayRef, ArrayView, ArrayViewMut};
use super::{Array, Dimension};
use std::fmt;

/// `[[1, 2], [3, 4]]`, with the format's width and precision for each element.
impl<T: Element, D: Dimension> fmt::Display for ArrayRef<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.nd(), f)
    }
}

/// An element whose `{}` is its `{:?}`, so that `1.0` is not printed as `1`.
#[derive(Clone)]
struct Exact<T>(T);

impl<T: fmt::Debug> fmt::Display for Exact<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// `[[1.0, 2.0], [3.0, 4.0]], shape=[2, 2]`
impl<T: Element, D: Dimension> fmt::Debug for ArrayRef<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_empty() {
            // `mapv` of no elements gives some shapes a wrong address in debug builds.
            true => fmt::Display::fmt(&self.nd(), f)?,
            false => fmt::Display::fmt(&self.nd().mapv(Exact), f)?,
        }
        write!(f, ", shape={:?}", self.shape())
    }
}

macro_rules! like_the_elements {
    ($($trait:ident for $($ty:ty),*;)*) => {$($(
        impl<T: Element, D: Dimension> fmt::$trait for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::$trait::fmt(&**self, f)
            }
        }
    )*)*};
}

like_the_elements! {
    Display for Array<T, D>, ArrayView<'_, T, D>, ArrayViewMut<'_, T, D>;
    Debug for ArrayView<'_, T, D>, ArrayViewMut<'_, T, D>;
}

/// `[1.0, 2.0], shape=[2]`, and the device where it is not the CPU.
impl<T: Element, D: Dimension> fmt::Debug for Array<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)?;
        if !self.is_host() {
            write!(f, ", device={}", self.device())?;
        }
        Ok(())
    }
}
