//! Arguments, and functions that are passed to functions.

use super::{Expr, Pattern, Place, Spot, TypeFn};
use crate::scope::Variable;
use proc_macro2::TokenStream;

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A value or a shared reference.
    Value(Expr),
    /// `&mut place`, which the call may assign.
    Mut(Place),
}

/// A function that is passed to another one.
#[derive(Clone, Debug)]
pub enum Callable {
    /// `|a, b| body`
    Closure(Vec<Pattern>, Box<Expr>),
    /// An annotated function, by its staging function.
    Path(TokenStream, Spot),
    /// A closure that a variable holds.
    Variable(Variable),
    /// `f64::sqrt`
    TypeFn(TypeFn, Spot),
}

/// An argument of `cond` and the like.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A value.
    Value(Expr),
    /// A function.
    Callable(Callable),
    /// The branches of `switch`.
    Callables(Vec<Callable>),
}
