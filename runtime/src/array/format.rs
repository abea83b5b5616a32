//! `{}` as ndarray prints arrays: nested brackets, long ones shortened (`{:#}` prints all). `{:?}` as lists are printed.

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

/// Lists in lists, as `{:?}` prints those.
pub(crate) struct Nested<'a, T>(pub ndarray::ArrayViewD<'a, T>);

impl<T: fmt::Debug> fmt::Debug for Nested<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.ndim() {
            0 => self.0.iter().try_for_each(|element| element.fmt(f)),
            1 => f.debug_list().entries(&self.0).finish(),
            _ => f.debug_list().entries(self.0.outer_iter().map(Nested)).finish(),
        }
    }
}

/// `[[1.0, 2.0], [3.0, 4.0]]`, like a list: in annotated functions both are arrays.
impl<T: Element, D: Dimension> fmt::Debug for ArrayRef<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Nested(self.nd().into_dyn()).fmt(f)
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

/// `[1.0, 2.0]`, and the device where it is not the CPU.
impl<T: Element, D: Dimension> fmt::Debug for Array<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)?;
        if !self.is_host() {
            write!(f, ", device={}", self.device())?;
        }
        Ok(())
    }
}
