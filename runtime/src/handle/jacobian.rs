//! The types of Jacobians.

use crate::array::Array;
use crate::exec::Output;
use ndarray::{DimAdd, Dimension};

/// A result whose derivatives by arguments of the owned type `P` are arrays: the axes of the result, then those of
/// the argument. A scalar by a scalar is a scalar. Tuples give tuples: first over results, inside over arguments.
/// Results that are no floats give `()`.
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
no_floats!(i64 i32 u32 usize bool);

impl<P> Jacobian<P> for () {
    type Of = ();
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
