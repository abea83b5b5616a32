//! Arrays that a loop only writes, each element at most once: `for i in 1..n - 1 { next[i] = f(u, i) }`.
//!
//! The reverse of a store reads the cotangent of an element and sets it to zero, for what stored there before. Where nobody
//! else reads or writes that element in the loop, all cotangents can be read from the array as it was, and set to zero
//! at once. That is a pass less over the array, nothing is carried, and where the array was `u.clone()` what is left
//! of its cotangent is where that of `u` begins, to which the loop adds.

use super::super::emit::Emit;
use super::Pass;
use crate::dtype::Literal;
use crate::error::Result;
use crate::graph::{Node, Region, ValueId};
use crate::op::{Axis, BinaryOp, Op, StoreMode};

/// What a loop writes of an array that it carries.
pub(super) struct Written<'g> {
    /// The one store, in the innermost of the loops.
    store: &'g Node,
    /// The loops around it, outermost first.
    loops: Vec<&'g Node>,
}

impl<'g> Pass<'g> {
    /// The loop only writes carry `k`, each element at most once.
    pub(super) fn written_once(&self, node: &'g Node, k: usize) -> Option<Written<'g>> {
        let mut loops = Vec::new();
        let store = self.only_store(node, k, &mut loops)?;
        let Op::Store { axes, mode: StoreMode::Set, .. } = &store.op else { return None };
        // The index of each loop is that of an axis of its own, so that no two iterations write one element.
        let mut dynamic: Vec<ValueId> = store.inputs[1..store.inputs.len() - 1].to_vec();
        if axes.iter().any(|axis| matches!(axis, Axis::Window { .. })) {
            return None;
        }
        for l in &loops {
            let index = l.regions[0].params[0];
            let at = dynamic.iter().position(|&v| self.offset(v, index).is_some())?;
            dynamic.remove(at);
        }
        Some(Written { store, loops })
    }

    fn only_store(&self, node: &'g Node, k: usize, loops: &mut Vec<&'g Node>) -> Option<&'g Node> {
        let Op::For { .. } = node.op else { return None };
        let region = &node.regions[0];
        let (param, result) = (region.params[1 + k], region.results[k]);
        // Nobody else reads what was there, or what is there then: that would be what earlier iterations wrote.
        if count_uses(region, param) != 1 || count_uses(region, result) != 1 {
            return None;
        }
        loops.push(node);
        let user = region.nodes.iter().find(|n| n.inputs.contains(&param))?;
        match user.op {
            Op::Store { .. } => (user.inputs[0] == param && user.outputs[0] == result).then_some(user),
            Op::For { .. } => {
                let inner = user.inputs[2..].iter().position(|&v| v == param)?;
                (user.outputs[inner] == result).then(|| self.only_store(user, inner, loops)).flatten()
            }
            _ => None,
        }
    }

    /// `v` is the index and a constant: that constant.
    fn offset(&self, v: ValueId, index: ValueId) -> Option<i64> {
        if v == index {
            return Some(0);
        }
        let node = self.scopes.definition(v)?;
        match (&node.op, &node.inputs[..]) {
            (Op::Binary(BinaryOp::Add), &[a, b]) if a == index => self.number(b),
            (Op::Binary(BinaryOp::Add), &[a, b]) if b == index => self.number(a),
            (Op::Binary(BinaryOp::Sub), &[a, b]) if a == index => self.number(b)?.checked_neg(),
            (Op::Cast(to), &[a]) if to.is_int() && self.graph.ty(a).dtype.is_int() => self.offset(a, index),
            _ => None,
        }
    }

    fn number(&self, v: ValueId) -> Option<i64> {
        match self.scopes.definition(v)?.op {
            Op::Const(literal) => literal.as_i128().and_then(|n| i64::try_from(n).ok()),
            _ => None,
        }
    }

    /// What a loop writes, as the axes of one store, and the operands for those that are an index; where the loops
    /// have bounds that are known.
    pub(super) fn block(&self, written: &Written<'_>) -> Option<(Vec<Axis>, Vec<ValueId>)> {
        let Op::Store { axes, .. } = &written.store.op else { return None };
        let shape = &self.graph.ty(written.store.inputs[0]).shape;
        let mut operands = written.store.inputs[1..written.store.inputs.len() - 1].iter();
        let mut block = Vec::with_capacity(axes.len());
        let mut rest = Vec::new();
        let mut loops: Vec<&Node> = written.loops.clone();
        for (&axis, &n) in axes.iter().zip(shape) {
            if axis != Axis::At {
                block.push(axis);
                continue;
            }
            let &operand = operands.next()?;
            // A loop that runs along two axes writes a diagonal, which is no block.
            let of = |l: &&Node| self.offset(operand, l.regions[0].params[0]).is_some();
            let Some(l) = loops.iter().position(of).map(|k| loops.remove(k)) else {
                // It is the same for all iterations, if it is known where the loops start.
                let outermost = self.scopes.of(&written.loops[0].regions[0]);
                if self.scopes.is_inside(self.scopes.owner(operand), outermost) {
                    return None;
                }
                block.push(axis);
                rest.push(operand);
                continue;
            };
            let Op::For { step, .. } = l.op else { return None };
            let offset = self.offset(operand, l.regions[0].params[0])?;
            let (first, count) = (self.number(l.inputs[0])?.checked_add(offset)?, self.number(l.inputs[1])?);
            let last = first.checked_add(step.checked_mul(count.checked_sub(1)?)?)?;
            let inside = |x: i64| usize::try_from(x).is_ok_and(|x| x < n);
            if count < 1 || !inside(first) || !inside(last) {
                return None;
            }
            let (start, len) = (usize::try_from(first).ok()?, usize::try_from(count).ok()?);
            block.push(Axis::Range { start, len, step: isize::try_from(step).ok()? });
        }
        Some((block, rest))
    }

    /// The cotangent `d` of an array without that of what the loop writes of it.
    pub(super) fn without(&mut self, d: ValueId, block: &(Vec<Axis>, Vec<ValueId>)) -> Result<ValueId> {
        let (axes, operands) = block;
        let mut inputs = vec![d];
        for &v in operands {
            inputs.push(self.request(v)?);
        }
        let dtype = self.builder.graph().ty(d).dtype;
        let shape = axes.iter().filter_map(|axis| match axis {
            Axis::Range { len, .. } => Some(*len),
            _ => None,
        });
        let w: &mut dyn Emit = self;
        let zeros = w.full(Literal::zero(dtype), &shape.collect::<Vec<_>>())?;
        inputs.push(zeros);
        w.push(Op::Store { axes: axes.clone(), mode: StoreMode::Set, name: None }, &inputs)
    }
}

/// How often the value is used in the region and inside it.
fn count_uses(region: &Region, v: ValueId) -> usize {
    let count = |values: &[ValueId]| values.iter().filter(|&&u| u == v).count();
    let inside = |n: &Node| count(&n.inputs) + n.regions.iter().map(|r| count_uses(r, v)).sum::<usize>();
    region.nodes.iter().map(inside).sum::<usize>() + count(&region.results)
}
