//! `tree_map` and its relatives over staged values.

use super::branch::same_tree;
use super::callable::{Closure, Operand};
use super::cx::{At, Cx, Out};
use super::typed::{StructInfo, Ty};
use super::value::Value;
use crate::error::ErrorKind;

impl Value {
    /// The leaves as a list.
    pub(crate) fn leaf_list(&self) -> Value {
        let leaves = self.leaves();
        Value::tuple(leaves)
    }
}

impl Value {
    /// The tree with lists of lists as the arrays that they are.
    fn of_arrays(&self) -> Value {
        match (self.items(), self.columns()) {
            (Some(items), _) => self.with_items(items.iter().map(Value::of_arrays).collect()),
            (_, Some(columns)) => columns.with_one(columns.one().of_arrays()),
            _ => self.whole().0.clone(),
        }
    }

    /// The tree with other structs of the same fields; `None` where there is none.
    fn with_structs(&self, other: &impl Fn(&StructInfo) -> Option<Ty>) -> Option<Value> {
        if let Some(columns) = self.columns() {
            return Some(columns.with_one(columns.one().with_structs(other)?));
        }
        let Some(items) = self.items() else { return Some(self.clone()) };
        let items = items.iter().map(|item| item.with_structs(other)).collect::<Option<Vec<_>>>()?;
        match self.struct_info() {
            None => Some(self.with_items(items)),
            Some(info) => match other(info)? {
                Ty::Struct(info) => Some(Value::structure(info, items)),
                _ => None,
            },
        }
    }
}

impl Cx {
    /// Trees as one whose leaves have one axis more.
    pub(crate) fn tree_stack(&self, trees: &Value, at: At) -> Out<Value> {
        let items = match trees.columns() {
            Some(columns) => Some(self.apart(columns, at)?),
            None => trees.items().map(|items| items.to_vec()),
        };
        match items {
            // Numbers, or arrays of one shape, are one array.
            None => Ok(trees.whole().0.clone()),
            Some(items) if items.is_empty() => {
                Err(self.error(ErrorKind::Argument, "a stack of trees has at least one of them", at))
            }
            Some(items) if !items.iter().all(|item| same_tree(&items[0], item)) => {
                Err(self.error(ErrorKind::Argument, "the trees of a stack have the same static fields", at))
            }
            Some(items) => {
                let (first, columns) = self.columns(&items, at)?;
                let stack = first.of_arrays().with_leaves(&mut columns.into_iter());
                let stack = self.elements_first(&stack, at)?;
                let stack = stack.with_structs(&|info| Some((info.stacked)()));
                stack.ok_or_else(|| self.error(ErrorKind::Argument, "stacks are not stacked", at))
            }
        }
    }

    /// The trees of a stack, as a list.
    pub(crate) fn tree_unstack(&self, stack: &Value, at: At) -> Out<Value> {
        let stack = &self.positions_first(stack, at)?;
        let leaves = stack.leaves();
        let mut columns =
            leaves.iter().map(|leaf| Ok(self.elements(leaf, at)?.into_iter())).collect::<Out<Vec<_>>>()?;
        let count = columns.iter().map(ExactSizeIterator::len).min().unwrap_or(0);
        let Some(one) = stack.with_structs(&|info| (info.one)()) else {
            return Err(self.error(ErrorKind::Argument, "this is no stack of trees", at));
        };
        let trees = (0..count).map(|_| {
            let tree = one.with_leaves(&mut columns.iter_mut().filter_map(Iterator::next));
            match tree.struct_info() {
                Some(info) => self.coerce(&tree, Ty::Struct(info), at),
                None => Ok(tree),
            }
        });
        self.list(trees.collect::<Out<_>>()?, at)
    }

    /// The tree like `tree` with these leaves.
    pub(crate) fn tree_unflatten(&self, tree: &Value, leaves: &Value, at: At) -> Out<Value> {
        let tree = &self.spread(tree, at)?;
        let own = tree.leaves();
        // Leaves of one shape may have been put into one array.
        let given = match leaves.items() {
            Some(items) => items.to_vec(),
            None => {
                let count = self.ty(leaves, at)?.shape.first().copied().unwrap_or(0);
                let leaf = |k| self.load("", leaves, &[Value::usize(k)], at);
                (0..count).map(leaf).collect::<Out<Vec<_>>>()?
            }
        };
        if own.len() != given.len() {
            let message = format!("a tree has {} leaves, not {}", own.len(), given.len());
            return Err(self.error(ErrorKind::Argument, message, at));
        }
        self.refilled(tree, given, at)
    }

    /// The same tree with other leaves, which must fit the fields.
    fn refilled(&self, tree: &Value, leaves: Vec<Value>, at: At) -> Out<Value> {
        let tree = tree.with_leaves(&mut leaves.into_iter());
        match tree.struct_info() {
            Some(info) => self.coerce(&tree, Ty::Struct(info), at),
            None => self.gathered(&tree, at),
        }
    }

    pub(crate) fn tree_map_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(tree)]) = <[Operand<'_>; 2]>::try_from(args) else {
            return Err(self.misuse("tree_map(|x| .., &tree)", at));
        };
        self.map_trees(f, &[&tree], at)
    }

    pub(crate) fn tree_map2_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(first), Operand::Value(second)]) =
            <[Operand<'_>; 3]>::try_from(args)
        else {
            return Err(self.misuse("tree_map2(|x, y| .., &first, &second)", at));
        };
        self.map_trees(f, &[&first, &second], at)
    }

    fn map_trees(&self, f: Closure<'_>, trees: &[&Value], at: At) -> Out<Value> {
        let trees = trees.iter().map(|tree| self.spread(tree, at)).collect::<Out<Vec<_>>>()?;
        let lists: Vec<Vec<Value>> = trees.iter().map(|tree| tree.leaves()).collect();
        if lists.iter().any(|list| list.len() != lists[0].len()) {
            return Err(self.error(ErrorKind::Argument, "the trees have different numbers of leaves", at));
        }
        let mut mapped = Vec::with_capacity(lists[0].len());
        for k in 0..lists[0].len() {
            let arguments: Vec<Value> = lists.iter().map(|list| list[k].clone()).collect();
            mapped.push(f(&arguments)?);
        }
        self.refilled(&trees[0], mapped, at)
    }
}
