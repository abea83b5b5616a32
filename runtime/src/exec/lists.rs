//! Slices, lists and fixed arrays of numbers, and `ndarray`'s arrays, as arguments and results. In staged code they are
//! arrays. Their elements are copied in, and out again where they are changed: an array of this crate is lent instead.

use super::args::{ArgValue, IntoArg, MutArg, Output, Outputs, OwnTarget, buffer_of};
use crate::array::{Array, Buffer, Device, Element};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Arg, Pure};
use crate::kernel::OutSlot;
use crate::stage::{Ty, Typed};
use crate::tree::Tree;
use ndarray::{ArrayBase, ArrayView, Dimension, OwnedRepr};

/// The elements of a list in their order, under a shape.
fn gathered<'a, T: Element>(elements: Vec<T>, shape: &[usize]) -> ArrayBuffer<'a> {
    ArrayBuffer(Buffer::from_vec(elements, shape), std::marker::PhantomData)
}

/// An array made of something else.
struct ArrayBuffer<'a>(Result<Buffer>, std::marker::PhantomData<&'a ()>);

impl<'a> ArrayBuffer<'a> {
    fn argument(self) -> ArgValue<'a> {
        // A shape of more elements than memory has fails again when it is looked at.
        self.0.map_or(ArgValue::Tuple(Vec::new()), ArgValue::Owned)
    }
}

/// A list of the caller's, which has the final elements when the call has succeeded.
struct Copied<'a, T> {
    buffer: Buffer,
    home: Vec<&'a mut [T]>,
}

impl<T: Element> OwnTarget for Copied<'_, T> {
    fn buffer(&self) -> &Buffer {
        &self.buffer
    }
    fn buffer_mut(&mut self) -> &mut Buffer {
        &mut self.buffer
    }
    fn write(&mut self, value: OutSlot) -> Result<()> {
        if !matches!(value, OutSlot::Updated) {
            self.buffer = buffer_of(value)?;
        }
        let host = self.buffer.to_device(&Device::cpu())?;
        let elements = host.as_slice::<T>().ok_or_else(|| wrong(self.buffer.dtype(), T::DTYPE))?;
        let mut rest = elements;
        for part in &mut self.home {
            let Some((own, after)) = rest.split_at_checked(part.len()) else {
                return Err(Error::new(ErrorKind::Shape, "a list that is updated in place keeps its length"));
            };
            part.copy_from_slice(own);
            rest = after;
        }
        Ok(())
    }
}

fn wrong(is: DType, wanted: DType) -> Error {
    Error::new(ErrorKind::Verify, format!("a result is {is}, not {wanted}"))
}

fn updated<'a, T: Element>(home: Vec<&'a mut [T]>, shape: &[usize]) -> ArgValue<'a> {
    let all = home.iter().flat_map(|part| part.iter().copied()).collect();
    match gathered::<T>(all, shape).0 {
        Ok(buffer) => ArgValue::Mut(MutArg::own(Box::new(Copied { buffer, home }))),
        Err(_) => ArgValue::Tuple(Vec::new()),
    }
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
    [] &'a [T], 1, x => gathered(x.to_vec(), &[x.len()]).argument();
    [] &'a Vec<T>, 1, x => gathered(x.clone(), &[x.len()]).argument();
    [] Vec<T>, 1, x => { let shape = [x.len()]; gathered(x, &shape).argument() };
    [const N: usize] [T; N], 1, x => gathered(x.to_vec(), &[N]).argument();
    [const N: usize] &'a [T; N], 1, x => gathered(x.to_vec(), &[N]).argument();
    [const M: usize, const N: usize] [[T; M]; N], 2, x => gathered(x.as_flattened().to_vec(), &[N, M]).argument();
    [const M: usize, const N: usize] &'a [[T; M]; N], 2, x => gathered(x.as_flattened().to_vec(), &[N, M]).argument();
    [] &'a mut [T], 1, x => { let shape = [x.len()]; updated(vec![x], &shape) };
    [] &'a mut Vec<T>, 1, x => { let shape = [x.len()]; updated(vec![x.as_mut_slice()], &shape) };
    [const N: usize] &'a mut [T; N], 1, x => updated(vec![x.as_mut_slice()], &[N]);
    [const M: usize, const N: usize] &'a mut [[T; M]; N], 2, x => updated(vec![x.as_flattened_mut()], &[N, M]);
}

impl<'a, T: Element, D: Dimension> IntoArg<'a> for &'a ArrayBase<OwnedRepr<T>, D> {
    const TY: Ty = Ty::Array(T::DTYPE, D::NDIM);
    fn into_arg(self) -> ArgValue<'a> {
        gathered(self.iter().copied().collect(), self.shape()).argument()
    }
}
impl<'a, T: Element, D: Dimension> IntoArg<'a> for ArrayBase<OwnedRepr<T>, D> {
    const TY: Ty = Ty::Array(T::DTYPE, D::NDIM);
    fn into_arg(self) -> ArgValue<'a> {
        gathered(self.iter().copied().collect(), self.shape()).argument()
    }
}
impl<'a, 'v, T: Element, D: Dimension> IntoArg<'a> for ArrayView<'v, T, D> {
    const TY: Ty = Ty::Array(T::DTYPE, D::NDIM);
    fn into_arg(self) -> ArgValue<'a> {
        gathered(self.iter().copied().collect(), self.shape()).argument()
    }
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
                    None => crate::tree::Tree::__owned(value),
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
