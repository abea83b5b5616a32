//! The reverse pass of each region: its nodes backwards.

use super::super::activity::{first_carry, loop_body};
use super::super::emit::Emit;
use super::super::rules::{self, Contributions};
use super::saved::Frame;
use super::{Counter, Pass};
use crate::dtype::{DType, Literal, Type};
use crate::error::Result;
use crate::graph::{Node, Region, ValueId, captures};
use crate::hash::HashMap;
use crate::op::{BinaryOp, Op, UnaryOp};

impl<'g> Pass<'g> {
    pub(super) fn is_active(&self, v: ValueId) -> bool {
        !self.settled.contains(&v)
            && self.varied.has(v)
            && self.useful.has(v)
            && self.graph.ty(v).dtype.is_float()
    }

    /// Adds `d` to the cotangent of `v`.
    pub(super) fn accumulate(&mut self, v: ValueId, d: ValueId) -> Result<()> {
        if !self.is_active(v) {
            return Ok(());
        }
        let sum = match self.adjoints.get(&v) {
            Some(&before) => self.sum(before, d)?,
            None => d,
        };
        self.adjoints.insert(v, sum);
        Ok(())
    }

    /// The cotangent of `v`, zeros where there is none.
    pub(super) fn adjoint_or_zeros(&mut self, v: ValueId) -> Result<ValueId> {
        match self.adjoints.get(&v) {
            Some(&d) => Ok(d),
            None => {
                let ty = self.graph.ty(v).clone();
                (self as &mut dyn Emit).zeros(&ty)
            }
        }
    }

    pub(super) fn reverse(&mut self, region: &'g Region) -> Result<()> {
        for node in region.nodes.iter().rev() {
            self.site = node.site;
            if !node.outputs.iter().any(|v| self.adjoints.contains_key(v)) {
                continue;
            }
            match node.op {
                Op::For { .. } | Op::While => self.reverse_loop(node)?,
                Op::Cond | Op::Switch => self.reverse_branches(node)?,
                Op::Call { rule, .. } => self.reverse_call(node, rule)?,
                _ => self.reverse_node(node)?,
            }
        }
        Ok(())
    }

    fn reverse_node(&mut self, node: &Node) -> Result<()> {
        let Some(d) = self.adjoints.remove(&node.outputs[0]) else { return Ok(()) };
        let wanted: Vec<bool> = (0..node.inputs.len())
            .map(|k| self.is_active(node.inputs[k]) && rules::passes(self.graph, node, k))
            .collect();
        if !wanted.contains(&true) {
            return Ok(());
        }
        // Only the operand that a rule updates in place is taken: it gives it back.
        let mut adjoints = std::mem::take(&mut self.adjoints);
        let mut to = Contributions {
            wanted: &|k| wanted[k],
            taken: &mut |k| adjoints.remove(&node.inputs[k]),
            found: Vec::new(),
        };
        let done = rules::vjp(self, node, d, &mut to);
        let found = to.found;
        self.adjoints = adjoints;
        done?;
        for (k, value, share) in found {
            self.note_share(d, value, share)?;
            let value = self.guarded(node, node.inputs[k], value)?;
            self.accumulate(node.inputs[k], value)?;
        }
        Ok(())
    }

    /// What an operand gets from a node of one arm of a select, where it leaves that arm.
    fn guarded(&mut self, node: &Node, operand: ValueId, value: ValueId) -> Result<ValueId> {
        let Some(&guard) = self.guards.get(&node.outputs[0]) else { return Ok(value) };
        if self.guards.get(&operand) == Some(&guard) || !self.is_active(operand) {
            return Ok(value);
        }
        let (condition, chosen) = guard;
        let condition = self.request(condition)?;
        let w: &mut dyn Emit = self;
        let condition = if chosen { condition } else { w.unary(UnaryOp::Not, condition)? };
        w.masked(condition, value)
    }

