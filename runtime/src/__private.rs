//! Only names that generated code may use. Not part of the public interface.

pub use crate::array::Element;
pub use crate::backend::{Stream, enter_native, native_selected};
pub use crate::dtype::{DType, Literal};
pub use crate::exec::{ArgValue, Function, Instances, IntoArg, Output, Outputs};
pub use crate::functional::scan_n;
pub use crate::handle::{Again, Arg, BatchArg, BatchResult, Differentiable, Pure, Tangent};
pub use crate::op::{BinaryOp, CmpOp, Rule, UnaryOp};
pub use crate::stage::{
    At, Constant, Cx, Field, Method, Mode, Operand, Out, Param, Range, SliceArg, Source, StageFn, Step,
    StructInfo, Text, Ty, Typed, Value, constant_tree, zero,
};
pub use crate::tree::{Fixed, Literals, NoMethods, OfTrees, Tree, associated, without_defaults};

use crate::error::{Error, ErrorKind, Result};
use crate::exec::Target;
use crate::graph::Graph;
pub use crate::progress::watched as watched_progress;

/// Tells types apart, those with lifetimes too.
pub use typeid::of as type_id;

/// Calls a function; `take` is `R::take`. Without a bound of its own here a type that can't be a result is reported once,
/// where `R::take` stands.
pub fn call<'a, R>(
    function: &'static Function,
    mut args: impl AsMut<[ArgValue<'a>]>,
    take: impl FnOnce(&mut Outputs) -> Result<R>,
) -> Result<R> {
    Target::Function(function).call_and(args.as_mut(), take)
}

/// Stages the graph that a call with these arguments runs.
pub fn graph<'a>(function: &'static Function, mut args: impl AsMut<[ArgValue<'a>]>) -> Result<Graph> {
    Target::Function(function).graph(args.as_mut())
}

/// Explains what a call with these arguments runs.
pub fn explain<'a>(
    function: &'static Function,
    mut args: impl AsMut<[ArgValue<'a>]>,
) -> Result<crate::Explanation> {
    Target::Function(function).explain(args.as_mut())
}

/// The result, or a panic with the error's text at the caller's line.
#[track_caller]
pub fn unwrap<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// The arguments as an array.
pub fn args<const N: usize>(args: &[Value]) -> Result<[Value; N]> {
    <[Value; N]>::try_from(args.to_vec()).map_err(|args| {
        Error::new(ErrorKind::Argument, format!("a function takes {N} arguments, not {}", args.len()))
    })
}

/// For tests: kernels compiled by `f` keep the order of floating-point sums and call std's functions.
pub fn with_native_arithmetic<R>(f: impl FnOnce() -> R) -> R {
    crate::kernel::with_native_arithmetic(f)
}

pub use crate::kernel::Backwards;

/// For tests: kernels compiled and run by `f` run independent loops from the last iteration to the first.
pub fn with_backwards<R>(which: Backwards, f: impl FnOnce() -> R) -> R {
    crate::kernel::with_backwards(which, f)
}
