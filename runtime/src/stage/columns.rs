//! Long lists of alike trees, such as `Vec<Particle>`: each leaf of all elements in one array, with the elements along its
//! first axis. What is done with such a list, and what a loop carries of it, doesn't grow with its length then.
//!
//! Short lists, and lists of unlike trees, keep their elements apart: [`Repr::List`].

use super::branch::same_tree;
use super::cx::{At, Cx, Out};
use super::typed::Ty;
use super::value::{Repr, Value};
use crate::dtype::Literal;
use crate::error::ErrorKind;
use crate::graph::ValueId;
use crate::op::{Axis, Op};
use std::rc::Rc;

/// Lists of more numbers and arrays are gathered. Those of fewer stay numbers that are known one by one: `[(1, 2.0), (2, 0.5)]`.
const MOST_APART: usize = 32;

/// A list of so many elements with so many leaves each is gathered, where they are alike.
pub(crate) fn is_long(count: usize, leaves: usize) -> bool {
    count.saturating_mul(leaves) > MOST_APART
}

/// A list of `count` trees.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// The tree that each of them is, with nothing for its leaves.
    one: Value,
    /// For each leaf an array of all elements.
    pub arrays: Vec<Value>,
    pub count: usize,
}

impl Columns {
    /// Trees like `one`.
    pub fn new(one: &Value, arrays: Vec<Value>, count: usize) -> Columns {
        let nothing = arrays.iter().map(|_| Value(Repr::Uninit("")));
        Columns { one: one.with_leaves(&mut nothing.collect::<Vec<_>>().into_iter()), arrays, count }
    }

    /// Graphs have it gathered.
    pub fn is_long(&self) -> bool {
        is_long(self.count, self.arrays.len())
    }

    /// What each element is.
    pub fn one(&self) -> &Value {
        &self.one
    }

    /// An element with these leaves.
    pub fn element(&self, leaves: Vec<Value>) -> Value {
        self.one.with_leaves(&mut leaves.into_iter())
    }

    /// The same list of other arrays.
    pub fn with_arrays(&self, arrays: Vec<Value>) -> Value {
        Value(Repr::Columns(Rc::new(Columns { one: self.one.clone(), arrays, count: self.count })))
    }

    /// The same arrays as a list of other trees.
    pub fn with_one(&self, one: Value) -> Value {
        Value(Repr::Columns(Rc::new(Columns { one, arrays: self.arrays.clone(), count: self.count })))
    }

    pub fn is_like(&self, other: &Columns) -> bool {
        self.count == other.count && same_tree(&self.one, &other.one)
    }
}

impl Value {
    /// In how many gathered lists each leaf lies.
    pub(super) fn list_depths(&self, into: &mut Vec<usize>) {
        list_depths(self, 0, into);
    }

    /// The list of `count` trees like this one, whose leaves are those of all of them.
    pub(super) fn rows_like(all: &Value, count: usize) -> Value {
        let arrays = all.leaves();
        Value(Repr::Columns(Columns::new(all, arrays, count).into()))
    }

    pub(super) fn columns(&self) -> Option<&Columns> {
        match &self.0 {
            Repr::Columns(columns) => Some(columns),
            _ => None,
        }
    }
}

impl Cx {
    /// A list of these elements.
    pub(super) fn list(&self, items: Vec<Value>, at: At) -> Out<Value> {
        let Some(first) = items.first() else { return Ok(Value::list(items)) };
        if !is_long(items.len(), self.gathered(first, at)?.leaves().len()) {
            return Ok(Value::list(items));
        }
        match self.columns(&items, at) {
            Ok((one, arrays)) => self.list_of(&one, &arrays, at),
            Err(_) => Ok(Value::list(items)),
        }
    }

    /// The trees like `one` whose leaves lie one behind the other in these arrays.
    pub(super) fn list_of(&self, one: &Value, arrays: &[Value], at: At) -> Out<Value> {
        let count = arrays.first().map_or(Ok(0), |array| self.list_length(array, at))?;
        let columns = Columns::new(one, arrays.to_vec(), count);
        if !columns.is_long() {
            return Ok(Value::list(self.apart(&columns, at)?));
        }
        Ok(Value(Repr::Columns(columns.into())))
    }