    /// The index of the last iteration and the number of iterations, of the loop that is being reversed.
    fn last_iteration(&mut self, node: &Node) -> Result<(ValueId, ValueId, i64)> {
        let (start, count, step) = match node.op {
            Op::For { step, .. } => {
                (Some(self.request(node.inputs[0])?), self.request(node.inputs[1])?, step)
            }
            _ => (None, self.counter(node)?, 1),
        };
        let w: &mut dyn Emit = self;
        let ty = w.ty(count);
        let literal = |n: i64| Literal::I64(n).cast(ty.dtype);
        let one = w.full(literal(1), &[])?;
        // A loop without iterations has no last one; its index must not leave its type even then.
        let some = w.binary(BinaryOp::Max, count, one)?;
        let before = w.sub(some, one)?;
        let Some(start) = start else { return Ok((before, count, step)) };
        let stride = i64::try_from(step.unsigned_abs()).unwrap_or(i64::MAX);
        let stride = w.full(literal(stride), &[])?;
        let way = w.mul(before, stride)?;
        let last = if step > 0 { w.add(start, way)? } else { w.sub(start, way)? };
        Ok((last, count, step))
    }

    /// The number of iterations that a `while` made.
    fn counter(&mut self, node: &Node) -> Result<ValueId> {
        let key = std::ptr::from_ref(node);
        if !self.counters.contains_key(&key) {
            let ty = Type::scalar(DType::Usize);
            let counter =
                Counter { inside: self.builder.reserve(ty.clone()), after: self.builder.reserve(ty) };
            let inner = self.scopes.of(loop_body(node).0);
            self.scopes.adopt(counter.inside, inner);
            self.scopes.adopt(counter.after, self.scopes.list[inner].parent);
            self.counters.insert(key, counter);
        }
        let after = self.counters[&key].after;
        self.request(after)
    }

    fn reverse_loop(&mut self, node: &'g Node) -> Result<()> {
        let (body, first) = loop_body(node);
        let inner = self.scopes.of(body);
        let (last, count, step) = self.last_iteration(node)?;
        let params = &body.params[first..];
        let read = self.settle(node)?;
        let live: Vec<usize> = (0..params.len()).filter(|&k| self.is_active(params[k])).collect();
        let captured: Vec<ValueId> = captures(node).into_iter().filter(|&v| self.is_active(v)).collect();

        self.builder.open();
        let index_ty = self.builder.graph().ty(last).clone();
        let index = self.builder.param(index_ty, None);
        let mut frame = Frame::new(inner, Some(index));
        let from_zero = match node.op {
            Op::While => true,
            _ => {
                let start = self.scopes.definition(node.inputs[0]).map(|n| &n.op);
                step == 1 && matches!(start, Some(Op::Const(l)) if l.as_i128() == Some(0))
            }
        };
        if from_zero {
            frame.count_by_index();
        }
        if node.op == Op::While {
            if let Some(counter) = self.counters.get(&std::ptr::from_ref(node)) {
                frame.know(counter.inside, index);
            }
        } else {
            frame.know(body.params[0], index);
        }
        self.frames.push(frame);
        self.reserve_iteration();

        let outside = std::mem::take(&mut self.adjoints);
        let of_captured: Vec<ValueId> =
            captured.iter().map(|&v| self.builder.param(self.graph.ty(v).clone(), None)).collect();
        self.adjoints.extend(captured.iter().copied().zip(of_captured.iter().copied()));
        let of_carried: Vec<ValueId> =
            live.iter().map(|&k| self.builder.param(self.graph.ty(params[k]).clone(), None)).collect();
        for (k, d) in live.iter().copied().zip(of_carried.iter().copied()).chain(read) {
            self.accumulate(body.results[k], d)?;
        }
        self.reverse(body)?;
        self.site = node.site;
        let touched: Vec<bool> = captured
            .iter()
            .zip(&of_captured)
            .map(|(v, before)| self.adjoints.get(v) != Some(before))
            .collect();
        let mut results = Vec::new();
        for (&v, _) in captured.iter().zip(&touched).filter(|(_, touched)| **touched) {
            results.push(self.adjoint_or_zeros(v)?);
        }
        for &k in &live {
            results.push(self.adjoint_or_zeros(params[k])?);
        }
        let mut region = self.builder.close(results);
        let mut k = 0;
        region.params.retain(|p| {
            let dropped = of_captured.iter().zip(&touched).any(|(v, touched)| v == p && !touched);
            k += 1;
            !dropped
        });
        let region = self.close_frame(region)?;

        self.adjoints = outside;
        let mut inputs = vec![last, count];
        let mut types = Vec::new();
        let kept: Vec<ValueId> =
            captured.iter().zip(&touched).filter(|(_, t)| **t).map(|(&v, _)| v).collect();
        for &v in &kept {
            inputs.push(self.adjoint_or_zeros(v)?);
            types.push(self.graph.ty(v).clone());
        }
        for &k in &live {
            inputs.push(self.adjoint_or_zeros(node.outputs[k])?);
            types.push(self.graph.ty(params[k]).clone());
        }
        node.outputs.iter().for_each(|v| {
            self.adjoints.remove(v);
        });
        let back = step.checked_neg().unwrap_or(i64::MAX);
        let op = Op::For { step: back, parallel: false };
        let outputs = self.builder.push_control(op, inputs, vec![region], types, node.site);
        self.adjoints.extend(kept.iter().copied().zip(outputs.iter().copied()));
        for (&k, &d) in live.iter().zip(&outputs[kept.len()..]) {
            self.accumulate(node.inputs[first_carry(&node.op) + k], d)?;
        }
        Ok(())
    }

