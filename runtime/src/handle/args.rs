//! How a function takes its arguments, as types without lifetimes.

use crate::array::{Array, Element};
use crate::exec::{ArgValue, IntoArg};
use crate::stage::{Ty, Typed};
use crate::tree::Tree;
use ndarray::Dimension;
use std::marker::PhantomData;

/// Stands for an argument `&T` in the type of a handle.
pub struct Ref<T: ?Sized>(PhantomData<fn(&T)>);

/// Stands for an argument `&mut T` in the type of a handle.
pub struct RefMut<T: ?Sized>(PhantomData<fn(&T)>);

/// What can stand for an argument in the type of a handle: a scalar, an array, [`Ref`] or [`RefMut`] of one, or a
/// tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a handle",
    label = "not a scalar, an array, a tuple of them, or a struct with `#[derive(Tree)]`"
)]
pub trait Arg: 'static {
    /// What is passed: `&'a T` for `Ref<T>`.
    type Of<'a>;
    #[doc(hidden)]
    const TY: Ty;
    #[doc(hidden)]
    fn into_arg<'a>(value: Self::Of<'a>) -> ArgValue<'a>;
}

/// Arguments that a function leaves as they are.
#[diagnostic::on_unimplemented(
    message = "a function with `&mut` parameters cannot be differentiated or mapped",
    label = "it updates an argument in place",
    note = "take `&T` instead of `&mut T` and return the new array"
)]
pub trait Pure {}

impl<T: ?Sized + 'static> Arg for Ref<T>
where
    for<'a> &'a T: IntoArg<'a>,
{
    type Of<'a> = &'a T;
    const TY: Ty = <&'static T as IntoArg<'static>>::TY;
    fn into_arg<'a>(value: Self::Of<'a>) -> ArgValue<'a> {
        value.into_arg()
    }
}

impl<T: ?Sized + 'static> Arg for RefMut<T>
where
    for<'a> &'a mut T: IntoArg<'a>,
{
    type Of<'a> = &'a mut T;
    const TY: Ty = <&'static mut T as IntoArg<'static>>::TY;
    fn into_arg<'a>(value: Self::Of<'a>) -> ArgValue<'a> {
        value.into_arg()
    }
}

impl<T: ?Sized> Pure for Ref<T> {}

/// Behind a reference, as [`Ref`].
impl<T: Tree + 'static> Arg for [T] {
    type Of<'a> = &'a [T];
    const TY: Ty = <[T] as Typed>::TY;
    fn into_arg<'a>(value: Self::Of<'a>) -> ArgValue<'a> {
        value.into_arg()
    }
}

impl<T: Element, D: Dimension + 'static> Arg for Array<T, D> {
    type Of<'a> = Array<T, D>;
    const TY: Ty = <Array<T, D> as Typed>::TY;
    fn into_arg<'a>(value: Array<T, D>) -> ArgValue<'a> {
        value.into_arg()
    }
}

impl<T, D> Pure for Array<T, D> {}

/// The cotangent of a result that has none.
impl Arg for () {
    type Of<'a> = ();
    const TY: Ty = Ty::Unit;
    fn into_arg<'a>((): ()) -> ArgValue<'a> {
        ArgValue::Tuple(Vec::new())
    }
}

impl Pure for () {}

macro_rules! scalars {
    ($($t:ty)*) => { $(
        impl Arg for $t {
            type Of<'a> = $t;
            const TY: Ty = <$t as Typed>::TY;
            fn into_arg<'a>(value: $t) -> ArgValue<'a> {
                value.into_arg()
            }
        }
        impl Pure for $t {}
    )* };
}
scalars!(f64 f32 i64 i32 u32 u64 usize bool);

macro_rules! tuples {
    ($($($t:ident)+;)*) => { $(
        impl<$($t: Arg),+> Arg for ($($t,)+) {
            type Of<'a> = ($($t::Of<'a>,)+);
            const TY: Ty = Ty::Tuple(&[$($t::TY),+]);
            #[allow(non_snake_case)]
            fn into_arg<'a>(($($t,)+): Self::Of<'a>) -> ArgValue<'a> {
                ArgValue::Tuple(vec![$($t::into_arg($t)),+])
            }
        }
    )* };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// All the arguments of a function, or a tuple as one of them.
macro_rules! pure_tuples {
    ($($($t:ident)+;)*) => { $(impl<$($t: Pure),+> Pure for ($($t,)+) {})* };
}
pure_tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; A B C D E F G H I;
    A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L; A B C D E F G H I J K L M;
    A B C D E F G H I J K L M N; A B C D E F G H I J K L M N O; A B C D E F G H I J K L M N O P;
}
