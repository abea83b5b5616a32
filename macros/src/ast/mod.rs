//! The staged language: what is left of a function once it is known to be in it. Names are resolved, and
//! every loop and branch lists the variables that it carries.

mod call;
mod control;
mod effects;
mod expr;
mod function;
mod pattern;
mod place;
mod spot;

pub use call::{Argument, Callable, Operand};
pub use control::{Adapter, For, Frame, If, Jump, Loop, Range, While};
pub use effects::{Assert, Claim, Text};
pub use expr::{Block, Expr, ExprKind, Stmt, StructLiteral, TypeFn};
pub use function::{Function, Handles, Mode, Param};
pub use pattern::{FieldName, Pattern};
pub use place::{Part, Place, SliceArg, Target, place_name};
pub use spot::{Spot, span_key};

use proc_macro2::{Ident, Span};

/// An identifier of ours: hygienic, so that no variable of the user's can meet it.
pub fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A variable of ours. Constants and statics are not hygienic: `let c` would compare with a `const c` of the
/// user's. The underscores keep clear of those.
pub fn own(name: &str) -> Ident {
    ours(&format!("__{name}"))
}
