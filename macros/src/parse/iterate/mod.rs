//! Iterators. Everything that is iterated over here has a length and its `k`-th item, so a chain is a counted loop:
//! its adapters change how `k` is counted and what is done with the item, what consumes it is the body.

mod consume;
mod item;
mod loops;
mod optional;
mod source;

pub(super) use optional::Found;

use super::{Parser, bare};
use crate::ast::{Expr, Place, Range, Stmt};
use crate::build::{let_, read};
use crate::scope::Variable;
use syn::{Expr as Rust, ExprMethodCall};

/// What is iterated over.
enum Source<'e> {
    /// `a..b`, whose index is the item.
    Range(Range),
    /// The same by position: the first value.
    Count(Expr),
    /// The elements of an array.
    Elements(Expr),
    /// The same, to be written.
    Places(Place),
    /// Its parts along an axis: rows, columns.
    Parts(Expr, usize),
    /// Moving windows of that length.
    Windows(Expr, Expr),
    /// Blocks of that length, one behind the other.
    Chunks(Expr, Expr),
    /// `.enumerate()`
    Enumerate(Box<Source<'e>>),
    /// `.zip(..)`
    Zip(Box<Source<'e>>, Box<Source<'e>>),
    /// `.rev()` of so many.
    Rev(Box<Source<'e>>, Expr),
    /// `.skip(n)`
    Skip(Box<Source<'e>>, Expr),
    /// `.step_by(n)`
    StepBy(Box<Source<'e>>, Expr),
    /// `.take(n)`, which only shortens.
    Same(Box<Source<'e>>),
    /// `.map(f)`
    Map(Box<Source<'e>>, &'e Rust),
    /// `.filter(f)`
    Filter(Box<Source<'e>>, &'e Rust),
    /// `.take_while(f)`
    TakeWhile(Box<Source<'e>>, &'e Rust),
}

impl Source<'_> {
    /// Not all of its items are taken: they have no position any more.
    fn is_filtered(&self) -> bool {
        use Source::{Enumerate, Filter, Map, Rev, Same, Skip, StepBy, TakeWhile, Zip};
        match self {
            Filter(..) | TakeWhile(..) => true,
            Zip(a, b) => a.is_filtered() || b.is_filtered(),
            Enumerate(s) | Rev(s, _) | Skip(s, _) | StepBy(s, _) | Same(s) | Map(s, _) => s.is_filtered(),
            _ => false,
        }
    }
}

/// A source with what must be evaluated before, and how many items it has; ranges count for themselves.
struct Iterator<'e> {
    before: Vec<Stmt>,
    source: Source<'e>,
    count: Option<Expr>,
}

/// An item of a source, for the loop's counter.
#[derive(Clone)]
enum Item {
    /// A variable of ours, or a constant.
    Value(Expr),
    /// An element that may be written.
    Place(Place),
    /// Of several sources.
    Tuple(Vec<Item>),
}

/// Methods that make an iterator of an array.
const SOURCES: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "rows",
    "outer_iter",
    "columns",
    "axis_iter",
    "windows",
    "chunks",
    "chunks_exact",
];

/// Methods that make an iterator of another one.
const ADAPTERS: &[&str] = &[
    "map",
    "enumerate",
    "zip",
    "rev",
    "skip",
    "take",
    "step_by",
    "filter",
    "take_while",
    "copied",
    "cloned",
    "by_ref",
    "into_iter",
    "inspect",
];

/// Methods that use an iterator up.
pub(super) const CONSUMERS: &[&str] = &[
    "sum",
    "product",
    "fold",
    "any",
    "all",
    "count",
    "min_by",
    "min_by_key",
    "max_by_key",
    "max_by",
    "min",
    "max",
    "position",
    "collect",
    "for_each",
    "last",
    "next",
    "nth",
    "find",
    "find_map",
    "reduce",
];

/// The method makes an iterator of an array.
pub(super) fn is_source(name: &str) -> bool {
    SOURCES.contains(&name)
}

/// The method makes an iterator of another one.
pub(super) fn is_adapter(name: &str) -> bool {
    ADAPTERS.contains(&name)
}

/// The expression is an iterator as far as one can see.
pub(super) fn is_iterator(e: &Rust) -> bool {
    match bare(e) {
        Rust::Range(_) => true,
        Rust::MethodCall(m) => {
            let name = m.method.to_string();
            SOURCES.contains(&name.as_str())
                || (ADAPTERS.contains(&name.as_str()) && is_iterator(&m.receiver))
        }
        _ => false,
    }
}

impl Parser<'_> {
    /// A variable of ours for a value, and the statement that gives it to it. The user's variables are copied: what they
    /// hold may change.
    pub(super) fn kept(&mut self, value: Expr, before: &mut Vec<Stmt>) -> Expr {
        use crate::ast::ExprKind;
        let stays = match &value.kind {
            ExprKind::Variable(variable) => variable.is_own,
            ExprKind::Int(_) | ExprKind::Rejected => true,
            _ => false,
        };
        if stays {
            return value;
        }
        let at = value.at;
        let variable = self.own("kept");
        before.push(let_(&variable, value));
        read(&variable, at)
    }

    fn own(&mut self, name: &str) -> Variable {
        self.scopes.own(|number| crate::ast::own(&format!("{name}{number}")))
    }
}

fn one_argument(m: &ExprMethodCall) -> Option<&Rust> {
    match m.args.len() {
        1 => m.args.first(),
        _ => None,
    }
}
