//! The kernels of the lists themselves, differentiated: forward mode against differences of the native reading, and
//! reverse mode against forward mode, on every engine. `docs/derivatives.md` has the table.
//!
//! Handles of functions with `&mut` parameters have no derivatives, so a kernel that works in place stands in an
//! annotated function that hands it copies and returns them: what is differentiated is the kernel as it is timed.
//! Sizes are small, and no axis is as long as another one where a kernel can do with that.

/// Checks the derivative of an annotated function in a direction without a pattern: `along!(f(a, b, n) by 0 a, 1 b)`
/// moves `a` and `b`, its arguments 0 and 1. All arguments are names of values. `times 0.1` takes a tenth of the
/// direction, for functions that bend too much for differences, and `as written by g` takes the differences of `g`,
/// for functions that are derivatives and have no native reading.
macro_rules! along {
    ($($f:ident)::+ ($($argument:ident),+) by $($k:literal $moved:ident),+ $(; times $scale:literal)?) => {
        along!($($f)::+($($argument),+) by $($k $moved),+ $(; times $scale)?; as written by $($f)::+::native)
    };
    (
        $($f:ident)::+ ($($argument:ident),+) by $($k:literal $moved:ident),+
        $(; times $scale:literal)?; as written by $native:path
    ) => {{
        use desc_jit_tests::consistency::{Along, product};
        use $crate::tests::differentiated::vary::{Lend as _, Vary as _};
        let scale: f64 = [$($scale,)? 1.0][0];
        let along = $($f)::+::jit().wrt(desc_jit::argnums![$($k,)+]);
        let weights = $native($($argument.lend()),+).direction(99, 1.0);
        Along {
            value: |t: f64| {
                $(let $moved = $moved.moved(&$moved.direction($k, scale), t);)+
                $native($($argument.lend()),+).flat()
            },
            forward: || {
                jvp(&along)($($argument.lend(),)+ $($moved.direction($k, scale).lend()),+).1.flat()
            },
            reverse: || {
                let (_, cotangents) = vjp(&along)($($argument.lend(),)+ weights.lend());
                product(&cotangents.flat(), &($($moved.direction($k, scale),)+).flat())
            },
            weights: weights.flat(),
        }
        .check();
    }};
}

mod bodies;
mod elementwise;
mod energies;
mod grids;
mod matrices;
mod piecewise;
mod recurrences;
mod surfaces;
mod table;
mod vary;
