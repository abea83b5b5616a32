//! Staging: running the rewritten function once on symbolic values, which records its graph.
//!
//! Every scalar and array of the user's function is one dynamic [`Value`] here; whether it is static
//! (known now) or traced (a node of the graph) is decided by the value itself.

mod branch;
mod callable;
mod collect;
mod columns;
mod comparison;
mod constant;
mod construct;
mod convert;
mod cx;
mod effects;
mod elements;
mod generics;
mod implicit;
mod index;
mod integers;
mod iterators;
mod list_slices;
mod lists;
mod loops;
mod loops_over;
mod methods;
mod operators;
mod overloads;
mod parts;
mod progress;
mod range;
mod reductions;
mod rules;
mod scan;
mod slices;
mod structs;
mod transformed;
mod trees;
mod typed;
mod unroll;
mod value;
mod wide_range;

pub use callable::Operand;
pub(crate) use columns::is_long;
pub use constant::{Constant, constant_tree, zero};
pub(crate) use cx::{Argument, Within, stage_root};
pub use cx::{At, Cx, FunctionInfo, Mode, Out, Param, Source, StageFn};
pub use effects::Text;
pub use generics::Step;
pub use range::Range;
pub use slices::SliceArg;
pub(crate) use structs::not_one;
pub(crate) use transformed::Signature;
pub use transformed::StagedMap;
pub use typed::{Field, Method, StructInfo, Ty, Typed};
pub use value::Value;
