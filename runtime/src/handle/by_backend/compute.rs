//! The methods that take the arguments, one implementation per number of them.

use super::differences::differences;
use super::moved::{Again, Moved, OneArgument};
use super::{Derivative, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{IntoArg, Output};
use crate::handle::args::Arg;
use std::any::Any;

// The result is a parameter `O` of the methods: an argument that is no float is then what rustc reports, and not a method
// that it does not find.
macro_rules! compute {
    ($($t:ident)+) => {
        #[allow(non_snake_case, clippy::too_many_arguments)]
        impl<$($t: Again,)+ R: 'static, W, K> Derivative<($($t,)+), R, W, K> {
            /// The derivative for these arguments, those of the function.
            ///
            /// # Panics
            /// With the text of the error of [`Derivative::try_compute`].
            #[track_caller]
            pub fn compute<'a, O>(&self, $($t: $t::Of<'a>),+) -> O
            where
                W: OneArgument<($($t,)+)>,
                K: Kind<R, W::Gradient, Of = O>,
                O: Output + 'static,
                R: IntoArg<'static>,
            {
                crate::__private::unwrap(self.try_compute($($t),+))
            }

            /// The same as [`Derivative::compute`], with errors as values.
            ///
            /// # Errors
            /// What the function raises, what has no derivative, a static argument, a step that is not positive; under the native
            /// backend results whose shapes depend on the values of the arguments.
            pub fn try_compute<'a, O>(&self, $($t: $t::Of<'a>),+) -> Result<O>
            where
                W: OneArgument<($($t,)+)>,
                K: Kind<R, W::Gradient, Of = O>,
                O: Output + 'static,
                R: IntoArg<'static>,
            {
                let position = W::positions().first().copied().unwrap_or_default();
                self.check(position)?;
                let Some(native) = self.native() else {
                    return self.derived(K::ORDER, position).call(&mut [$(<$t as Arg>::into_arg($t)),+]);
                };
                let all: &[&dyn Fn() -> Box<dyn Any>] = &[$(&|| $t::owned(&$t)),+];
                let start = all.get(position).and_then(|owned| W::Argument::array(&*owned()));
                let start = start.ok_or_else(|| Error::new(ErrorKind::Argument, "no such argument"))?;
                differences::<W::Argument, R, O>(K::ORDER, self.settings, &start, |moved| {
                    let mut next = 0;
                    let mut moved_here = || {
                        next += 1;
                        (next - 1 == position).then_some(moved)
                    };
                    native($($t::again(&$t, moved_here())),+)
                })
            }
        }
    };
}

macro_rules! all_counts {
    ($last:ident) => { compute!($last); };
    ($first:ident $($rest:ident)+) => {
        compute!($first $($rest)+);
        all_counts!($($rest)+);
    };
}
all_counts!(X15 X14 X13 X12 X11 X10 X9 X8 X7 X6 X5 X4 X3 X2 X1 X0);