    /// `[a, b, ..]`: what is known of the elements now stays known.
    pub(super) fn literal_list(&self, items: Vec<Value>, at: At) -> Out<Value> {
        let known = |item: &Value| item.leaves().iter().all(|leaf| leaf.as_static().is_some());
        match items.iter().all(known) {
            true => Ok(Value::list(items)),
            false => self.list(items, at),
        }
    }

    /// `[v; n]` of a tree.
    pub(super) fn repeated(&self, v: &Value, n: usize, at: At) -> Out<Value> {
        let v = self.gathered(v, at)?;
        let leaves = v.leaves();
        if !is_long(n, leaves.len()) {
            return Ok(Value::list(vec![v; n]));
        }
        let arrays = leaves.iter().map(|leaf| {
            let (ty, weak) = self.leaf_type(leaf, at)?;
            let shape = [&[n], &ty.shape[..]].concat();
            Ok(self.weak_like(self.broadcast_to(leaf, &shape, at)?, weak))
        });
        self.list_of(&v, &arrays.collect::<Out<Vec<_>>>()?, at)
    }

    /// The elements one by one.
    pub(super) fn apart(&self, columns: &Columns, at: At) -> Out<Vec<Value>> {
        (0..columns.count).map(|k| self.load_row("", columns, &Value::usize(k), at)).collect()
    }

    /// The elements of a list of trees, and the parts of a tuple or a struct; `None` of an array.
    pub(super) fn parts_of(&self, v: &Value, at: At) -> Out<Option<Vec<Value>>> {
        match v.columns() {
            Some(columns) => Ok(Some(self.apart(columns, at)?)),
            None => Ok(v.items().map(|items| items.to_vec())),
        }
    }

    /// Long lists in it as columns, as loops and branches have them.
    pub(super) fn gathered(&self, v: &Value, at: At) -> Out<Value> {
        let Some(items) = v.items() else { return Ok(v.clone()) };
        let items = items.iter().map(|item| self.gathered(item, at)).collect::<Out<Vec<_>>>()?;
        match v.0 {
            Repr::List(_) => self.list(items, at),
            _ => Ok(v.with_items(items)),
        }
    }

    /// All lists in it element by element, as they are where a function is entered from outside.
    pub(crate) fn spread(&self, v: &Value, at: At) -> Out<Value> {
        let Some(parts) = self.parts_of(v, at)? else { return Ok(v.clone()) };
        let parts = parts.iter().map(|part| self.spread(part, at)).collect::<Out<Vec<_>>>()?;
        Ok(match v.columns() {
            Some(_) => Value::list(parts),
            None => v.with_items(parts),
        })
    }

    /// The lists in a result as the graph of this function gives them.
    pub(super) fn as_given(&self, v: &Value, at: At) -> Out<Value> {
        if self.within.lists_apart { self.spread(v, at) } else { self.gathered(v, at) }
    }

    /// `list[index]`
    pub(super) fn load_row(
        &self,
        name: &'static str,
        columns: &Columns,
        index: &Value,
        at: At,
    ) -> Out<Value> {
        let index = std::slice::from_ref(index);
        let leaves = columns.arrays.iter().map(|array| self.load(name, array, index, at));
        Ok(columns.element(leaves.collect::<Out<Vec<_>>>()?))
    }

    /// `list[index] = value`, functionally.
    pub(super) fn store_row(
        &self,
        name: &'static str,
        columns: &Columns,
        index: &Value,
        value: &Value,
        at: At,
    ) -> Out<Value> {
        let value = self.gathered(value, at)?;
        if !same_tree(&columns.one, &value) {
            let (value, one) = (self.describe(&value), self.describe_row(columns));
            return Err(self.error(ErrorKind::DType, format!("cannot put {value} among {one}"), at));
        }
        let leaves = value.leaves();
        let index = std::slice::from_ref(index);
        let stored = columns.arrays.iter().zip(&leaves);
        let stored = stored.map(|(array, leaf)| self.store(name, array, index, leaf, at));
        Ok(columns.with_arrays(stored.collect::<Out<Vec<_>>>()?))
    }

