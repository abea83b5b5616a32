//! What can be assigned, and slices.

use super::{Expr, FieldName, Spot};
use crate::scope::Variable;

/// A variable, or a part of one: `x`, `t.0`, `x[[i, j]]`, `t.0[i]`.
#[derive(Clone, Debug)]
pub struct Place {
    /// The variable.
    pub root: Variable,
    /// The way to the part.
    pub parts: Vec<Part>,
    /// Where it stands.
    pub at: Spot,
    /// Evaluating its indices assigns variables. `carry.rs` finds out.
    pub writes: bool,
}

/// One step into a variable.
#[derive(Clone, Debug)]
pub enum Part {
    /// `.0`, `.x`
    Field(FieldName),
    /// `[i]`, `[[i, j]]`
    Index(Vec<Expr>),
    /// `[a..b]`, `.slice_mut(s![..])`: the last part, of what is passed on.
    Slice(Vec<SliceArg>),
}

/// What can be assigned.
#[derive(Clone, Debug)]
pub enum Target {
    /// `_`
    Wild,
    /// A variable or a part of one.
    Place(Place),
    /// A block of an array: `x.slice_mut(s![..])`, `x.row_mut(i)`; all of it where the list is empty.
    Block(Place, Vec<SliceArg>),
    /// `(a, b)`
    Tuple(Vec<Target>, Spot),
    /// `State { x, v: a, .. }`, `Pair(a, b)`
    Struct(Vec<(FieldName, Target)>, Spot),
}

/// One axis of a slice.
#[derive(Clone, Debug)]
pub enum SliceArg {
    /// `i`
    Index(Expr),
    /// `a..b;k`
    Range {
        /// `a`
        start: Option<Box<Expr>>,
        /// `b`
        end: Option<Box<Expr>>,
        /// `..=`
        inclusive: bool,
        /// `k`
        step: Option<Box<Expr>>,
    },
}

impl SliceArg {
    /// `..`
    pub const ALL: SliceArg = SliceArg::Range { start: None, end: None, inclusive: false, step: None };
}

/// A name for messages: `u`, `t.0`.
pub fn place_name(root: &Variable, parts: &[Part]) -> String {
    let mut name = root.name();
    for part in parts {
        if let Part::Field(k) = part {
            name.push_str(&format!(".{k}"));
        }
    }
    name
}
