//! Branches, loops and jumps.

use super::{Block, Expr, Spot};
use crate::scope::Variable;

/// What `break` and `continue` mean: a loop or a labelled block, numbered in the order of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame(pub usize);

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Jump {
    /// Behind a loop or a labelled block.
    Break(Frame),
    /// To the next iteration of a loop.
    Continue(Frame),
    /// Out of the function, or of the closure.
    Return,
}

/// `if`, with what its branches carry, which `carry.rs` finds out.
#[derive(Clone, Debug)]
pub struct If {
    /// The condition.
    pub condition: Expr,
    /// The first branch.
    pub then: Block,
    /// The second one.
    pub otherwise: Option<Block>,
    /// Variables from outside that a branch assigns.
    pub carried: Vec<Variable>,
}

/// `for`, with what its body carries, which `carry.rs` finds out.
#[derive(Clone, Debug)]
pub struct For {
    /// What `break` and `continue` call it.
    pub frame: Frame,
    /// The loop variable; `None` for `_`.
    pub index: Option<Variable>,
    /// The range.
    pub range: Range,
    /// The body.
    pub body: Block,
    /// Variables from outside that the body assigns.
    pub carried: Vec<Variable>,
    /// `#[parallel]`
    pub parallel: bool,
    /// `#[checkpoint]`
    pub checkpoint: bool,
    /// `#[unroll]`
    pub unroll: bool,
}

/// The range of a `for` loop.
#[derive(Clone, Debug)]
pub struct Range {
    /// Its first value.
    pub start: Expr,
    /// Its end.
    pub end: Expr,
    /// `..=`
    pub inclusive: bool,
    /// `progress("name", range)`
    pub progress: Option<String>,
    /// `.rev()` and `.step_by(k)` in order.
    pub adapters: Vec<(Adapter, Spot)>,
    /// Where its dots are.
    pub at: Spot,
}

/// What is done to a range.
#[derive(Clone, Debug)]
pub enum Adapter {
    /// `.rev()`
    Rev,
    /// `.step_by(k)`
    StepBy(Expr),
    /// The positions of `chunks` of an array of that length, of which the last one may be shorter: true where it comes last.
    Chunks(Expr, Expr, bool),
}

/// `while`, with what its body carries, which `carry.rs` finds out.
#[derive(Clone, Debug)]
pub struct While {
    /// What `break` and `continue` call it.
    pub frame: Frame,
    /// The condition.
    pub condition: Expr,
    /// The body.
    pub body: Block,
    /// Variables from outside that the body assigns.
    pub carried: Vec<Variable>,
}

/// `loop`
#[derive(Clone, Debug)]
pub struct Loop {
    /// What `break` and `continue` call it.
    pub frame: Frame,
    /// The body.
    pub body: Block,
}
