//! Arguments that are passed several times, one of them moved.

use crate::array::{Array, Element, Float, Ix0, Ix1};
use crate::exec::IntoArg;
use crate::handle::argnums::{Argnum, Argnums, Pick, Wrt};
use crate::handle::args::{Arg, Ref};
use crate::handle::tangent::Differentiable;
use crate::tree::Tree;
use ndarray::Dimension;
use std::any::Any;

/// Arguments that can be passed more than once.
pub trait Again: Arg {
    /// An owned copy.
    #[doc(hidden)]
    fn owned(value: &Self::Of<'_>) -> Box<dyn Any>;
    /// The argument once more, or `moved` in its place where that is an owned value of its type.
    #[doc(hidden)]
    fn again<'a: 'b, 'b>(value: &Self::Of<'a>, moved: Option<&'b dyn Any>) -> Self::Of<'b>;
}

impl<T: Clone + 'static> Again for Ref<T>
where
    for<'a> &'a T: IntoArg<'a>,
{
    fn owned(value: &Self::Of<'_>) -> Box<dyn Any> {
        Box::new((*value).clone())
    }
    fn again<'a: 'b, 'b>(value: &Self::Of<'a>, moved: Option<&'b dyn Any>) -> Self::Of<'b> {
        moved.and_then(|moved| moved.downcast_ref::<T>()).unwrap_or(*value)
    }
}

impl<T: Element, D: Dimension + 'static> Again for Array<T, D> {
    fn owned(value: &Self::Of<'_>) -> Box<dyn Any> {
        Box::new(value.clone())
    }
    fn again<'a: 'b, 'b>(value: &Self::Of<'a>, moved: Option<&'b dyn Any>) -> Self::Of<'b> {
        moved.and_then(|moved| moved.downcast_ref::<Self>()).unwrap_or(value).clone()
    }
}

impl<T: Tree + Clone + 'static> Again for Ref<[T]> {
    fn owned(value: &Self::Of<'_>) -> Box<dyn Any> {
        Box::new(value.to_vec())
    }
    fn again<'a: 'b, 'b>(value: &Self::Of<'a>, moved: Option<&'b dyn Any>) -> Self::Of<'b> {
        moved.and_then(|moved| moved.downcast_ref::<Vec<T>>()).map_or(*value, |moved| &moved[..])
    }
}

macro_rules! lists {
    ($([$($generics:tt)*] $t:ty;)*) => { $(
        impl<T: Tree + Clone + 'static, $($generics)*> Again for $t {
            fn owned(value: &Self::Of<'_>) -> Box<dyn Any> {
                Box::new(value.clone())
            }
            fn again<'a: 'b, 'b>(value: &Self::Of<'a>, moved: Option<&'b dyn Any>) -> Self::Of<'b> {
                moved.and_then(|moved| moved.downcast_ref::<$t>()).unwrap_or(value).clone()
            }
        }
    )* };
}
lists! {
    [] Vec<T>;
    [const N: usize] [T; N];
}

macro_rules! scalars {
    ($($t:ty)*) => { $(
        impl Again for $t {
            fn owned(value: &$t) -> Box<dyn Any> {
                Box::new(*value)
            }
            fn again<'a: 'b, 'b>(value: &$t, moved: Option<&'b dyn Any>) -> $t {
                moved.and_then(|moved| moved.downcast_ref::<$t>()).copied().unwrap_or(*value)
            }
        }
    )* };
}
scalars!(f64 f32 i64 i32 u32 u64 usize bool);