    /// Carries of the loop that it only writes, by position, with the cotangent of what they are in the end. What they
    /// were before gets what is left of it.
    fn settle(&mut self, node: &'g Node) -> Result<Vec<(usize, ValueId)>> {
        let (body, first) = loop_body(node);
        let mut read = Vec::new();
        for k in 0..node.outputs.len() {
            let Some(&d) = self.adjoints.get(&node.outputs[k]) else { continue };
            let Some(written) = self.written_once(node, k) else { continue };
            let before = node.inputs[first_carry(&node.op) + k];
            if self.is_active(before) {
                let Some(block) = self.block(&written) else { continue };
                let left = self.without(d, &block)?;
                self.accumulate(before, left)?;
            }
            self.settled.insert(body.params[first + k]);
            read.push((k, d));
        }
        Ok(read)
    }

    fn reverse_branches(&mut self, node: &'g Node) -> Result<()> {
        let which = self.request(node.inputs[0])?;
        let given: Vec<Option<ValueId>> = node.outputs.iter().map(|v| self.adjoints.remove(v)).collect();
        let outside = self.adjoints.clone();
        let mut regions = Vec::with_capacity(node.regions.len());
        let mut found: Vec<HashMap<ValueId, ValueId>> = Vec::with_capacity(node.regions.len());
        let reachable: Vec<ValueId> = captures(node).into_iter().filter(|&v| self.is_active(v)).collect();
        for region in &node.regions {
            self.builder.open();
            self.frames.push(Frame::new(self.scopes.of(region), None));
            for (&v, d) in region.results.iter().zip(&given) {
                if let Some(d) = d {
                    self.accumulate(v, *d)?;
                }
            }
            self.reverse(region)?;
            self.site = node.site;
            let region = self.builder.close(Vec::new());
            regions.push(self.close_frame(region)?);
            found.push(std::mem::replace(&mut self.adjoints, outside.clone()));
        }
        let changed = |v: &&ValueId| found.iter().any(|f| f.get(v) != outside.get(v));
        let changed: Vec<ValueId> = reachable.iter().filter(changed).copied().collect();
        let types: Vec<Type> = changed.iter().map(|&v| self.graph.ty(v).clone()).collect();
        let mut closed = Vec::with_capacity(regions.len());
        for (region, adjoints) in regions.into_iter().zip(found) {
            self.builder.reopen(region);
            self.adjoints = adjoints;
            let mut results = Vec::with_capacity(changed.len());
            for &v in &changed {
                results.push(self.adjoint_or_zeros(v)?);
            }
            closed.push(self.builder.close(results));
        }
        self.adjoints = outside;
        let outputs = self.builder.push_control(node.op.clone(), vec![which], closed, types, node.site);
        self.adjoints.extend(changed.into_iter().zip(outputs));
        Ok(())
    }
}
