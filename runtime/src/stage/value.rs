//! The dynamic value that stands for every scalar and array of a function while it is staged.

use super::columns::Columns;
use crate::dtype::Literal;
use crate::graph::ValueId;
use crate::op::BinaryOp;
use crate::stage::typed::StructInfo;
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
    /// A list of lists of numbers, such as `[[f64; 3]; 4]` or `Vec<[f64; 3]>`, or a list of arrays of one shape. It is one
    /// array in the graph, but has the length and the items of a list: so many of its first axes are lists.
    Rows(Rc<Value>, usize),
    /// A list of trees: its length is static.
    List(Rc<[Value]>),
    /// A long list of trees, by their leaves.
    Columns(Rc<Columns>),
    /// A struct, its fields in order.
    Struct(&'static StructInfo, Rc<[Value]>),
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

    pub(crate) fn list(items: Vec<Value>) -> Value {
        Value(Repr::List(items.into()))
    }

    /// An array whose first axes, so many, are lists of parts. The last axis alone is a list anyway.
    pub(crate) fn rows(array: Value, levels: usize) -> Value {
        match levels {
            0 => array,
            _ => Value(Repr::Rows(array.into(), levels)),
        }
    }

    /// A list of lists as the array that it is in the graph, and how many of its axes are lists of parts.
    pub(super) fn whole(&self) -> (&Value, usize) {
        match &self.0 {
            Repr::Rows(array, levels) => (array, *levels),
            _ => (self, 0),
        }
    }

    /// A struct with these fields.
    pub(crate) fn structure(info: &'static StructInfo, fields: Vec<Value>) -> Value {
        Value(Repr::Struct(info, fields.into()))
    }

    /// The same tuple or struct with other parts.
    pub(super) fn with_items(&self, items: Vec<Value>) -> Value {
        match self.0 {
            Repr::Struct(info, _) => Value::structure(info, items),
            Repr::List(_) => Value::list(items),
            _ => Value::tuple(items),
        }
    }

    /// The literal of a static scalar.
    pub(crate) fn as_static(&self) -> Option<Literal> {
        match self.0 {
            Repr::Static { literal, .. } => Some(literal),
            _ => None,
        }
    }

    pub(super) fn is_weak(&self) -> bool {
        matches!(self.whole().0.0, Repr::Static { weak: true, .. } | Repr::Traced { weak: true, .. })
    }

    /// It has no value, or none of a known type.
    pub(super) fn is_uninit(&self) -> bool {
        matches!(self.0, Repr::Uninit(_) | Repr::Neutral(_))
    }

    /// Not a number or an array, but made of them.
    pub(super) fn is_tree(&self) -> bool {
        self.items().is_some() || self.columns().is_some()
    }

    /// The parts of a tuple, the fields of a struct, the elements of a list that are apart.
    pub(super) fn items(&self) -> Option<&Rc<[Value]>> {
        match &self.0 {
            Repr::Tuple(items) | Repr::List(items) | Repr::Struct(_, items) => Some(items),
            _ => None,
        }
    }

    /// The same as a list of their own.
    #[doc(hidden)]
    pub fn __items(&self) -> Vec<Value> {
        self.items().map(|items| items.to_vec()).unwrap_or_default()
    }

    pub(super) fn struct_info(&self) -> Option<&'static StructInfo> {
        match self.0 {
            Repr::Struct(info, _) => Some(info),
            _ => None,
        }
    }

    /// The scalars and arrays of a tree of tuples and structs, in order. Static fields are part of the tree, not leaves
    /// of it: a loop carries them as they are.
    pub(super) fn leaves(&self) -> Vec<Value> {
        let mut found = Vec::new();
        self.push_leaves(&mut found);
        found
    }

    fn push_leaves(&self, into: &mut Vec<Value>) {
        match &self.0 {
            Repr::Tuple(items) | Repr::List(items) => items.iter().for_each(|v| v.push_leaves(into)),
            Repr::Struct(info, items) => {
                let traced = info.fields.iter().zip(items.iter()).filter(|(field, _)| !field.is_static);
                traced.for_each(|(_, v)| v.push_leaves(into));
            }
            Repr::Columns(columns) => into.extend(columns.arrays.iter().cloned()),
            Repr::Rows(array, _) => array.push_leaves(into),
            _ => into.push(self.clone()),
        }
    }

    /// The same tree with its leaves replaced in order.
    pub(super) fn with_leaves(&self, leaves: &mut impl Iterator<Item = Value>) -> Value {
        match &self.0 {
            Repr::Tuple(items) | Repr::List(items) => {
                self.with_items(items.iter().map(|v| v.with_leaves(leaves)).collect())
            }
            Repr::Struct(info, items) => {
                let fields = info.fields.iter().zip(items.iter());
                let fields = fields.map(|(field, v)| match field.is_static {
                    true => v.clone(),
                    false => v.with_leaves(leaves),
                });
                Value::structure(info, fields.collect())
            }
            Repr::Columns(columns) => {
                let arrays = columns.arrays.iter();
                columns
                    .with_arrays(arrays.map(|array| leaves.next().unwrap_or_else(|| array.clone())).collect())
            }
            Repr::Rows(array, levels) => Value::rows(array.with_leaves(leaves), *levels),
            _ => leaves.next().unwrap_or_else(|| self.clone()),
        }
    }

    /// The values of static fields, and of lists the length and whether they are gathered, in order.
    pub(super) fn statics(&self, into: &mut Vec<Literal>) {
        if let Repr::Columns(columns) = &self.0 {
            into.extend([Literal::Usize(columns.count), Literal::Bool(true)]);
            columns.one().statics(into);
        }
        let Some(items) = self.items() else { return };
        if let Repr::List(_) = self.0 {
            into.extend([Literal::Usize(items.len()), Literal::Bool(false)]);
        }
        for (k, item) in items.iter().enumerate() {
            if self.struct_info().is_some_and(|info| info.fields[k].is_static) {
                let mut leaves = Vec::new();
                item.all_leaves(&mut leaves);
                into.extend(leaves.iter().filter_map(Value::as_static));
            } else {
                item.statics(into);
            }
        }
    }

    /// All scalars and arrays, static fields among them.
    pub(super) fn all_leaves(&self, into: &mut Vec<Value>) {
        match (self.items(), self.columns()) {
            (Some(items), _) => items.iter().for_each(|v| v.all_leaves(into)),
            (_, Some(columns)) => into.extend(columns.arrays.iter().cloned()),
            _ => into.push(self.clone()),
        }
    }
}
