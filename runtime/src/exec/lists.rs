//! Slices, lists and fixed arrays of numbers, and `ndarray`'s arrays, as arguments and results. In staged code they are
//! arrays. Their elements are copied in, and out again where they are changed: an array of this crate is lent instead.

use super::args::{ArgValue, IntoArg, MutArg, Output, Outputs, Read, Target, buffer_of};
use crate::array::{self, Array, Buffer, Device, Element};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Arg, Pure};
use crate::kernel::OutSlot;
use crate::stage::{Ty, Typed};
use crate::tree::{Tree, lists};
use ndarray::{ArrayBase, ArrayView, ArrayViewMut, Dimension, Ix1, OwnedRepr};

/// An array made of something else. That there are as many elements as the shape says is known.
pub(crate) fn array<'a, T: Element>(elements: Vec<T>, shape: &[usize]) -> ArgValue<'a> {
    Buffer::from_vec(elements, shape).map_or(ArgValue::Tuple(Vec::new()), ArgValue::Owned)
}

/// A list or an array of the caller's, which has the final elements when the call has succeeded.
struct Copied<'a, T, D> {
    buffer: Buffer,
    home: ArrayViewMut<'a, T, D>,
}

impl<T: Element, D: Dimension> Target for Copied<'_, T, D> {
    fn read(&self) -> Read<'_> {
        Read::Array(&self.buffer)
    }
    fn lend(&mut self) -> Option<&mut Buffer> {
        Some(&mut self.buffer)
    }
    fn write(&mut self, value: OutSlot) -> Result<()> {
        if !matches!(value, OutSlot::Updated) {
            let before = std::mem::replace(&mut self.buffer, buffer_of(value)?);
            if self.buffer.shape() != before.shape() {
                let message = format!(
                    "a list or an array of `ndarray` that is updated in place keeps its shape: it is {:?}, not {:?}",
                    before.shape(),
                    self.buffer.shape()
                );
                return Err(Error::new(ErrorKind::Shape, message));
            }
        }
        let host = self.buffer.to_device(&Device::cpu())?;
        let elements = host.as_slice::<T>().ok_or_else(|| wrong(self.buffer.dtype(), T::DTYPE))?;
        match self.home.as_slice_mut() {
            Some(home) => home.copy_from_slice(elements),
            None => self.home.iter_mut().zip(elements).for_each(|(to, from)| *to = *from),
        }
        Ok(())
    }
}

fn wrong(is: DType, wanted: DType) -> Error {
    Error::new(ErrorKind::Verify, format!("a result is {is}, not {wanted}"))
}

pub(crate) fn updated<'a, T: Element>(home: &'a mut [T], shape: &[usize]) -> ArgValue<'a> {
    match Buffer::from_vec(home.to_vec(), shape) {
        Ok(buffer) => copied(Copied::<T, Ix1> { buffer, home: home.into() }),
        Err(_) => ArgValue::Tuple(Vec::new()),
    }
}

fn copied<'a, T: Element, D: Dimension + 'a>(array: Copied<'a, T, D>) -> ArgValue<'a> {
    ArgValue::Mut(MutArg::own(Box::new(array)))
}

/// Lists, each with how its elements are found.
macro_rules! arguments {
    ($([$($generics:tt)*] $ty:ty, $x:ident => $value:expr;)*) => { $(
        impl<'a, T: Tree, $($generics)*> IntoArg<'a> for $ty {
            const TY: Ty = <Vec<T> as Tree>::__TY;
            fn into_arg(self) -> ArgValue<'a> {
                let $x = self;
                $value
            }
        }
    )* };
}
arguments! {
    [] &'a [T], x => lists::shared(x);
    [] &'a Vec<T>, x => lists::shared(x);
    [] Vec<T>, x => Tree::__owned(x);
    [] &'a mut [T], x => lists::mutable(x);
    [] &'a mut Vec<T>, x => lists::mutable(x);
}

macro_rules! fixed_arguments {
    ($($ty:ty, $x:ident => $value:expr;)*) => { $(
        impl<'a, T: Tree, const N: usize> IntoArg<'a> for $ty {
            const TY: Ty = <[T; N] as Tree>::__TY;
            fn into_arg(self) -> ArgValue<'a> {
                let $x = self;
                $value
            }
        }
    )* };
}
fixed_arguments! {
    [T; N], x => Tree::__owned(x);
    &'a [T; N], x => Tree::__shared(x);
    &'a mut [T; N], x => Tree::__mutable(x);
}

