//! `for` and `while`. The types of carried variables are found by fixpoint: a weakly typed initial value
//! (`let mut s = 0.0`) takes the type that the body gives it; anything else that changes is an error.

use super::branch::same_tree;
use super::cx::{At, Cx, Out};
use super::range::{Range, Stride};
use super::value::Value;
use crate::dtype::{Literal, Type};
use crate::error::ErrorKind;
use crate::graph::{Region, ValueId};
use crate::op::{BinaryOp, Op, Rule};

/// Stages a loop once with the given carry: the variables after the body, and the regions before it.
type StageLoop<'a> = &'a mut dyn FnMut(&Cx, &Carry) -> Out<(Vec<Value>, Vec<Region>)>;

/// The state of carried variables: trees whose leaves are graph values.
struct Carry {
    trees: Vec<Value>,
    /// Initial leaves, with the type each has inside the loop.
    leaves: Vec<(Value, Type, bool)>,
    /// The variable that each leaf belongs to.
    owner: Vec<usize>,
    /// The first iteration is staged by itself, to find the types of what has no value before it.
    first: bool,
}

impl Cx {
    /// `for index in range { body }`
    ///
    /// # Errors
    /// A carried variable whose type changes from one iteration to the next.
    pub fn for_<const N: usize>(
        &self,
        range: Range,
        names: [&'static str; N],
        init: [Value; N],
        mut body: impl FnMut(Value, [Value; N]) -> Out<[Value; N]>,
        at: At,
    ) -> Out<[Value; N]> {
        let mut run = |index: Value, carry: Vec<Value>| -> Out<Vec<Value>> {
            let carry = self.fixed(carry, at)?;
            Ok(body(index, carry)?.into())
        };
        let out = self.for_dyn(range, &names, init.into(), &mut run, at)?;
        self.fixed(out, at)
    }

    fn fixed<const N: usize>(&self, values: Vec<Value>, at: At) -> Out<[Value; N]> {
        values.try_into().map_err(|_| self.error(ErrorKind::Verify, "a loop lost a variable", at))
    }

    pub(super) fn for_dyn(
        &self,
        range: Range,
        names: &[&str],
        init: Vec<Value>,
        body: &mut dyn FnMut(Value, Vec<Value>) -> Out<Vec<Value>>,
        at: At,
    ) -> Out<Vec<Value>> {
        if range.count.as_static().and_then(Literal::as_i128) == Some(0) {
            return Ok(init);
        }
        if let Some(items) = &range.items {
            let over = Range { items: None, ..range.clone() };
            let mut at_position = |k: Value, carry| body(self.item(items, &k, at)?, carry);
            return self.for_dyn(over, names, init, &mut at_position, at);
        }
        if range.unroll {
            return self.unrolled(&range, init, body, at);
        }
        if range.last_apart {
            let (most, last) = range.without_last();
            let carry = self.for_dyn(most, names, init, body, at)?;
            return self.unrolled(&last, carry, body, at);
        }
        if let Some(name) = range.progress
            && self.is_unconditional()
            && crate::progress::is_shown()
        {
            let range = Range { progress: None, ..range };
            return self.for_in_parts(name, &range, names, init, body, at);
        }
        let weak_index = range.start.is_weak();
        let (start, count, _) = self.promote("..", &range.start, &range.count, at)?;
        let dtype = self.ty(&start, at)?.dtype;
        let (node_start, step) = match &range.stride {
            Stride::Static(k) => (start.clone(), *k),
            // The loop counts iterations; the index is computed from them.
            Stride::Traced { .. } => (Value::literal(Literal::zero(dtype)), 1),
        };
        let mut carry = self.carry(init.clone(), at)?;
        let depth = self.builder.borrow().depth();
        let regions = self.fixpoint(&mut carry, names, at, &mut |cx, carry| {
            cx.builder.borrow_mut().open();
            let counter = cx.builder.borrow_mut().param(Type::scalar(dtype), None);
            let counter = cx.weak_like(Value::traced(counter), weak_index);
            let index = match &range.stride {
                Stride::Static(_) => counter,
                Stride::Traced { magnitude, down } => {
                    let offset = cx.binary(BinaryOp::Mul, &counter, magnitude, at)?;
                    let op = if *down { BinaryOp::Sub } else { BinaryOp::Add };
                    cx.weak_like(cx.binary(op, &start, &offset, at)?, weak_index)
                }
            };
            let inside = cx.params(carry, names);
            let after = body(index, inside)?;
            Ok((after, Vec::new()))
        });
        let regions = match regions {
            // `for layer in &layers` whose elements are unlike: each has an iteration of its own.
            Err(error) if error.is_unlike() && range.may_be_unrolled() => {
                self.builder.borrow_mut().truncate(depth);
                return self.unrolled(&range, init, body, at);
            }
            regions => regions?,
        };
        let mut inputs = vec![self.node(&node_start, at)?, self.node(&count, at)?];
        let types: Vec<Type> = carry.leaves.iter().map(|(_, t, _)| t.clone()).collect();
        inputs.extend(self.initial(&carry, at)?);
        let site = self.site(at);
        let op = Op::For { step, parallel: range.parallel };
        let mut builder = self.builder.borrow_mut();
        let outputs = if range.checkpoint {
            // Derivatives see the loop as a whole.
            builder.open();
            let initial = inputs.split_off(2);
            inputs.extend(types.iter().map(|ty| builder.param(ty.clone(), None)).collect::<Vec<_>>());
            let results = builder.push_control(op, inputs, regions, types.clone(), site);
            let body = builder.close(results);
            let call = Op::Call { rule: Rule::Segments, name: self.function.name.into() };
            builder.push_control(call, initial, vec![body], types, site)
        } else {
            builder.push_control(op, inputs, regions, types, site)
        };
        drop(builder);
        Ok(self.results(&carry, &outputs))
    }

    /// `while cond { body }`
    ///
    /// # Errors
    /// A carried variable whose type changes; a condition that can never become false.
    pub fn while_<const N: usize>(
        &self,
        names: [&'static str; N],
        init: [Value; N],
        mut cond: impl FnMut([Value; N]) -> Out<Value>,
        mut body: impl FnMut([Value; N]) -> Out<[Value; N]>,
        at: At,
    ) -> Out<[Value; N]> {
        let mut cond = |carry: Vec<Value>| -> Out<Value> { cond(self.fixed(carry, at)?) };
        let mut body = |carry: Vec<Value>| -> Out<Vec<Value>> { Ok(body(self.fixed(carry, at)?)?.into()) };
        let out = self.while_dyn(&names, init.into(), &mut cond, &mut body, at)?;
        self.fixed(out, at)
    }

    pub(super) fn while_dyn(
        &self,
        names: &[&str],
        init: Vec<Value>,
        cond: &mut dyn FnMut(Vec<Value>) -> Out<Value>,
        body: &mut dyn FnMut(Vec<Value>) -> Out<Vec<Value>>,
        at: At,
    ) -> Out<Vec<Value>> {
        let mut carry = self.carry(init, at)?;
        let mut never = false;
        let regions = self.fixpoint(&mut carry, names, at, &mut |cx, carry| {
            cx.builder.borrow_mut().open();
            let inside = cx.params(carry, names);
            let condition = cond(inside)?;
            let ty = cx.ty(&condition, at)?;
            if ty != Type::scalar(crate::dtype::DType::Bool) {
                return Err(cx.error(ErrorKind::DType, format!("a condition is a bool, not {ty}"), at));
            }
            match condition.as_static() {
                Some(Literal::Bool(true)) if !carry.first => {
                    let message = "this loop never ends: its condition is always true";
                    return Err(cx.error(ErrorKind::Unsupported, message, at));
                }
                Some(Literal::Bool(true)) | None => {}
                Some(_) => never = true,
            }
            let condition = cx.node(&condition, at)?;
            let test = cx.builder.borrow_mut().close(vec![condition]);
            cx.builder.borrow_mut().open();
            let inside = cx.params(carry, names);
            let after = if never { inside } else { body(inside)? };
            Ok((after, vec![test]))
        })?;
        if never {
            return Ok(carry.initial_trees());
        }
        let types: Vec<Type> = carry.leaves.iter().map(|(_, t, _)| t.clone()).collect();
        let inputs = self.initial(&carry, at)?;
        let site = self.site(at);
        let outputs = self.builder.borrow_mut().push_control(Op::While, inputs, regions, types, site);
        Ok(self.results(&carry, &outputs))
    }

    fn carry(&self, trees: Vec<Value>, at: At) -> Out<Carry> {
        let trees = trees.iter().map(|tree| self.gathered(tree, at)).collect::<Out<Vec<_>>>()?;
        let first = trees.iter().any(Value::is_uninit);
        let mut carry = Carry { trees, leaves: Vec::new(), owner: Vec::new(), first };
        for (k, tree) in carry.trees.iter().enumerate() {
            if tree.is_uninit() {
                continue;
            }
            let leaves = tree.leaves();
            for leaf in leaves {
                let (ty, weak) = self.leaf_type(&leaf, at)?;
                carry.leaves.push((leaf, ty, weak));
                carry.owner.push(k);
            }
        }
        Ok(carry)
    }

    /// Gives a variable that had no value one to begin with.
    fn begin(&self, carry: &mut Carry, k: usize, tree: Value, at: At) -> Out<()> {
        let leaves = tree.leaves();
        let start = carry.owner.partition_point(|&owner| owner < k);
        for (j, leaf) in leaves.into_iter().enumerate() {
            let (ty, weak) = self.leaf_type(&leaf, at)?;
            carry.leaves.insert(start + j, (leaf, ty, weak));
            carry.owner.insert(start + j, k);
        }
        carry.trees[k] = tree;
        Ok(())
    }

    /// Region parameters for the carried leaves, as the variables that the body sees.
    fn params(&self, carry: &Carry, names: &[&str]) -> Vec<Value> {
        if carry.first {
            return carry.trees.clone();
        }
        let mut leaves = Vec::new();
        for ((_, ty, weak), &k) in carry.leaves.iter().zip(&carry.owner) {
            let name = names.get(k).filter(|n| !n.is_empty()).map(|n| (*n).into());
            let id = self.builder.borrow_mut().param(ty.clone(), name);
            leaves.push(self.weak_like(Value::traced(id), *weak));
        }
        carry.rebuild(leaves)
    }

    /// Stages the loop until the types of its carry no longer change. `stage` opens the body's region and
    /// leaves it open; it returns the variables after the body and the regions that come before it.
    fn fixpoint(&self, carry: &mut Carry, names: &[&str], at: At, stage: StageLoop<'_>) -> Out<Vec<Region>> {
        let depth = self.builder.borrow().depth();
        loop {
            let (after, mut regions) = stage(self, carry)?;
            let after = after.iter().map(|tree| self.gathered(tree, at)).collect::<Out<Vec<_>>>()?;
            // Of a variable without a value before the loop, an iteration says the type.
            let begun: Vec<usize> =
                (0..after.len()).filter(|&k| carry.trees[k].is_uninit() && !after[k].is_uninit()).collect();
            if std::mem::take(&mut carry.first) || !begun.is_empty() {
                self.builder.borrow_mut().truncate(depth);
                for k in begun {
                    let tree = self.stand_in(&carry.trees[k], &after[k], at)?;
                    self.begin(carry, k, tree, at)?;
                }
                continue;
            }
            let mut results = Vec::new();
            let mut changed = false;
            let mut leaf = 0;
            for (k, (before, after)) in carry.trees.iter().zip(&after).enumerate() {
                if before.is_uninit() {
                    continue;
                }
                let name = names
                    .get(k)
                    .filter(|n| !n.is_empty())
                    .map_or("the carried value".to_string(), |n| format!("`{n}`"));
                if after.is_uninit() || !same_tree(before, after) {
                    return Err(self.carry_error(&name, before, after, at));
                }
                let parts = after.leaves();
                for part in parts {
                    let (_, ty, weak) = &mut carry.leaves[leaf];
                    leaf += 1;
                    let (is, is_weak) = self.leaf_type(&part, at)?;
                    let promotes = *weak
                        && !is_weak
                        && is.shape == ty.shape
                        && (is.dtype.is_float() == ty.dtype.is_float())
                        && is.dtype != crate::dtype::DType::Bool;
                    if promotes {
                        // `let mut s = 0.0` meets an f32, or an i64: restage with that type.
                        changed = true;
                        (*ty, *weak) = (is, false);
                        continue;
                    }
                    let adopted = self.adopt(&part, ty.dtype, at)?;
                    match adopted {
                        Some(v) if is.shape == ty.shape => results.push(self.node(&v, at)?),
                        _ => return Err(self.carry_error(&name, before, after, at)),
                    }
                }
            }
            if !changed {
                regions.push(self.builder.borrow_mut().close(results));
                return Ok(regions);
            }
            self.builder.borrow_mut().truncate(depth);
        }
    }

    fn carry_error(&self, name: &str, before: &Value, after: &Value, at: At) -> crate::error::Error {
        let message = format!(
            "{name} changes its type in this loop: {} before an iteration, {} after it",
            self.describe(before),
            self.describe(after)
        );
        self.error(ErrorKind::Carry, message, at)
            .note("a variable keeps one element type and one shape through a loop")
    }

    /// The initial values, in the types that the loop found.
    fn initial(&self, carry: &Carry, at: At) -> Out<Vec<ValueId>> {
        let leaves = carry.leaves.iter();
        leaves
            .map(|(v, ty, _)| {
                let v = self.adopt(v, ty.dtype, at)?.unwrap_or_else(|| v.clone());
                self.node(&v, at)
            })
            .collect()
    }

    fn results(&self, carry: &Carry, outputs: &[ValueId]) -> Vec<Value> {
        let leaves = outputs.iter().zip(&carry.leaves);
        carry.rebuild(leaves.map(|(&id, (_, _, weak))| self.weak_like(Value::traced(id), *weak)).collect())
    }
}

impl Carry {
    fn rebuild(&self, leaves: Vec<Value>) -> Vec<Value> {
        let mut leaves = leaves.into_iter();
        let trees = self.trees.iter();
        trees.map(|t| if t.is_uninit() { t.clone() } else { t.with_leaves(&mut leaves) }).collect()
    }

    fn initial_trees(&self) -> Vec<Value> {
        self.trees.clone()
    }
}