    /// The tree with the first axis of each leaf behind those of the lists that it is in: from a tree whose leaves lie one
    /// behind the other for each position, to one that has the elements of lists first, as all code has it.
    pub(super) fn elements_first(&self, v: &Value, at: At) -> Out<Value> {
        self.with_axis_moved(v, |depth| (0, depth), at)
    }

    /// The inverse of [`Cx::elements_first`], for code that goes through the leaves of a tree by their first axis.
    pub(super) fn positions_first(&self, v: &Value, at: At) -> Out<Value> {
        self.with_axis_moved(v, |depth| (depth, 0), at)
    }

    fn with_axis_moved(&self, v: &Value, way: impl Fn(usize) -> (usize, usize), at: At) -> Out<Value> {
        let mut depths = Vec::new();
        v.list_depths(&mut depths);
        let moved = v.leaves().into_iter().zip(depths).map(|(leaf, depth)| {
            let rank = self.ty(&leaf, at)?.rank();
            if depth == 0 || rank <= depth {
                return Ok(leaf);
            }
            let (from, to) = way(depth);
            let mut axes: Vec<usize> = (0..rank).collect();
            let axis = axes.remove(from);
            axes.insert(to, axis);
            let inputs = vec![self.node(&leaf, at)?];
            Ok(self.weak_like(self.push(Op::Transpose(axes), inputs, at)?, leaf.is_weak()))
        });
        Ok(v.with_leaves(&mut moved.collect::<Out<Vec<_>>>()?.into_iter()))
    }

    /// How messages name the type of an element.
    pub(super) fn describe_row(&self, columns: &Columns) -> String {
        let kinds = columns.arrays.iter().map(|array| {
            let ty = self.ty(array, At(0, 0, 0)).ok()?;
            let shape = ty.shape.get(1..).unwrap_or_default();
            Some(crate::dtype::Type::new(ty.dtype, shape).to_string())
        });
        self.describe_with(&columns.one, &mut kinds.map(Option::unwrap_or_default))
    }

    /// A list in the type that a list is declared with.
    pub(super) fn coerce_rows(&self, columns: &Columns, item: Ty, at: At) -> Out<Value> {
        let first = self.load_row("", columns, &Value::usize(0), at)?;
        self.rows_like(&self.coerce(&first, item, at)?, &columns.arrays, at)
    }

    /// One that enters from outside, where `all` is an element as a tuple of its parts, with those of all elements.
    pub(super) fn enter_rows(&self, all: &Value, item: Ty, at: At) -> Out<Value> {
        let first = self.first_of(all, at)?;
        let mut arrays = Vec::new();
        all.all_leaves(&mut arrays);
        arrays.retain(|leaf| leaf.as_static().is_none());
        self.rows_like(&self.coerce(&first, item, at)?, &arrays, at)
    }

    fn first_of(&self, all: &Value, at: At) -> Out<Value> {
        match all.items() {
            Some(items) => {
                let items = items.iter().map(|item| self.first_of(item, at)).collect::<Out<Vec<_>>>()?;
                Ok(all.with_items(items))
            }
            None if all.as_static().is_some() => Ok(all.clone()),
            None => self.load("", all, &[Value::usize(0)], at),
        }
    }

    /// The list of these arrays, whose elements have the types of `first`.
    fn rows_like(&self, first: &Value, arrays: &[Value], at: At) -> Out<Value> {
        let first = self.gathered(first, at)?;
        let leaves = first.leaves();
        let arrays = arrays.iter().zip(&leaves).map(|(array, leaf)| {
            let (ty, weak) = self.leaf_type(leaf, at)?;
            let array = self.adopt(array, ty.dtype, at)?.unwrap_or_else(|| array.clone());
            Ok(self.weak_like(array, weak))
        });
        self.list_of(&first, &arrays.collect::<Out<Vec<_>>>()?, at)
    }

