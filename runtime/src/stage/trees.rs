//! `tree_map` and its relatives over staged values.

use super::callable::{Closure, Operand};
use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::error::ErrorKind;

impl Value {
    /// The leaves as a list.
    pub(crate) fn leaf_list(&self) -> Value {
        let mut leaves = Vec::new();
        self.leaves(&mut leaves);
        Value::tuple(leaves)
    }
}

impl Cx {
    /// The tree like `tree` with these leaves.
    pub(crate) fn tree_unflatten(&self, tree: &Value, leaves: &Value, at: At) -> Out<Value> {
        let mut own = Vec::new();
        tree.leaves(&mut own);
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
            Some(info) => self.coerce(&tree, super::typed::Ty::Struct(info), at),
            None => Ok(tree),
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
        let lists: Vec<Vec<Value>> = trees
            .iter()
            .map(|tree| {
                let mut leaves = Vec::new();
                tree.leaves(&mut leaves);
                leaves
            })
            .collect();
        if lists.iter().any(|list| list.len() != lists[0].len()) {
            return Err(self.error(ErrorKind::Argument, "the trees have different numbers of leaves", at));
        }
        let mut mapped = Vec::with_capacity(lists[0].len());
        for k in 0..lists[0].len() {
            let arguments: Vec<Value> = lists.iter().map(|list| list[k].clone()).collect();
            mapped.push(f(&arguments)?);
        }
        self.refilled(trees[0], mapped, at)
    }
}
