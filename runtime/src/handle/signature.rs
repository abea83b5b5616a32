//! Tuples of arguments: the functions that take them, and the methods of handles that do.

use super::args::Arg;
use super::jit::Jit;
use super::linearize::{Linear, Linearize, run};
use crate::backend::native_selected;
use crate::error::Result;
use crate::exec::{ArgValue, Explanation, Output};
use crate::graph::Graph;
use crate::stage::Ty;
use std::sync::Arc;

/// The arguments of a function, at most 16.
pub trait Signature: 'static {
    /// The function that takes them and returns `R`.
    type Call<R: 'static>: ?Sized + Send + Sync + 'static;
    /// `run` as such a function.
    #[doc(hidden)]
    fn __call<R: 'static>(run: impl Run<R>) -> Arc<Self::Call<R>>;
    /// `native` where the native backend is selected, else `run`.
    #[doc(hidden)]
    fn __native_or<R: 'static>(native: Arc<Self::Call<R>>, run: impl Run<R>) -> Arc<Self::Call<R>>;
    #[doc(hidden)]
    const __TYPES: &'static [Ty];
}

/// Arguments with one more behind.
#[diagnostic::on_unimplemented(
    message = "a function with so many arguments has no tangents",
    note = "a handle takes at most 16 arguments, tangents included: pass some as a tuple"
)]
pub trait Append<X> {
    /// All of them.
    type All: Signature;
}

/// What a call does with its arguments.
#[doc(hidden)]
pub trait Run<R>: Fn(&mut [ArgValue<'_>]) -> Result<R> + Send + Sync + 'static {}

impl<R, F: Fn(&mut [ArgValue<'_>]) -> Result<R> + Send + Sync + 'static> Run<R> for F {}

macro_rules! signature {
    ($($t:ident)*) => {
    // A method has as many parameters as the function has; that of none has no lifetime.
    #[allow(non_snake_case, clippy::too_many_arguments, clippy::extra_unused_lifetimes)]
    const _: () = {
        // The bound is what makes the closure one for every lifetime.
        fn shared<$($t: Arg,)* R: 'static, F>(call: F) -> Arc<<($($t,)*) as Signature>::Call<R>>
        where
            F: for<'a> Fn($($t::Of<'a>),*) -> R + Send + Sync + 'static,
        {
            Arc::new(call)
        }

        impl<$($t: Arg),*> Signature for ($($t,)*) {
            type Call<R: 'static> = dyn for<'a> Fn($($t::Of<'a>),*) -> R + Send + Sync;
            const __TYPES: &'static [Ty] = &[$($t::TY),*];
            fn __call<R: 'static>(run: impl Run<R>) -> Arc<Self::Call<R>> {
                shared::<$($t,)* R, _>(move |$($t),*| {
                    crate::__private::unwrap(run(&mut [$($t::into_arg($t)),*]))
                })
            }
            fn __native_or<R: 'static>(native: Arc<Self::Call<R>>, run: impl Run<R>) -> Arc<Self::Call<R>> {
                shared::<$($t,)* R, _>(move |$($t),*| {
                    if native_selected() {
                        return native($($t),*);
                    }
                    crate::__private::unwrap(run(&mut [$($t::into_arg($t)),*]))
                })
            }
        }

        impl<$($t: Arg,)* R: Output + 'static, T: Output + 'static, D: Signature> Linearize<($($t,)*), R, D, T> {
            /// The same as the call, with errors as values.
            ///
            /// # Errors
            /// What the function raises, arguments that do not fit, and what has no derivative.
            pub fn try_call<'a>(&self, $($t: $t::Of<'a>),*) -> Result<(R, Linear<D, T>)> {
                run::<R, D, T>(self.target(), &mut [$($t::into_arg($t)),*])
            }

            /// The graph for arguments like these: of the function, whose last results are what the map needs of it. That of
            /// the map is [`Linear::graph`].
            ///
            /// # Errors
            /// What staging the function raises, arguments that do not fit, and what has no derivative.
            pub fn graph<'a>(&self, $($t: $t::Of<'a>),*) -> Result<Graph> {
                self.target().graph(&mut [$($t::into_arg($t)),*])
            }

            /// What each loop of that graph becomes, and why not more.
            ///
            /// # Errors
            /// The same as those of `graph`.
            pub fn explain<'a>(&self, $($t: $t::Of<'a>),*) -> Result<Explanation> {
                self.target().explain(&mut [$($t::into_arg($t)),*])
            }
        }

        impl<$($t: Arg,)* R: Output + 'static> Linear<($($t,)*), R> {
            /// The same as the call, with errors as values.
            ///
            /// # Errors
            /// A tangent of another shape than its argument.
            pub fn try_call<'a>(&self, $($t: $t::Of<'a>),*) -> Result<R> {
                self.map().apply(&mut [$($t::into_arg($t)),*])
            }
        }

        impl<$($t: Arg,)* R: Output + 'static, W> Jit<($($t,)*), R, W> {
            /// The same as the call, with errors as values.
            ///
            /// # Errors
            /// What the function raises, arguments that do not fit, and what has no derivative.
            pub fn try_call<'a>(&self, $($t: $t::Of<'a>),*) -> Result<R> {
                match self.native() {
                    Some(native) => Ok(native($($t),*)),
                    None => self.target().call::<R>(&mut [$($t::into_arg($t)),*]),
                }
            }

            /// The graph for arguments like these.
            ///
            /// # Errors
            /// What staging the function raises, arguments that do not fit, and what has no derivative.
            pub fn graph<'a>(&self, $($t: $t::Of<'a>),*) -> Result<Graph> {
                self.target().graph(&mut [$($t::into_arg($t)),*])
            }

            /// What each loop becomes for arguments like these, and why not more.
            ///
            /// # Errors
            /// The same as those of `graph`.
            pub fn explain<'a>(&self, $($t: $t::Of<'a>),*) -> Result<Explanation> {
                self.target().explain(&mut [$($t::into_arg($t)),*])
            }
        }
    };
    };
}

macro_rules! signatures {
    ($last:ident) => { signature!($last); };
    ($first:ident $($rest:ident)+) => {
        signature!($first $($rest)+);
        impl<$first: Arg, $($rest: Arg,)+> Append<$first> for ($($rest,)+) {
            type All = ($($rest,)+ $first,);
        }
        signatures!($($rest)+);
    };
}
signature!();
signatures!(X15 X14 X13 X12 X11 X10 X9 X8 X7 X6 X5 X4 X3 X2 X1 X0);
