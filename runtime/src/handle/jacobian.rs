//! Jacobians and Hessians, and their types.

use super::argnums::Wrt;
use super::args::Pure;
use super::derivatives::{GradientOf, IntoJit, wrt};
use super::jit::Jit;
use super::tangent::ScalarResult;
use crate::array::Array;
use crate::exec::Output;
use crate::transform::recipe::Transform;
use crate::tree::Tree;
use ndarray::{DimAdd, Dimension};

/// A result whose derivatives by arguments of the owned type `P` are arrays: the axes of the result, then those of
/// the argument. A scalar by a scalar is a scalar. Tuples give tuples: first over results, inside over arguments.
/// Lists of numbers count as arrays. Results that are no floats give `()`.
#[diagnostic::on_unimplemented(
    message = "there is no Jacobian of `{Self}` by `{P}`",
    note = "results and arguments are floats of the same type, arrays of them, or tuples of those"
)]
pub trait Jacobian<P> {
    /// The derivatives.
    type Of: Output + 'static;
}

macro_rules! floats {
    ($($t:ty)*) => { $(
        impl Jacobian<$t> for $t {
            type Of = $t;
        }
        impl<E: Dimension + 'static> Jacobian<Array<$t, E>> for $t {
            type Of = Array<$t, E>;
        }
        impl<D: Dimension + 'static> Jacobian<$t> for Array<$t, D> {
            type Of = Array<$t, D>;
        }
        impl<D, E> Jacobian<Array<$t, E>> for Array<$t, D>
        where
            D: Dimension + DimAdd<E>,
            E: Dimension,
            <D as DimAdd<E>>::Output: 'static,
        {
            type Of = Array<$t, <D as DimAdd<E>>::Output>;
        }
    )* };
}
floats!(f64 f32);

macro_rules! no_floats {
    ($($t:ty)*) => { $(
        impl<P> Jacobian<P> for $t {
            type Of = ();
        }
        impl<P, D> Jacobian<P> for Array<$t, D> {
            type Of = ();
        }
    )* };
}
no_floats!(i64 i32 u32 u64 usize bool);

impl<P> Jacobian<P> for () {
    type Of = ();
}

/// Lists of numbers are the arrays that they are in graphs.
type Whole<T> = <T as Tree>::__Stacked;

impl<P, T: Tree> Jacobian<P> for Vec<T>
where
    Whole<T>: Jacobian<P>,
{
    type Of = <Whole<T> as Jacobian<P>>::Of;
}
impl<P, T: Tree, const N: usize> Jacobian<P> for [T; N]
where
    Whole<T>: Jacobian<P>,
{
    type Of = <Whole<T> as Jacobian<P>>::Of;
}

macro_rules! by_lists {
    ($([$($generics:tt)*] $result:ty;)*) => { $(
        impl<T: Tree, $($generics)*> Jacobian<Vec<T>> for $result
        where
            $result: Jacobian<Whole<T>>,
        {
            type Of = <$result as Jacobian<Whole<T>>>::Of;
        }
        impl<T: Tree, const N: usize, $($generics)*> Jacobian<[T; N]> for $result
        where
            $result: Jacobian<Whole<T>>,
        {
            type Of = <$result as Jacobian<Whole<T>>>::Of;
        }
    )* };
}
by_lists! {
    [] f64;
    [] f32;
    [D: Dimension] Array<f64, D>;
    [D: Dimension] Array<f32, D>;
}

macro_rules! tuples {
    ($($($t:ident)+;)*) => { $(
        impl<Z, $($t: Jacobian<Z>),+> Jacobian<Z> for ($($t,)+) {
            type Of = ($(<$t as Jacobian<Z>>::Of,)+);
        }
        tuples!(@by f64 [] $($t)+);
        tuples!(@by f32 [] $($t)+);
        tuples!(@by Array<f64, Z> [Z: Dimension] $($t)+);
        tuples!(@by Array<f32, Z> [Z: Dimension] $($t)+);
    )* };
    (@by $of:ty [$($z:tt)*] $($t:ident)+) => {
        impl<$($t,)+ $($z)*> Jacobian<($($t,)+)> for $of
        where
            $($of: Jacobian<$t>,)+
        {
            type Of = ($(<$of as Jacobian<$t>>::Of,)+);
        }
    };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// The Jacobian by forward mode, a run per element of the differentiated arguments: of the shape of the result, then
/// that of the argument. Several results or arguments give tuples, results outside.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn powers(x: f64) -> Array1<f64> {
///     let mut y = Array1::<f64>::zeros(3);
///     for i in 0..3 {
///         y[i] = x * i as f64;
///     }
///     y
/// }
///
/// assert_eq!(jacfwd(powers::jit())(5.0).to_vec(), [0.0, 1.0, 2.0]);
/// ```
pub fn jacfwd<H>(handle: H) -> Jit<H::Args, <H::Result as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Jacobian { wrt: wrt::<H>(), reverse: false })
}

/// The Jacobian by reverse mode, a run backwards per element of the result; of the shapes of [`jacfwd`].
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn squares(x: &Array1<f64>) -> Array1<f64> {
///     x * x
/// }
///
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// let jacobian: Array2<f64> = jacrev(squares::jit())(&x);
/// assert_eq!(jacobian.to_vec(), [2.0, 0.0, 0.0, 4.0]);
/// ```
pub fn jacrev<H>(handle: H) -> Jit<H::Args, <H::Result as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Jacobian { wrt: wrt::<H>(), reverse: true })
}

/// The second derivatives of a function that returns one float: of the shape of the argument, twice. Several
/// arguments give a tuple of tuples.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn saddle(x: &Array1<f64>) -> f64 {
///     x[0] * x[0] + 3.0 * x[0] * x[1]
/// }
///
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// assert_eq!(hessian(saddle::jit())(&x).to_vec(), [2.0, 3.0, 3.0, 0.0]);
/// ```
pub fn hessian<H>(handle: H) -> Jit<H::Args, <GradientOf<H> as Jacobian<GradientOf<H>>>::Of>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: ScalarResult,
    GradientOf<H>: Jacobian<GradientOf<H>>,
{
    Jit::derive(handle.__target().0, Transform::Hessian { wrt: wrt::<H>() })
}
