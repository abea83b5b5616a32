//! The types of batches: arguments and results with one axis more.

use super::args::{Arg, Ref, RefMut};
use super::signature::Signature;
use crate::array::{Array, Array1, Element};
use crate::exec::Output;
use crate::tree::Tree;
use ndarray::Dimension;
use std::marker::PhantomData;

/// An argument that can be mapped over.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be mapped over",
    note = "write `_` at its place: `vmap(f::jit()).in_axes(in_axes![0, _])`"
)]
pub trait BatchArg: Arg {
    /// The argument with one axis more: a reference to an array for a scalar.
    type Batched: Arg;
}

/// A result of each element of a batch.
pub trait BatchResult: Output + 'static {
    /// The results with one axis more: an array for a scalar.
    type Batched: Output + 'static;
}

macro_rules! scalars {
    ($($t:ty)*) => { $(
        impl BatchArg for $t {
            type Batched = Ref<Array1<$t>>;
        }
        impl BatchResult for $t {
            type Batched = Array1<$t>;
        }
    )* };
}
scalars!(f64 f32 i64 i32 u32 u64 usize bool);

impl<T: Element, D: Dimension + 'static> BatchArg for Array<T, D>
where
    D::Larger: 'static,
{
    type Batched = Array<T, D::Larger>;
}

impl<T: BatchResult> BatchArg for Ref<T>
where
    Ref<T>: Arg,
    Ref<T::Batched>: Arg,
{
    type Batched = Ref<T::Batched>;
}

impl<T: Tree + 'static> BatchArg for Ref<[T]>
where
    Vec<T>: BatchResult,
    Ref<<Vec<T> as BatchResult>::Batched>: Arg,
{
    type Batched = Ref<<Vec<T> as BatchResult>::Batched>;
}

/// `Pure` refuses these with a better message.
impl<T: ?Sized> BatchArg for RefMut<T>
where
    RefMut<T>: Arg,
{
    type Batched = RefMut<T>;
}

impl BatchArg for () {
    type Batched = ();
}

impl<T: Element, D: Dimension + 'static> BatchResult for Array<T, D>
where
    D::Larger: 'static,
{
    type Batched = Array<T, D::Larger>;
}

/// Lists of numbers are arrays, lists of structs lists of batches.
impl<T: Tree + 'static> BatchResult for Vec<T>
where
    <Vec<T> as Tree>::__Stacked: Output + 'static,
{
    type Batched = <Vec<T> as Tree>::__Stacked;
}
impl<T: Tree + 'static, const N: usize> BatchResult for [T; N]
where
    <[T; N] as Tree>::__Stacked: Output + 'static,
{
    type Batched = <[T; N] as Tree>::__Stacked;
}
impl<T: Tree + 'static> BatchArg for Vec<T>
where
    <Vec<T> as Tree>::__Stacked: Arg,
{
    type Batched = <Vec<T> as Tree>::__Stacked;
}
impl<T: Tree + 'static, const N: usize> BatchArg for [T; N]
where
    <[T; N] as Tree>::__Stacked: Arg,
{
    type Batched = <[T; N] as Tree>::__Stacked;
}

impl BatchResult for () {
    type Batched = ();
}

macro_rules! tuples {
    ($($($t:ident)+;)*) => { $(
        impl<$($t: BatchArg),+> BatchArg for ($($t,)+) {
            type Batched = ($($t::Batched,)+);
        }
        impl<$($t: BatchResult),+> BatchResult for ($($t,)+) {
            type Batched = ($($t::Batched,)+);
        }
    )* };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// The axes that are mapped over, made by [`in_axes!`](crate::in_axes).
pub struct InAxes<I>(#[doc(hidden)] pub PhantomData<fn() -> I>);

/// Every argument is mapped over its first axis.
pub struct Leading;

/// An argument is mapped over its axis `K`.
pub struct Mapped<const K: usize>;

/// An argument is the same for all elements of the batch.
pub struct Unmapped;

/// The axes that [`vmap`](crate::vmap) maps over, one per argument: the number of an axis, or `_` (or `None`) for an
/// argument that is the same for all elements of the batch, as in `in_axes![0, _, 1]`.
#[macro_export]
macro_rules! in_axes {
    ($($axis:tt),+ $(,)?) => {
        $crate::handle::InAxes::<($($crate::__in_axis!($axis),)+)>(::core::marker::PhantomData)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __in_axis {
    (_) => { $crate::handle::Unmapped };
    (None) => { $crate::handle::Unmapped };
    ($axis:literal) => { $crate::handle::Mapped<$axis> };
}

/// The place of one argument in [`in_axes!`](crate::in_axes).
#[doc(hidden)]
pub trait MapArg<X> {
    type Batched: Arg;
    const AXIS: Option<usize>;
}

impl<X: BatchArg, const K: usize> MapArg<X> for Mapped<K> {
    type Batched = X::Batched;
    const AXIS: Option<usize> = Some(K);
}

impl<X: Arg> MapArg<X> for Unmapped {
    type Batched = X;
    const AXIS: Option<usize> = None;
}

/// A choice of axes for functions with the arguments `A`.
#[diagnostic::on_unimplemented(
    message = "these axes do not fit the arguments",
    label = "not one per argument",
    note = "`in_axes!` takes the number of an axis or `_` for every argument"
)]
pub trait MapArgs<A> {
    /// The arguments of the mapped function.
    type Batched: Signature;
    #[doc(hidden)]
    fn axes() -> Vec<Option<usize>>;
}

macro_rules! all_arguments {
    ($($i:ident $x:ident)*) => {
        impl<$($i: MapArg<$x>, $x),*> MapArgs<($($x,)*)> for ($($i,)*) {
            type Batched = ($($i::Batched,)*);
            fn axes() -> Vec<Option<usize>> {
                vec![$($i::AXIS),*]
            }
        }
        impl<$($x: BatchArg),*> MapArgs<($($x,)*)> for Leading {
            type Batched = ($($x::Batched,)*);
            fn axes() -> Vec<Option<usize>> {
                vec![$(<Mapped<0> as MapArg<$x>>::AXIS),*]
            }
        }
    };
}

macro_rules! all_counts {
    ($i:ident $x:ident) => { all_arguments!($i $x); };
    ($i:ident $x:ident $($rest:ident)+) => {
        all_arguments!($i $x $($rest)+);
        all_counts!($($rest)+);
    };
}
all_counts!(I15 X15 I14 X14 I13 X13 I12 X12 I11 X11 I10 X10 I9 X9 I8 X8 I7 X7 I6 X6 I5 X5 I4 X4 I3 X3 I2 X2 I1 X1 I0 X0);
