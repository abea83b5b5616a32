//! Which arguments derivatives are taken by.

use super::args::Arg;
use super::signature::{Append, Signature};
use super::tangent::Differentiable;
use crate::exec::Output;
use std::marker::PhantomData;

/// The arguments that derivatives are taken by, made by [`argnums!`](crate::argnums): `Argnums<Argnum<1>>`, or
/// `Argnums<(Argnum<0>, Argnum<2>)>`.
pub struct Argnums<W>(#[doc(hidden)] pub PhantomData<fn() -> W>);

/// An argument by its number, from 0.
pub struct Argnum<const K: usize>;

/// The arguments that derivatives are taken by, for [`Jit::wrt`](crate::Jit::wrt): `argnums![1]` is one, whose
/// gradient comes bare; `argnums![0, 2]` are several, whose gradients come as a tuple.
#[macro_export]
macro_rules! argnums {
    ($k:literal) => {
        $crate::handle::Argnums::<$crate::handle::Argnum<$k>>(::core::marker::PhantomData)
    };
    ($($k:literal),+ $(,)?) => {
        $crate::handle::Argnums::<($($crate::handle::Argnum<$k>,)+)>(::core::marker::PhantomData)
    };
}

/// Arguments that have one of the number `K`.
#[diagnostic::on_unimplemented(
    message = "there is no argument number {K} to differentiate by",
    label = "the function has fewer arguments",
    note = "arguments are counted from 0: `argnums![0]` is the first one"
)]
pub trait Pick<const K: usize> {
    /// That argument.
    type Picked: Arg;
}

/// A choice of arguments that functions with the arguments `A` can be differentiated by.
pub trait Wrt<A> {
    /// One gradient, or a tuple of them.
    type Gradient: Output + 'static;
    /// The tuple of the chosen arguments: what their tangents are passed as.
    type Tangents: Signature;
    #[doc(hidden)]
    fn positions() -> Vec<usize>;
}

/// The same for transforms that take a tangent for each chosen argument.
pub trait Directions<A>: Wrt<A> {
    /// The arguments, then the tangents.
    type All: Signature;
}

impl<A, const K: usize> Wrt<A> for Argnums<Argnum<K>>
where
    A: Pick<K>,
    A::Picked: Differentiable,
{
    type Gradient = <A::Picked as Differentiable>::Gradient;
    type Tangents = (A::Picked,);
    fn positions() -> Vec<usize> {
        vec![K]
    }
}

impl<A, const K: usize> Directions<A> for Argnums<Argnum<K>>
where
    A: Pick<K> + Append<<A as Pick<K>>::Picked>,
    A::Picked: Differentiable,
{
    type All = <A as Append<A::Picked>>::All;
}

macro_rules! several {
    ($($k:ident)+) => {
        impl<A, $(const $k: usize),+> Wrt<A> for Argnums<($(Argnum<$k>,)+)>
        where
            $(A: Pick<$k>, <A as Pick<$k>>::Picked: Differentiable,)+
        {
            type Gradient = ($(<<A as Pick<$k>>::Picked as Differentiable>::Gradient,)+);
            type Tangents = ($(<A as Pick<$k>>::Picked,)+);
            fn positions() -> Vec<usize> {
                vec![$($k),+]
            }
        }
        impl<A, $(const $k: usize),+> Directions<A> for Argnums<($(Argnum<$k>,)+)>
        where
            $(A: Pick<$k>, <A as Pick<$k>>::Picked: Differentiable,)+
            A: AppendAll<($(<A as Pick<$k>>::Picked,)+)>,
        {
            type All = <A as AppendAll<($(<A as Pick<$k>>::Picked,)+)>>::All;
        }
    };
}
several!(K0);
several!(K0 K1);
several!(K0 K1 K2);
several!(K0 K1 K2 K3);
several!(K0 K1 K2 K3 K4);
several!(K0 K1 K2 K3 K4 K5);
several!(K0 K1 K2 K3 K4 K5 K6);
several!(K0 K1 K2 K3 K4 K5 K6 K7);

/// Arguments with several more behind.
#[doc(hidden)]
pub trait AppendAll<X> {
    type All: Signature;
}

impl<A: Signature> AppendAll<()> for A {
    type All = A;
}

macro_rules! append_all {
    ($($first:ident $($rest:ident)*;)*) => { $(
        impl<A, $first, $($rest),*> AppendAll<($first, $($rest,)*)> for A
        where
            A: Append<$first>,
            A::All: AppendAll<($($rest,)*)>,
        {
            type All = <A::All as AppendAll<($($rest,)*)>>::All;
        }
    )* };
}
append_all! { P0; P0 P1; P0 P1 P2; P0 P1 P2 P3; P0 P1 P2 P3 P4; P0 P1 P2 P3 P4 P5; P0 P1 P2 P3 P4 P5 P6;
P0 P1 P2 P3 P4 P5 P6 P7; }

macro_rules! picks {
    (@one [$($t:ident)+] $k:literal $picked:ident) => {
        impl<$($t: Arg),+> Pick<$k> for ($($t,)+) {
            type Picked = $picked;
        }
    };
    (@all $tuple:tt $($k:literal $picked:ident)+) => { $(picks!(@one $tuple $k $picked);)+ };
    ([$($k:literal $t:ident)+]) => { picks!(@all [$($t)+] $($k $t)+); };
    ([$($k:literal $t:ident)+] $next:literal $n:ident $($more:tt)*) => {
        picks!(@all [$($t)+] $($k $t)+);
        picks!([$($k $t)+ $next $n] $($more)*);
    };
}
picks!([0 A] 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8 I 9 J 10 K 11 L 12 M 13 N 14 O 15 P);
