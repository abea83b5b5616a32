//! `if` and its relatives: a static condition picks its branch, a traced one becomes a `cond`.

use super::cx::{At, Cx, Out};
use super::iterators::neutral;
use super::value::{Repr, Value};
use crate::dtype::{DType, Literal, Type};
use crate::error::ErrorKind;
use crate::graph::{Region, ValueId};
use crate::op::Op;

/// What one branch produced: its open region's nodes, its value, and the carried variables after it.
pub(super) struct Branch {
    pub region: Region,
    pub outputs: Vec<Value>,
}

impl Cx {
    /// `if condition { then } else { else_ }` with the variables that either branch assigns.
    ///
    /// # Errors
    /// A condition that is not a bool; branches of different types.
    pub fn if_<const N: usize>(
        &self,
        condition: &Value,
        names: [&'static str; N],
        init: [Value; N],
        mut then: impl FnMut([Value; N]) -> Out<(Value, [Value; N])>,
        mut else_: impl FnMut([Value; N]) -> Out<(Value, [Value; N])>,
        at: At,
    ) -> Out<(Value, [Value; N])> {
        let ty = self.ty(condition, at)?;
        if ty != Type::scalar(DType::Bool) {
            return Err(self.error(ErrorKind::DType, format!("a condition is a bool, not {ty}"), at));
        }
        match condition.as_static() {
            Some(Literal::Bool(true)) => return then(init),
            Some(_) => return else_(init),
            None => {}
        }
        let condition = self.node(condition, at)?;
        let stage = |f: &mut dyn FnMut([Value; N]) -> Out<(Value, [Value; N])>| -> Out<Branch> {
            self.builder.borrow_mut().open();
            let (value, carry) = f(init.clone())?;
            let region = self.builder.borrow_mut().close(Vec::new());
            let mut outputs = vec![value];
            outputs.extend(carry);
            Ok(Branch { region, outputs })
        };
        let branches = vec![stage(&mut then)?, stage(&mut else_)?];
        let what = |k: usize| match k {
            0 => "the value of this `if`".to_string(),
            k => format!("`{}`", names[k - 1]),
        };
        let outputs = self.join(Op::Cond, condition, branches, &what, at)?;
        let mut outputs = outputs.into_iter();
        let value = outputs.next().unwrap_or_else(Value::unit);
        let rest: Vec<Value> = outputs.collect();
        match rest.try_into() {
            Ok(carry) => Ok((value, carry)),
            Err(_) => Err(self.error(ErrorKind::Verify, "a branch lost a variable", at)),
        }
    }

    /// Joins branches into one control node; every output is brought to one type.
    pub(super) fn join(
        &self,
        op: Op,
        selector: ValueId,
        mut branches: Vec<Branch>,
        what: &dyn Fn(usize) -> String,
        at: At,
    ) -> Out<Vec<Value>> {
        let count = branches[0].outputs.len();
        let mut results: Vec<Vec<ValueId>> = vec![Vec::new(); branches.len()];
        let mut types: Vec<Type> = Vec::new();
        let mut joined: Vec<(Value, Vec<Leaf>)> = Vec::new();
        for k in 0..count {
            let mut values: Vec<Value> = branches.iter().map(|b| b.outputs[k].clone()).collect();
            for (branch, value) in branches.iter_mut().zip(&mut values) {
                self.builder.borrow_mut().reopen(std::mem::take(&mut branch.region));
                let gathered = self.gathered(value, at);
                branch.region = self.builder.borrow_mut().close(Vec::new());
                *value = gathered?;
            }
            let Some(model) = values.iter().find(|v| !v.is_uninit()).cloned() else {
                joined.push((values[0].clone(), Vec::new()));
                continue;
            };
            // What some path leaves without a value is not read behind that path: rustc saw to that.
            for (branch, value) in branches.iter_mut().zip(&mut values) {
                if value.is_uninit() {
                    self.builder.borrow_mut().reopen(std::mem::take(&mut branch.region));
                    *value = self.stand_in(value, &model, at)?;
                    branch.region = self.builder.borrow_mut().close(Vec::new());
                }
            }
            let trees: Vec<Vec<Value>> = values.iter().map(|v| v.leaves()).collect();
            let shape_differs = values.windows(2).any(|w| !same_tree(&w[0], &w[1]));
            if shape_differs {
                return Err(self.differ(&values, &what(k), at));
            }
            let mut leaves = Vec::new();
            for j in 0..trees[0].len() {
                let column: Vec<Value> = trees.iter().map(|t| t[j].clone()).collect();
                leaves.push(self.join_leaf(
                    &column,
                    &mut branches,
                    &mut results,
                    &mut types,
                    &what(k),
                    at,
                )?);
            }
            joined.push((values[0].clone(), leaves));
        }
        let regions: Vec<Region> = branches
            .into_iter()
            .zip(results)
            .map(|(branch, results)| Region { results, ..branch.region })
            .collect();
        let nothing = types.is_empty() && regions.iter().all(|r| r.nodes.is_empty());
        let outputs = if nothing {
            Vec::new()
        } else {
            let site = self.site(at);
            self.builder.borrow_mut().push_control(op, vec![selector], regions, types, site)
        };
        Ok(joined
            .into_iter()
            .map(|(tree, leaves)| {
                let mut leaves = leaves.into_iter().map(|leaf| match leaf {
                    Leaf::Same(v) => v,
                    Leaf::Output(k, weak) => self.weak_like(Value::traced(outputs[k]), weak),
                });
                tree.with_leaves(&mut leaves)
            })
            .collect())
    }

    fn join_leaf(
        &self,
        column: &[Value],
        branches: &mut [Branch],
        results: &mut [Vec<ValueId>],
        types: &mut Vec<Type>,
        what: &str,
        at: At,
    ) -> Out<Leaf> {
        if column.windows(2).all(|w| identical(&w[0], &w[1])) {
            return Ok(Leaf::Same(column[0].clone()));
        }
        let kinds = column.iter().map(|v| self.leaf_type(v, at)).collect::<Out<Vec<_>>>()?;
        let weak = kinds.iter().all(|(_, weak)| *weak);
        let pinned = kinds.iter().find(|(_, weak)| !weak).or(kinds.iter().find(|(t, _)| t.dtype.is_float()));
        let target = pinned.unwrap_or(&kinds[0]).0.clone();
        for ((branch, value), results) in branches.iter_mut().zip(column).zip(results.iter_mut()) {
            self.builder.borrow_mut().reopen(std::mem::take(&mut branch.region));
            let adopted = self.adopt(value, target.dtype, at)?;
            let adopted = match adopted {
                Some(v) if self.ty(&v, at)?.shape == target.shape => v,
                _ => return Err(self.differ(column, what, at)),
            };
            let id = self.node(&adopted, at)?;
            branch.region = self.builder.borrow_mut().close(Vec::new());
            results.push(id);
        }
        types.push(target);
        Ok(Leaf::Output(types.len() - 1, weak))
    }

    /// Stands for a value that some path does not give: zeros of the types that it has on the others, which nothing reads; for
    /// a sum, what it begins with.
    pub(super) fn stand_in(&self, instead_of: &Value, model: &Value, at: At) -> Out<Value> {
        let leaves = model.leaves();
        let zeros = leaves.iter().map(|leaf| {
            if leaf.is_uninit() {
                return Ok(leaf.clone());
            }
            let (ty, weak) = self.leaf_type(leaf, at)?;
            let literal = match instead_of.0 {
                Repr::Neutral(op) => neutral(op, ty.dtype),
                _ => Literal::zero(ty.dtype),
            };
            let zero = self.weak_like(Value::literal(literal), weak);
            self.broadcast_to(&zero, &ty.shape, at)
        });
        let zeros = zeros.collect::<Out<Vec<_>>>()?;
        Ok(model.with_leaves(&mut zeros.into_iter()))
    }

    fn differ(&self, values: &[Value], what: &str, at: At) -> crate::error::Error {
        let sides: Vec<String> = values.iter().map(|v| self.describe(v)).collect();
        let mut sides_dedup = sides.clone();
        sides_dedup.dedup();
        let message = format!("{what} has different types in the branches: {}", sides.join(" and "));
        self.error(ErrorKind::Carry, message, at)
            .note("every branch must give it the same element type and shape")
    }
}

enum Leaf {
    /// Every branch yields the same value, defined outside.
    Same(Value),
    /// An output of the node.
    Output(usize, bool),
}

fn identical(a: &Value, b: &Value) -> bool {
    match (&a.0, &b.0) {
        (Repr::Traced { id: x, .. }, Repr::Traced { id: y, .. }) => x == y,
        (Repr::Static { literal: x, weak: v }, Repr::Static { literal: y, weak: w }) => x == y && v == w,
        _ => false,
    }
}

pub(super) fn same_tree(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (a.columns(), b.columns()) {
        return a.is_like(b);
    }
    match (a.items(), b.items()) {
        (Some(x), Some(y)) => {
            let is_static = |k: usize| a.struct_info().is_some_and(|info| info.fields[k].is_static);
            let same = |(k, (x, y))| if is_static(k) { same_static(x, y) } else { same_tree(x, y) };
            a.struct_info() == b.struct_info()
                && x.len() == y.len()
                && x.iter().zip(y.iter()).enumerate().all(same)
        }
        (None, None) => a.columns().is_none() && b.columns().is_none(),
        _ => false,
    }
}

/// Static fields are part of the tree.
fn same_static(a: &Value, b: &Value) -> bool {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    a.all_leaves(&mut x);
    b.all_leaves(&mut y);
    x.len() == y.len()
        && x.iter().zip(&y).all(|(x, y)| x.as_static().is_some() && x.as_static() == y.as_static())
}