    /// An element, and each of its leaves in all elements as one array.
    pub(super) fn columns(&self, items: &[Value], at: At) -> Out<(Value, Vec<Value>)> {
        let differ = || {
            let message = "an index into a tuple, a shape or a list of unlike values must be known when the function is staged";
            self.error(ErrorKind::Static, message, at).unlike()
        };
        let items = items.iter().map(|item| self.gathered(item, at)).collect::<Out<Vec<_>>>()?;
        let Some(first) = items.first().filter(|first| items.iter().all(|item| same_tree(first, item)))
        else {
            return Err(differ());
        };
        let lists: Vec<Vec<Value>> = items.iter().map(|item| item.leaves()).collect();
        let leaves: Vec<Vec<Value>> =
            (0..lists[0].len()).map(|k| lists.iter().map(|list| list[k].clone()).collect()).collect();
        let rows = self.rows_of(&leaves);
        let columns = leaves.into_iter().zip(rows).map(|(leaves, rows)| match rows {
            Some(array) => Ok(array),
            None => {
                let array = self.array(leaves, at).ok().filter(|array| !array.is_tree());
                array.map(|array| array.whole().0.clone()).ok_or_else(differ)
            }
        });
        Ok((first.clone(), columns.collect::<Out<Vec<_>>>()?))
    }

    /// Of each of these lists the array of which it is all rows in order, where it is that.
    fn rows_of(&self, lists: &[Vec<Value>]) -> Vec<Option<Value>> {
        let builder = self.builder.borrow();
        if lists.first().is_none_or(|list| !is_long(list.len(), lists.len())) {
            return vec![None; lists.len()];
        }
        let made = builder.made_by(|op| matches!(op, Op::Load { .. } | Op::Const(_)));
        let row = |id: ValueId| -> Option<(ValueId, usize)> {
            let node = made.get(&id)?;
            let (Op::Load { axes, .. }, [array, index]) = (&node.op, &node.inputs[..]) else { return None };
            let shape = &builder.graph().ty(*array).shape;
            let whole = axes.iter().zip(shape).skip(1).all(|(axis, &n)| *axis == Axis::full(n));
            let Op::Const(index) = made.get(index)?.op else { return None };
            let index = index.as_i128().and_then(|k| usize::try_from(k).ok())?;
            (axes.first() == Some(&Axis::At) && whole).then_some((*array, index))
        };
        let whole = |list: &Vec<Value>| -> Option<Value> {
            let traced = |v: &Value| match v.0 {
                Repr::Traced { id, weak } => Some((id, weak)),
                _ => None,
            };
            let (first, weak) = traced(list.first()?)?;
            let (array, _) = row(first)?;
            let in_order = list.iter().enumerate().all(|(k, v)| {
                traced(v).is_some_and(|(id, is_weak)| is_weak == weak && row(id) == Some((array, k)))
            });
            let all = builder.graph().ty(array).shape.first() == Some(&list.len());
            (in_order && all).then_some(Value(Repr::Traced { id: array, weak }))
        };
        lists.iter().map(whole).collect()
    }
}

fn list_depths(v: &Value, depth: usize, into: &mut Vec<usize>) {
    match (&v.0, v.items()) {
        (Repr::Columns(columns), _) => list_depths(columns.one(), depth + 1, into),
        (Repr::Struct(info, items), _) => {
            let traced = info.fields.iter().zip(items.iter()).filter(|(field, _)| !field.is_static);
            traced.for_each(|(_, v)| list_depths(v, depth, into));
        }
        (_, Some(items)) => items.iter().for_each(|v| list_depths(v, depth, into)),
        _ => into.push(depth),
    }
}

/// A list as it enters a function from outside, element by element: its length, that it isn't gathered, and its elements.
pub(super) fn listed(items: Vec<Value>) -> Value {
    let length = Value::usize(items.len());
    Value::tuple(vec![length, Value::literal(Literal::Bool(false)), Value::tuple(items)])
}

/// Such a list.
pub(super) enum Entered {
    Apart(Vec<Value>),
    Gathered(Value),
}

impl Entered {
    pub fn of(v: &Value) -> Option<Entered> {
        let Repr::Tuple(parts) = &v.0 else { return None };
        let [_, gathered, items] = &parts[..] else { return None };
        match gathered.as_static()? {
            Literal::Bool(true) => Some(Entered::Gathered(items.clone())),
            Literal::Bool(false) => Some(Entered::Apart(items.items()?.to_vec())),
            _ => None,
        }
    }
}
