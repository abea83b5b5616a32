//! What can be differentiated, and by what: tangents, cotangents and gradients, at the level of types.

use super::args::{Arg, Ref, RefMut};
use crate::array::{Array, Element, Float};
use crate::exec::Output;
use crate::tree::Tree;
use ndarray::Dimension;

/// Arguments that a derivative can be taken by: `f64`, `f32`, arrays and lists of them, and tuples of those.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be differentiated",
    label = "a derivative is taken by this argument",
    note = "only f64, f32, `Array`s, slices and lists of them, structs and tuples of those have derivatives",
    note = "choose other arguments with `.wrt(argnums![..])`, counted from 0"
)]
pub trait Differentiable: Arg {
    /// The owned type: `Array1<f64>` of an argument `&Array1<f64>`.
    type Gradient: Output + 'static;
}

/// Results of which there is a gradient: `f64` and `f32`.
#[diagnostic::on_unimplemented(
    message = "a gradient needs a function that returns one float, not `{Self}`",
    label = "not `f64` or `f32`",
    note = "integers have no derivative; of arrays and tuples `jacrev` gives all derivatives; `grad_with_aux` takes a function that returns `(float, more)`"
)]
pub trait ScalarResult: Output + 'static {}
impl ScalarResult for f64 {}
impl ScalarResult for f32 {}

/// Results with something beside the float that is differentiated.
#[diagnostic::on_unimplemented(
    message = "a gradient with auxiliary results needs a function that returns `(float, more)`, not `{Self}`",
    label = "not a pair",
    note = "`grad` and `value_and_grad` take functions that return one float"
)]
pub trait WithAux: Output + 'static {
    /// What is beside it.
    type Aux: Output + 'static;
}
impl<S: ScalarResult, X: Output + 'static> WithAux for (S, X) {
    type Aux = X;
}

/// What goes along with a result in derivatives. Integers and `bool` have neither: theirs are `()`.
pub trait Tangent: Output + 'static {
    /// The tangent: the same type, with `()` for what is not a float.
    type Tangent: Output + 'static;
    /// The cotangent, as an argument: floats by value, arrays by reference.
    type Cotangent: Arg;
}

macro_rules! floats {
    ($($t:ty)*) => { $(
        impl Differentiable for $t {
            type Gradient = $t;
        }
        impl Tangent for $t {
            type Tangent = $t;
            type Cotangent = $t;
        }
    )* };
}
floats!(f64 f32);

// Not `Float`, whose message says nothing of derivatives.
impl<T: Element + Differentiable, D: Dimension + 'static> Differentiable for Array<T, D> {
    type Gradient = Array<T, D>;
}
impl<T: Float, D: Dimension + 'static> Tangent for Array<T, D> {
    type Tangent = Array<T, D>;
    type Cotangent = Ref<Array<T, D>>;
}

macro_rules! no_floats {
    ($($t:ty)*) => { $(
        impl Tangent for $t {
            type Tangent = ();
            type Cotangent = ();
        }
        impl<D: Dimension + 'static> Tangent for Array<$t, D> {
            type Tangent = ();
            type Cotangent = ();
        }
    )* };
}
no_floats!(i64 i32 u32 u64 usize bool);

impl Tangent for () {
    type Tangent = ();
    type Cotangent = ();
}

/// Of a slice the gradient is a `Vec`.
impl<T: Tree + Differentiable<Gradient: Tree>> Differentiable for [T] {
    type Gradient = Vec<T::Gradient>;
}
impl<T: Tree + Differentiable<Gradient: Tree>> Differentiable for Vec<T> {
    type Gradient = Vec<T::Gradient>;
}
impl<T: Tree + Differentiable<Gradient: Tree>, const N: usize> Differentiable for [T; N] {
    type Gradient = [T::Gradient; N];
}
impl<T: Tree + Tangent<Tangent = T>> Tangent for Vec<T> {
    type Tangent = Vec<T>;
    type Cotangent = Ref<Vec<T>>;
}
impl<T: Tree + Tangent<Tangent = T>, const N: usize> Tangent for [T; N] {
    type Tangent = [T; N];
    type Cotangent = Ref<[T; N]>;
}

impl<T: ?Sized + Differentiable> Differentiable for Ref<T>
where
    Ref<T>: Arg,
{
    type Gradient = T::Gradient;
}

/// `Pure` refuses these with a better message.
impl<T: ?Sized + Differentiable> Differentiable for RefMut<T>
where
    RefMut<T>: Arg,
{
    type Gradient = T::Gradient;
}

macro_rules! tuples {
    ($($($t:ident)+;)*) => { $(
        impl<$($t: Differentiable),+> Differentiable for ($($t,)+) {
            type Gradient = ($($t::Gradient,)+);
        }
        impl<$($t: Tangent),+> Tangent for ($($t,)+) {
            type Tangent = ($($t::Tangent,)+);
            type Cotangent = ($($t::Cotangent,)+);
        }
    )* };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }
