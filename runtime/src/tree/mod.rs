//! Trees: structs with `#[derive(Tree)]`, and what their fields can be.

mod functions;
pub(crate) mod lists;
mod methods;

pub use functions::{
    TreeDef, tree_flatten, tree_leaves, tree_map, tree_map2, tree_stack, tree_unflatten, tree_unstack,
};
pub use lists::{Lists, OfNumbers, OfTrees};
pub use methods::{Literals, NoMethods, associated, without_defaults};

use crate::array::{Array, Array1, Buffer, Element};
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{ArgValue, IntoArg, Output, Outputs};
use crate::stage::{Ty, Typed};
use ndarray::Dimension;

/// What annotated functions can take, return and keep in variables: scalars, arrays, tuples, and structs of them with
/// `#[derive(Tree)]`.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[derive(Tree, Clone, Debug)]
/// struct State {
///     x: Array1<f64>,
///     v: Array1<f64>,
///     #[tree(static)]
///     order: usize,
/// }
///
/// #[desc_jit]
/// fn drift(state: &State, dt: f64) -> State {
///     let State { x, v, .. } = state;
///     State { x: x + &(dt * v), ..state.clone() }
/// }
///
/// let state = State { x: Array1::zeros(2), v: Array1::ones(2), order: 1 };
/// assert_eq!(drift(&state, 0.5).x.to_vec(), [0.5, 0.5]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a tree",
    label = "not a scalar, an array, a tuple, or a struct with `#[derive(Tree)]`",
    note = "scalars are f64, f32, i64, i32, u32, u64, usize, bool; arrays are desc_jit's Array1, Array2, Array3, ArrayD of them"
)]
pub trait Tree: Sized {
    // None of these takes `self`: they would be methods of every number.
    /// Many of them: one axis more everywhere.
    #[doc(hidden)]
    type __Stacked: Tree;
    /// How many lists of them go together.
    #[doc(hidden)]
    type __Lists: Lists;
    /// What it is in a graph.
    #[doc(hidden)]
    const __TY: Ty;
    /// Many of them are an array of that dtype, with so many axes for each: numbers, and fixed arrays of them.
    #[doc(hidden)]
    const __ARRAY: Option<(DType, usize)> = None;
    // Of numbers and fixed arrays of them; `axes` is the shape, as far as it is known.
    #[doc(hidden)]
    fn __elements(_: Buffer) -> Result<Vec<Self>> {
        Err(Error::new(ErrorKind::Verify, "a list of trees is no array"))
    }
    #[doc(hidden)]
    fn __gathered<'a>(_: Vec<Self>, axes: &[usize]) -> ArgValue<'a> {
        let _ = axes;
        ArgValue::Tuple(Vec::new())
    }
    #[doc(hidden)]
    fn __copied<'a>(_: &[Self], axes: &[usize]) -> ArgValue<'a> {
        let _ = axes;
        ArgValue::Tuple(Vec::new())
    }
    #[doc(hidden)]
    fn __updated<'a>(_: &'a mut [Self], axes: &[usize]) -> ArgValue<'a> {
        let _ = axes;
        ArgValue::Tuple(Vec::new())
    }
    #[doc(hidden)]
    fn __owned<'a>(this: Self) -> ArgValue<'a>;
    #[doc(hidden)]
    fn __shared(this: &Self) -> ArgValue<'_>;
    #[doc(hidden)]
    fn __mutable(this: &mut Self) -> ArgValue<'_>;
    #[doc(hidden)]
    fn __take(outputs: &mut Outputs) -> Result<Self>;
}

/// What a field with `#[tree(static)]` can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a static field of a tree",
    label = "not a scalar or a tuple of scalars",
    note = "a static field is part of what a graph is compiled for: integers, floats and bools are; the shape of an array is known without `#[tree(static)]`"
)]
pub trait Fixed: Tree {
    #[doc(hidden)]
    fn __fixed<'a>(this: &Self) -> ArgValue<'a>;
    #[doc(hidden)]
    fn __take_fixed(outputs: &mut Outputs) -> Result<Self>;
}

/// What is one argument and one result by itself.
macro_rules! one_argument {
    () => {
        fn __owned<'a>(this: Self) -> ArgValue<'a> {
            this.into_arg()
        }
        fn __shared(this: &Self) -> ArgValue<'_> {
            this.into_arg()
        }
        fn __mutable(this: &mut Self) -> ArgValue<'_> {
            this.into_arg()
        }
        fn __take(outputs: &mut Outputs) -> Result<Self> {
            <Self as Output>::take(outputs)
        }
    };
}

impl<T: Element, D: Dimension> Tree for Array<T, D> {
    type __Stacked = Array<T, D::Larger>;
    type __Lists = OfTrees;
    const __TY: Ty = <Array<T, D> as Typed>::TY;
    one_argument!();
}

fn fixed<T: Element>(literal: Literal) -> Result<T> {
    T::from_literal(literal).ok_or_else(|| {
        Error::new(ErrorKind::Verify, format!("a static field is {}, not {}", literal.dtype(), T::DTYPE))
    })
}

macro_rules! scalars {
    ($($t:ty)*) => { $(
        impl Tree for $t {
            type __Stacked = Array1<$t>;
            type __Lists = OfNumbers;
            const __TY: Ty = <$t as Typed>::TY;
            const __ARRAY: Option<(DType, usize)> = Some((<$t as Element>::DTYPE, 0));
            fn __elements(buffer: Buffer) -> Result<Vec<Self>> {
                crate::exec::elements(buffer)
            }
            fn __gathered<'a>(elements: Vec<Self>, axes: &[usize]) -> ArgValue<'a> {
                crate::exec::array(elements, axes)
            }
            fn __copied<'a>(elements: &[Self], axes: &[usize]) -> ArgValue<'a> {
                crate::exec::array(elements.to_vec(), axes)
            }
            fn __updated<'a>(elements: &'a mut [Self], axes: &[usize]) -> ArgValue<'a> {
                crate::exec::updated(elements, axes)
            }
            one_argument!();
        }
        impl Fixed for $t {
            fn __fixed<'a>(this: &Self) -> ArgValue<'a> {
                ArgValue::Static(this.to_literal())
            }
            fn __take_fixed(outputs: &mut Outputs) -> Result<Self> {
                fixed(outputs.next_static()?)
            }
        }
    )* };
}
scalars!(f64 f32 i64 i32 u32 u64 usize bool);

impl Tree for () {
    type __Stacked = ();
    type __Lists = OfTrees;
    const __TY: Ty = Ty::Unit;
    fn __owned<'a>(_: Self) -> ArgValue<'a> {
        ArgValue::Tuple(Vec::new())
    }
    fn __shared(_: &Self) -> ArgValue<'_> {
        ArgValue::Tuple(Vec::new())
    }
    fn __mutable(_: &mut Self) -> ArgValue<'_> {
        ArgValue::Tuple(Vec::new())
    }
    fn __take(_: &mut Outputs) -> Result<Self> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($($t:ident $k:tt)+;)*) => { $(
        impl<$($t: Tree),+> Tree for ($($t,)+) {
            type __Stacked = ($($t::__Stacked,)+);
            type __Lists = OfTrees;
            const __TY: Ty = Ty::Tuple(&[$($t::__TY),+]);
            fn __owned<'a>(this: Self) -> ArgValue<'a> {
                ArgValue::Tuple(vec![$($t::__owned(this.$k)),+])
            }
            fn __shared(this: &Self) -> ArgValue<'_> {
                ArgValue::Tuple(vec![$($t::__shared(&this.$k)),+])
            }
            fn __mutable(this: &mut Self) -> ArgValue<'_> {
                ArgValue::Tuple(vec![$($t::__mutable(&mut this.$k)),+])
            }
            fn __take(outputs: &mut Outputs) -> Result<Self> {
                Ok(($($t::__take(outputs)?,)+))
            }
        }
        impl<$($t: Fixed),+> Fixed for ($($t,)+) {
            fn __fixed<'a>(this: &Self) -> ArgValue<'a> {
                ArgValue::Tuple(vec![$($t::__fixed(&this.$k)),+])
            }
            fn __take_fixed(outputs: &mut Outputs) -> Result<Self> {
                Ok(($($t::__take_fixed(outputs)?,)+))
            }
        }
        impl<'a, $($t: Tree),+> IntoArg<'a> for &'a ($($t,)+) {
            const TY: Ty = <($($t,)+) as Tree>::__TY;
            fn into_arg(self) -> ArgValue<'a> {
                Tree::__shared(self)
            }
        }
        impl<'a, $($t: Tree),+> IntoArg<'a> for &'a mut ($($t,)+) {
            const TY: Ty = <($($t,)+) as Tree>::__TY;
            fn into_arg(self) -> ArgValue<'a> {
                Tree::__mutable(self)
            }
        }
    )* };
}
tuples! { A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5;
A 0 B 1 C 2 D 3 E 4 F 5 G 6; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7; }
