//! Slices, lists and fixed arrays of numbers, and `ndarray`'s arrays, as arguments and results. In staged code they are
//! arrays. Their elements are copied in, and out again where they are changed: an array of this crate is lent instead.

use super::args::{ArgValue, IntoArg, MutArg, Output, Outputs, Read, Target, buffer_of};
use crate::array::{self, Array, Buffer, Device, Element};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Arg, Pure};
use crate::kernel::OutSlot;
use crate::stage::{Ty, Typed};
use crate::tree::Tree;
use ndarray::{ArrayBase, ArrayView, ArrayViewMut, Dimension, Ix1, OwnedRepr};

/// An array made of something else. That there are as many elements as the shape says is known.
fn array<'a, T: Element>(elements: Vec<T>, shape: &[usize]) -> ArgValue<'a> {
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

fn updated<'a, T: Element>(home: &'a mut [T], shape: &[usize]) -> ArgValue<'a> {
    match Buffer::from_vec(home.to_vec(), shape) {
        Ok(buffer) => copied(Copied::<T, Ix1> { buffer, home: home.into() }),
        Err(_) => ArgValue::Tuple(Vec::new()),
    }
}

fn copied<'a, T: Element, D: Dimension + 'a>(array: Copied<'a, T, D>) -> ArgValue<'a> {
    ArgValue::Mut(MutArg::own(Box::new(array)))
}

/// Arguments of that rank, each with how its elements and its shape are found.
macro_rules! arguments {
    ($([$($generics:tt)*] $ty:ty, $rank:expr, $x:ident => $value:expr;)*) => { $(
        impl<'a, T: Element, $($generics)*> IntoArg<'a> for $ty {
            const TY: Ty = match $rank {
                1 => Ty::Array(T::DTYPE, Some(1)),
                rank => Ty::Rows(T::DTYPE, rank, rank - 1),
            };
            fn into_arg(self) -> ArgValue<'a> {
                let $x = self;
                $value
            }
        }
    )* };
}
arguments! {
    [] &'a [T], 1, x => array(x.to_vec(), &[x.len()]);
    [] &'a Vec<T>, 1, x => array(x.clone(), &[x.len()]);
    [] Vec<T>, 1, x => { let shape = [x.len()]; array(x, &shape) };
    [const N: usize] [T; N], 1, x => array(x.to_vec(), &[N]);
    [const N: usize] &'a [T; N], 1, x => array(x.to_vec(), &[N]);
    [const M: usize, const N: usize] [[T; M]; N], 2, x => array(x.as_flattened().to_vec(), &[N, M]);
    [const M: usize, const N: usize] &'a [[T; M]; N], 2, x => array(x.as_flattened().to_vec(), &[N, M]);
    [] &'a mut [T], 1, x => { let shape = [x.len()]; updated(x, &shape) };
    [] &'a mut Vec<T>, 1, x => { let shape = [x.len()]; updated(x.as_mut_slice(), &shape) };
    [const N: usize] &'a mut [T; N], 1, x => updated(x.as_mut_slice(), &[N]);
    [const M: usize, const N: usize] &'a mut [[T; M]; N], 2, x => updated(x.as_flattened_mut(), &[N, M]);
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

/// A list of numbers is an array, one of trees is a list of them.
macro_rules! results {
    ($([$($generics:tt)*] $ty:ty;)*) => { $(
        impl<T: Tree, $($generics)*> Typed for $ty {
            const TY: Ty = match T::__ARRAY {
                Some((dtype, 0)) => Ty::Array(dtype, Some(1)),
                Some((dtype, axes)) => Ty::Rows(dtype, axes + 1, axes),
                None => <$ty as Tree>::__TY,
            };
        }
        impl<T: Tree, $($generics)*> Output for $ty {
            fn take(outputs: &mut Outputs) -> Result<Self> {
                if T::__ARRAY.is_none() {
                    return Tree::__take(outputs);
                }
                let elements = T::__elements(buffer_of(outputs.next_value()?)?)?;
                let count = elements.len();
                elements.try_into().map_err(|_| {
                    let message = format!("a result of {count} elements is declared as {}", stringify!($ty));
                    Error::new(ErrorKind::Shape, message)
                })
            }
        }
        impl<T: Tree + 'static, $($generics)*> Arg for $ty {
            type Of<'a> = $ty;
            const TY: Ty = <$ty as Typed>::TY;
            fn into_arg<'a>(value: $ty) -> ArgValue<'a> {
                match T::__ARRAY {
                    Some(_) => T::__gathered(value.into()),
                    None => Tree::__owned(value),
                }
            }
        }
        impl<T, $($generics)*> Pure for $ty {}
    )* };
}
results! {
    [] Vec<T>;
    [const N: usize] [T; N];
}

impl<T: Element> Typed for [T] {
    const TY: Ty = Ty::Array(T::DTYPE, Some(1));
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