macro_rules! tuples {
    ($($($t:ident)+;)*) => { $(
        impl<$($t: Again),+> Again for ($($t,)+) {
            // Nothing moves a tuple.
            fn owned(_: &Self::Of<'_>) -> Box<dyn Any> {
                Box::new(())
            }
            #[allow(non_snake_case)]
            fn again<'a: 'b, 'b>(($($t,)+): &Self::Of<'a>, _: Option<&'b dyn Any>) -> Self::Of<'b> {
                ($($t::again($t, None),)+)
            }
        }
    )* };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// Arguments that finite differences move: `f64`, `f32`, arrays and lists of them.
#[diagnostic::on_unimplemented(
    message = "`Derivative` cannot be taken by `{Self}`",
    label = "not a float or an array of floats",
    note = "choose another argument with `.wrt(argnums![..])`, counted from 0",
    note = "`grad`, `jacfwd` and `hessian` take tuples of floats too"
)]
pub trait Moved: Differentiable {
    /// `f64` or `f32`.
    type Float: Float;
    /// That of the array, `Ix0` for a scalar.
    type Dim: Dimension + 'static;
    /// The array of an owned argument.
    #[doc(hidden)]
    fn array(owned: &dyn Any) -> Option<Array<Self::Float, Self::Dim>>;
    /// The owned argument of an array.
    #[doc(hidden)]
    fn argument(array: &Array<Self::Float, Self::Dim>) -> Box<dyn Any>;
}

macro_rules! floats {
    ($($t:ty)*) => { $(
        impl Moved for $t {
            type Float = $t;
            type Dim = Ix0;
            fn array(owned: &dyn Any) -> Option<Array<$t, Ix0>> {
                owned.downcast_ref::<$t>().map(|&value| Array::from_elem((), value))
            }
            fn argument(array: &Array<$t, Ix0>) -> Box<dyn Any> {
                Box::new(array.iter().next().copied().unwrap_or_default())
            }
        }
        impl<D: Dimension + 'static> Moved for Array<$t, D> {
            type Float = $t;
            type Dim = D;
            fn array(owned: &dyn Any) -> Option<Array<$t, D>> {
                owned.downcast_ref::<Array<$t, D>>().cloned()
            }
            fn argument(array: &Array<$t, D>) -> Box<dyn Any> {
                Box::new(array.clone())
            }
        }
        // An owned slice is a `Vec`.
        impl Moved for [$t] {
            type Float = $t;
            type Dim = Ix1;
            fn array(owned: &dyn Any) -> Option<Array<$t, Ix1>> {
                owned.downcast_ref::<Vec<$t>>().map(|list| list.iter().copied().collect())
            }
            fn argument(array: &Array<$t, Ix1>) -> Box<dyn Any> {
                Box::new(array.to_vec())
            }
        }
        impl Moved for Vec<$t> {
            type Float = $t;
            type Dim = Ix1;
            fn array(owned: &dyn Any) -> Option<Array<$t, Ix1>> {
                <[$t]>::array(owned)
            }
            fn argument(array: &Array<$t, Ix1>) -> Box<dyn Any> {
                <[$t]>::argument(array)
            }
        }
        impl<const N: usize> Moved for [$t; N] {
            type Float = $t;
            type Dim = Ix1;
            fn array(owned: &dyn Any) -> Option<Array<$t, Ix1>> {
                owned.downcast_ref::<[$t; N]>().map(|list| list.iter().copied().collect())
            }
            fn argument(array: &Array<$t, Ix1>) -> Box<dyn Any> {
                Box::new(std::array::from_fn::<$t, N, _>(|k| array[k]))
            }
        }
    )* };
}
floats!(f64 f32);

impl<T: ?Sized + Moved> Moved for Ref<T>
where
    Ref<T>: Arg,
{
    type Float = T::Float;
    type Dim = T::Dim;
    fn array(owned: &dyn Any) -> Option<Array<T::Float, T::Dim>> {
        T::array(owned)
    }
    fn argument(array: &Array<T::Float, T::Dim>) -> Box<dyn Any> {
        T::argument(array)
    }
}

/// The choice of one argument.
#[diagnostic::on_unimplemented(
    message = "`Derivative` is taken by one argument",
    label = "not one argument",
    note = "write `.wrt(argnums![k])` with one number"
)]
pub trait OneArgument<A>: Wrt<A> {
    /// That argument.
    type Argument: Moved;
}

impl<A, const K: usize> OneArgument<A> for Argnums<Argnum<K>>
where
    A: Pick<K>,
    A::Picked: Moved,
{
    type Argument = A::Picked;
}
