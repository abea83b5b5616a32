//! The dynamic value that stands for every scalar and array of a function while it is staged.

use crate::dtype::Literal;
use crate::graph::ValueId;
use crate::op::BinaryOp;
use std::rc::Rc;

/// A value of staged code. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Value(pub(super) Repr);

#[derive(Clone, Debug)]
pub(super) enum Repr {
    /// `let x;` before its first assignment.
    Uninit(&'static str),
    /// What a sum or a product begins with, before its type is known.
    Neutral(BinaryOp),
    /// Known now. `weak`: an unsuffixed literal, or computed from such alone; it adopts the dtype it meets.
    Static { literal: Literal, weak: bool },
    /// A value of the graph.
    Traced { id: ValueId, weak: bool },
    /// A tuple; the empty one is `()`.
    Tuple(Rc<[Value]>),
    /// `x.at(index)`, waiting for `.set(v)` and friends.
    At { base: Rc<Value>, index: Rc<Value> },
}

impl Value {
    pub(crate) fn literal(literal: Literal) -> Value {
        Value(Repr::Static { literal, weak: false })
    }

    pub(crate) fn weak(literal: Literal) -> Value {
        Value(Repr::Static { literal, weak: true })
    }

    pub(crate) fn usize(n: usize) -> Value {
        Value::literal(Literal::Usize(n))
    }

    pub(crate) fn traced(id: ValueId) -> Value {
        Value(Repr::Traced { id, weak: false })
    }

    pub(crate) fn unit() -> Value {
        Value::tuple(Vec::new())
    }

    pub(crate) fn tuple(items: Vec<Value>) -> Value {
        Value(Repr::Tuple(items.into()))
    }

    /// The literal of a static scalar.
    pub(crate) fn as_static(&self) -> Option<Literal> {
        match self.0 {
            Repr::Static { literal, .. } => Some(literal),
            _ => None,
        }
    }

    pub(super) fn is_weak(&self) -> bool {
        matches!(self.0, Repr::Static { weak: true, .. } | Repr::Traced { weak: true, .. })
    }

    /// It has no value, or none of a known type.
    pub(super) fn is_uninit(&self) -> bool {
        matches!(self.0, Repr::Uninit(_) | Repr::Neutral(_))
    }

    pub(super) fn items(&self) -> Option<&Rc<[Value]>> {
        match &self.0 {
            Repr::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The scalars and arrays of a tree of tuples, in order. `None` where a part has no value.
    pub(super) fn leaves(&self, into: &mut Vec<Value>) {
        match &self.0 {
            Repr::Tuple(items) => items.iter().for_each(|v| v.leaves(into)),
            _ => into.push(self.clone()),
        }
    }

    /// The same tree with its leaves replaced in order.
    pub(super) fn with_leaves(&self, leaves: &mut impl Iterator<Item = Value>) -> Value {
        match &self.0 {
            Repr::Tuple(items) => Value::tuple(items.iter().map(|v| v.with_leaves(leaves)).collect()),
            _ => leaves.next().unwrap_or_else(|| self.clone()),
        }
    }
}
