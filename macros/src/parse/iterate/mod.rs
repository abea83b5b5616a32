//! Iterators. Everything that is iterated over here has a length and its `k`-th item, so a chain is a counted loop:
//! its adapters change how `k` is counted and what is done with the item, what consumes it is the body. Behind adapters
//! that drop items a counter in front of the loop takes the place of `k`; `flat_map` is a loop inside the loop.

mod acts;
mod adapters;
mod bind;
mod chunks;
mod collect;
mod consume;
mod item;
mod loops;
mod names;
mod optional;
mod options;
mod source;

pub(super) use names::{CONSUMERS, is_adapter, is_iterator, is_source, near};
pub(super) use optional::Found;

use super::Parser;
use crate::ast::{Expr, Frame, Jump, Place, Range, Spot, Stmt};
use crate::build::{assign, boolean, jump, leave, let_, read};
use crate::scope::Variable;
use syn::{Expr as Rust, ExprMethodCall};

/// What is iterated over.
enum Source<'e> {
    /// `a..b`, whose index is the item.
    Range(Range),
    /// The same by position: the first value. Without a count it is `a..`.
    Count(Expr),
    /// `once(v)`, `repeat(v)`
    Constant(Expr),
    /// The elements of an array.
    Elements(Expr),
    /// The same, to be written.
    Places(Place),
    /// The elements of an array with their indices.
    Indexed(Expr),
    /// The same, to be written.
    IndexedPlaces(Place),
    /// Its parts along an axis: rows, columns.
    Parts(Expr, usize),
    /// Moving windows of that length.
    Windows(Expr, Expr),
    /// Blocks of that length, one behind the other; true where the last one may be shorter.
    Chunks(Expr, Expr, bool),
    /// `.enumerate()`
    Enumerate(Box<Source<'e>>),
    /// `.zip(..)`
    Zip(Box<Source<'e>>, Box<Source<'e>>),
    /// `.chain(..)`
    Chain(Box<Chain<'e>>),
    /// `.rev()` of so many.
    Rev(Box<Source<'e>>, Expr),
    /// `.skip(n)`
    Skip(Box<Source<'e>>, Expr),
    /// `.step_by(n)`
    StepBy(Box<Source<'e>>, Expr),
    /// `.take(n)`, which only shortens.
    Same(Box<Source<'e>>),
    /// `.map(f)`, `.filter(f)` and the like.
    Each(Each, Box<Source<'e>>, &'e Rust),
    /// `.scan(..)`, with its state
    Scan(Box<Source<'e>>, Variable, &'e Rust),
    /// What is counted by a variable, because the items have no position.
    Counted(Counted<'e>, Box<Source<'e>>, Variable),
    /// `.flat_map(f)`, or `.flatten()`: the items of each item.
    Nested(Box<Source<'e>>, Option<&'e Rust>),
    /// Where an item of an item goes.
    Hole,
    /// That item.
    Item(Item),
}

/// `first.chain(second)`
struct Chain<'e> {
    first: Source<'e>,
    second: Source<'e>,
    /// How many positions the first one has.
    split: Expr,
    /// The first one has come to its end before that.
    ended: Option<Variable>,
}

/// What is done with each item by itself.
#[derive(Clone)]
enum Each {
    Map,
    Inspect,
    Filter,
    TakeWhile,
    /// With whether it still skips.
    SkipWhile(Variable),
    FilterMap,
    MapWhile,
}

/// What the number of the items that have come so far is asked for.
enum Counted<'e> {
    Enumerate,
    /// The other source, and how many items it has; `None` where it has no end.
    Zip(Box<Source<'e>>, Option<Expr>),
    Skip(Expr),
    Take(Expr),
    StepBy(Expr),
}

impl<'e> Source<'e> {
    /// What this one takes its items from, one by one and in order.
    fn upstream(&mut self) -> Option<&mut Source<'e>> {
        match self {
            Source::Each(_, inner, _) | Source::Scan(inner, ..) | Source::Counted(_, inner, _) => Some(inner),
            _ => None,
        }
    }

    /// Something of it, or of what it takes its items from, is like that.
    fn has(&self, is: &impl Fn(&Source) -> bool) -> bool {
        is(self)
            || match self {
                Source::Zip(a, b) => a.has(is) || b.has(is),
                Source::Chain(chain) => chain.first.has(is) || chain.second.has(is),
                Source::Enumerate(s)
                | Source::Rev(s, _)
                | Source::Skip(s, _)
                | Source::StepBy(s, _)
                | Source::Same(s)
                | Source::Each(_, s, _)
                | Source::Scan(s, ..)
                | Source::Nested(s, _) => s.has(is),
                Source::Counted(Counted::Zip(other, _), s, _) => other.has(is) || s.has(is),
                Source::Counted(_, s, _) => s.has(is),
                _ => false,
            }
    }

    /// Its items are mutable references.
    fn gives_references(&self) -> bool {
        match self {
            Source::Places(_) | Source::IndexedPlaces(_) => true,
            Source::Enumerate(s)
            | Source::Rev(s, _)
            | Source::Skip(s, _)
            | Source::StepBy(s, _)
            | Source::Same(s)
            | Source::Nested(s, None) => s.gives_references(),
            Source::Zip(a, b) => a.gives_references() || b.gives_references(),
            Source::Chain(chain) => chain.first.gives_references() || chain.second.gives_references(),
            Source::Each(Each::Map | Each::FilterMap | Each::MapWhile, ..) => false,
            Source::Each(_, s, _) => s.gives_references(),
            Source::Counted(Counted::Zip(other, _), s, _) => other.gives_references() || s.gives_references(),
            Source::Counted(_, s, _) => s.gives_references(),
            _ => false,
        }
    }

    /// Not all of its items are taken: they have no position any more.
    fn is_filtered(&self) -> bool {
        self.has(&|s| match s {
            Source::Each(each, ..) => !matches!(each, Each::Map | Each::Inspect),
            Source::Scan(_, _, f) => options::may_end(f),
            Source::Counted(..) | Source::Nested(..) => true,
            _ => false,
        })
    }

    /// Its items follow from each other: none can be passed over.
    fn is_sequential(&self) -> bool {
        self.is_filtered() || self.has(&|s| matches!(s, Source::Scan(..)))
    }

    /// It may end before its count says so.
    fn may_end(&self) -> bool {
        self.has(&|s| match s {
            Source::Each(each, ..) => matches!(each, Each::TakeWhile | Each::MapWhile),
            Source::Counted(counted, ..) => matches!(counted, Counted::Zip(..) | Counted::Take(_)),
            Source::Scan(_, _, f) => options::may_end(f),
            _ => false,
        })
    }

    /// Its items may be written.
    fn has_places(&self) -> bool {
        self.has(&|s| matches!(s, Source::Places(_) | Source::IndexedPlaces(_)))
    }
}

/// A source with what must be evaluated before, and how many items it has; ranges count for themselves, and `a..` has no
/// end.
struct Iterator<'e> {
    before: Vec<Stmt>,
    source: Source<'e>,
    count: Option<Expr>,
}

/// An item of a source, for the loop's counter.
#[derive(Clone)]
pub(super) enum Item {
    /// A variable of ours, or a constant.
    Value(Expr),
    /// An element that may be written.
    Place(Place),
    /// Of several sources.
    Tuple(Vec<Item>),
}

/// Where it goes on instead of with an item.
#[derive(Clone)]
struct Exits {
    /// The loop whose next iteration takes the next item.
    next: Frame,
    /// What there is at the end of the source.
    end: End,
}

/// What ends a source.
#[derive(Clone)]
enum End {
    /// Nothing comes behind it: the loop is left.
    Leave(Frame),
    /// Something does: this says that it has come to its end.
    Flag(Variable),
}

impl Exits {
    /// To the next item.
    fn pass(&self, at: Spot) -> Vec<Stmt> {
        vec![jump(Jump::Continue(self.next), at)]
    }

    /// There is no further item.
    fn end(&self, at: Spot) -> Vec<Stmt> {
        match &self.end {
            End::Leave(frame) => vec![leave(*frame, at)],
            End::Flag(ended) => vec![assign(ended, boolean(true, at)), jump(Jump::Continue(self.next), at)],
        }
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