/// The elements of a view, copied in.
fn shown<'a, T: Element, D: Dimension>(view: &ArrayView<'_, T, D>) -> ArgValue<'a> {
    array(view.iter().copied().collect(), view.shape())
}

/// The elements of a view, copied in and out.
fn shown_mut<'a, T: Element, D: Dimension + 'a>(home: ArrayViewMut<'a, T, D>) -> ArgValue<'a> {
    match Buffer::from_vec(home.iter().copied().collect(), home.shape()) {
        Ok(buffer) => copied(Copied { buffer, home }),
        Err(_) => ArgValue::Tuple(Vec::new()),
    }
}

/// Arrays of any rank, each with how it is passed.
macro_rules! arrays {
    ($([$($lifetime:lifetime)?] $ty:ty, $x:ident => $value:expr;)*) => { $(
        impl<'a, $($lifetime,)? T: Element, D: Dimension + 'a> IntoArg<'a> for $ty {
            const TY: Ty = Ty::Array(T::DTYPE, D::NDIM);
            fn into_arg(self) -> ArgValue<'a> {
                let $x = self;
                $value
            }
        }
    )* };
}
arrays! {
    [] &'a ArrayBase<OwnedRepr<T>, D>, x => shown(&x.view());
    [] ArrayBase<OwnedRepr<T>, D>, x => shown(&x.view());
    [] &'a mut ArrayBase<OwnedRepr<T>, D>, x => shown_mut(x.view_mut());
    ['v] ArrayView<'v, T, D>, x => shown(&x);
    ['v] &'a ArrayView<'v, T, D>, x => shown(x);
    [] ArrayViewMut<'a, T, D>, x => shown_mut(x);
    ['v] &'a ArrayViewMut<'v, T, D>, x => shown(&x.view());
    ['v] &'a mut ArrayViewMut<'v, T, D>, x => shown_mut(x.view_mut());
    ['v] array::ArrayView<'v, T, D>, x => shown(&x.nd());
    ['v] &'a array::ArrayView<'v, T, D>, x => shown(&x.nd());
    [] array::ArrayViewMut<'a, T, D>, x => shown_mut(x.into_nd());
    ['v] &'a array::ArrayViewMut<'v, T, D>, x => shown(&x.nd());
    ['v] &'a mut array::ArrayViewMut<'v, T, D>, x => shown_mut(x.nd_mut());
}

/// As in trees.
macro_rules! results {
    ($([$($generics:tt)*] $ty:ty;)*) => { $(
        impl<T: Tree, $($generics)*> Typed for $ty {
            const TY: Ty = <$ty as Tree>::__TY;
        }
        impl<T: Tree, $($generics)*> Output for $ty {
            fn take(outputs: &mut Outputs) -> Result<Self> {
                Tree::__take(outputs)
            }
        }
        impl<T: Tree + 'static, $($generics)*> Arg for $ty {
            type Of<'a> = $ty;
            const TY: Ty = <$ty as Tree>::__TY;
            fn into_arg<'a>(value: $ty) -> ArgValue<'a> {
                Tree::__owned(value)
            }
        }
        impl<T, $($generics)*> Pure for $ty {}
    )* };
}
results! {
    [] Vec<T>;
    [const N: usize] [T; N];
}

impl<T: Tree> Typed for [T] {
    const TY: Ty = <Vec<T> as Tree>::__TY;
}

/// The elements of a result.
pub(crate) fn elements<T: Element>(buffer: Buffer) -> Result<Vec<T>> {
    let buffer = buffer.to_device(&Device::cpu())?;
    let dtype = buffer.dtype();
    match buffer.into_vec::<T>() {
        Ok(elements) => Ok(elements),
        Err(buffer) => Ok(buffer.as_slice::<T>().ok_or_else(|| wrong(dtype, T::DTYPE))?.to_vec()),
    }
}

impl<T: Element, D: Dimension> Typed for ArrayBase<OwnedRepr<T>, D> {
    const TY: Ty = Ty::Array(T::DTYPE, D::NDIM);
}
impl<T: Element, D: Dimension> Output for ArrayBase<OwnedRepr<T>, D> {
    fn take(outputs: &mut Outputs) -> Result<Self> {
        let array: Array<T, D> = Array::from_buffer(buffer_of(outputs.next_value()?)?)?;
        Ok(array.into())
    }
}
