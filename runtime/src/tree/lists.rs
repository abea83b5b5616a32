//! Lists in trees. Numbers go together into an array, as they do in signatures; other trees stay one by one, and how many there
//! are belongs to what a graph is compiled for.

use super::{Tree, fixed};
use crate::array::Buffer;
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{ArgValue, Outputs, buffer_of};
use crate::stage::Ty;

/// What many lists of trees are: the stack of a struct with a list in it has that.
#[doc(hidden)]
pub trait Lists {
    type Variable<T: Tree>: Tree;
    type Fixed<T: Tree, const N: usize>: Tree;
}

/// An array with two axes more than one of them has.
#[doc(hidden)]
pub struct OfNumbers;

/// Lists of stacks.
#[doc(hidden)]
pub struct OfTrees;

impl Lists for OfNumbers {
    type Variable<T: Tree> = <T::__Stacked as Tree>::__Stacked;
    type Fixed<T: Tree, const N: usize> = <T::__Stacked as Tree>::__Stacked;
}

impl Lists for OfTrees {
    type Variable<T: Tree> = Vec<T::__Stacked>;
    type Fixed<T: Tree, const N: usize> = [T::__Stacked; N];
}

/// The type of a list of numbers, where it is one.
const fn array(numbers: Option<(DType, usize)>) -> Option<Ty> {
    match numbers {
        Some((dtype, 0)) => Some(Ty::Array(dtype, Some(1))),
        Some((dtype, axes)) => Some(Ty::Rows(dtype, axes + 1, axes)),
        None => None,
    }
}

/// A list that a run gives.
fn taken<T: Tree, L: TryFrom<Vec<T>>>(outputs: &mut Outputs) -> Result<L> {
    let elements = match T::__ARRAY {
        Some(_) => T::__elements(buffer_of(outputs.next_value()?)?)?,
        None => {
            let length: usize = fixed(outputs.next_static()?)?;
            match fixed(outputs.next_static()?)? {
                true => outputs.rows(length, T::__take)?,
                false => (0..length).map(|_| T::__take(outputs)).collect::<Result<Vec<T>>>()?,
            }
        }
    };
    let count = elements.len();
    elements.try_into().map_err(|_| {
        Error::new(ErrorKind::Shape, format!("a list of {count} elements is declared with another length"))
    })
}

impl<T: Tree, const N: usize> Tree for [T; N] {
    type __Stacked = <T::__Lists as Lists>::Fixed<T, N>;
    type __Lists = T::__Lists;
    const __TY: Ty = match array(T::__ARRAY) {
        Some(ty) => ty,
        None => Ty::List(&T::__TY),
    };
    const __ARRAY: Option<(DType, usize)> = match T::__ARRAY {
        Some((dtype, axes)) => Some((dtype, axes + 1)),
        None => None,
    };
    fn __elements(buffer: Buffer) -> Result<Vec<Self>> {
        let mut rest = T::__elements(buffer)?.into_iter();
        let mut all = Vec::new();
        while rest.len() >= N.max(1) {
            let next = rest.by_ref().take(N).collect::<Vec<T>>();
            all.extend(<[T; N]>::try_from(next).ok());
        }
        Ok(all)
    }
    fn __gathered<'a>(elements: Vec<Self>, axes: &[usize]) -> ArgValue<'a> {
        T::__gathered(elements.into_iter().flatten().collect(), &[axes, &[N]].concat())
    }
    fn __copied<'a>(elements: &[Self], axes: &[usize]) -> ArgValue<'a> {
        T::__copied(elements.as_flattened(), &[axes, &[N]].concat())
    }
    fn __updated<'a>(elements: &'a mut [Self], axes: &[usize]) -> ArgValue<'a> {
        T::__updated(elements.as_flattened_mut(), &[axes, &[N]].concat())
    }
    fn __owned<'a>(this: Self) -> ArgValue<'a> {
        owned(this.into())
    }
    fn __shared(this: &Self) -> ArgValue<'_> {
        shared(this)
    }
    fn __mutable(this: &mut Self) -> ArgValue<'_> {
        mutable(this)
    }
    fn __take(outputs: &mut Outputs) -> Result<Self> {
        taken(outputs)
    }
}

impl<T: Tree> Tree for Vec<T> {
    type __Stacked = <T::__Lists as Lists>::Variable<T>;
    type __Lists = OfTrees;
    const __TY: Ty = match array(T::__ARRAY) {
        Some(ty) => ty,
        None => Ty::List(&T::__TY),
    };
    fn __owned<'a>(this: Self) -> ArgValue<'a> {
        owned(this)
    }
    fn __shared(this: &Self) -> ArgValue<'_> {
        shared(this)
    }
    fn __mutable(this: &mut Self) -> ArgValue<'_> {
        mutable(this)
    }
    fn __take(outputs: &mut Outputs) -> Result<Self> {
        taken(outputs)
    }
}

/// A list that is given away.
fn owned<'a, T: Tree>(this: Vec<T>) -> ArgValue<'a> {
    let count = this.len();
    match T::__ARRAY {
        Some(_) => T::__gathered(this, &[count]),
        None => ArgValue::List(this.into_iter().map(Tree::__owned).collect()),
    }
}

/// A list that is read.
pub(crate) fn shared<T: Tree>(this: &[T]) -> ArgValue<'_> {
    match T::__ARRAY {
        Some(_) => T::__copied(this, &[this.len()]),
        None => ArgValue::List(this.iter().map(Tree::__shared).collect()),
    }
}

/// A list whose elements are written.
pub(crate) fn mutable<T: Tree>(this: &mut [T]) -> ArgValue<'_> {
    let count = this.len();
    match T::__ARRAY {
        Some(_) => T::__updated(this, &[count]),
        None => ArgValue::List(this.iter_mut().map(Tree::__mutable).collect()),
    }
}
