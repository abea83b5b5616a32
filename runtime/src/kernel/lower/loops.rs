//! Loops.

use super::{Kind, Lower, Result};
use crate::dtype::{DType, Literal};
use crate::graph::{Node, Region, SiteId, ValueId};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Code, Item, Loop, Mark, TrapKind, While};
use crate::kernel::machine::strip;
use crate::kernel::ranges::Interval;
use crate::op::Op;

/// What happens to one variable that a loop carries.
enum Carry {
    /// It never changes.
    Same,
    Scalar(Reg),
    Array(Buf),
}

impl Lower<'_> {
    pub(super) fn for_node(&mut self, node: &Node, stride: i64) -> Result<()> {
        if self.inside_loop()
            && let Some((start, trips)) = self.unrolled_trips(node)
        {
            return self.unroll(node, stride, start, trips);
        }
        let region = &node.regions[0];
        let (start, count) = (self.scalar(node.inputs[0])?, self.scalar(node.inputs[1])?);
        let trips = self.range(count).0;
        if trips.hi <= 0 {
            for (&out, &init) in node.outputs.iter().zip(&node.inputs[2..]) {
                self.rename(out, init)?;
            }
            return Ok(());
        }
        let iv = self.counter(start, count, trips, stride, node.site)?;
        let params = &region.params[1..];
        let carries = self.enter_loop(node, &node.inputs[2..], params, &region.results)?;
        let (end, step) = self.loop_end(start, count, stride)?;
        let guard = (trips.lo <= 0).then_some((count, self.info(count).dtype));

        let max_trips = u64::try_from(trips.hi).ok();
        let innermost = !self.has_loop(region);
        let has_branch = innermost && has_branch(region);
        let outer_mode = self.flatten_branches;
        let before = self.arrays();
        let mut flat = has_branch;
        loop {
            self.flatten_branches = flat;
            self.push_scope(Kind::Loop);
            self.scalars.insert(region.params[0], iv);
            self.region(region)?;
            self.flatten_branches = outer_mode;
            let (code, moves) = self.close_loop(region, &carries)?;
            let body = Loop {
                site: Some(node.site),
                iv,
                end,
                step,
                stride,
                guard,
                max_trips,
                body: code,
                moves,
                strip: None,
                mark: Mark::default(),
            };
            let constant = |r: Reg| self.number_of(r);
            if flat && strip::plan(&body, &self.slots, &constant).is_none() {
                // No use: branches are cheaper than computing both sides.
                flat = false;
                self.restore_arrays(before.clone());
                continue;
            }
            self.scope().code.push(Item::Loop(Box::new(body)));
            break;
        }
        self.leave_loop(node, &node.inputs[2..], &carries)
    }

    /// The register of the loop index, set to its first value, with its range.
    pub(super) fn counter(
        &mut self,
        start: Reg,
        count: Reg,
        trips: Interval,
        stride: i64,
        site: SiteId,
    ) -> Result<Reg> {
        let dtype = self.info(start).dtype;
        let first = self.range(start).0;
        let last = Interval::point(i128::from(stride)).mul(Interval::new(0, (trips.hi - 1).max(0)));
        let mut all = first.add(last);
        let whole = Interval::of(dtype);
        // `i in j..n`: below what start and count add up to, which may be a number.
        if stride == 1
            && let Some(end) = self.form(start).add(&self.form(count))
        {
            let end = self.form_range(&end).0;
            all.hi = all.hi.min(end.hi - 1);
        }
        if !all.within(whole) {
            let trap = self.trap(site, TrapKind::Loop { dtype, step: stride });
            let step = self.number(stride)?;
            self.scope().code.push(Item::Inst(Inst::CheckLoop { dtype, start, count, step }, Some(trap)));
        }
        let iv = self.new_reg(dtype, self.depth() + 1)?;
        self.regs[iv.index()].range = all.and(whole);
        self.scope().code.push(Inst::Mov { dst: iv, a: start }.into());
        Ok(iv)
    }

    /// The value of the index after the last iteration, and the stride.
    fn loop_end(&mut self, start: Reg, count: Reg, stride: i64) -> Result<(Reg, Reg)> {
        let step = self.number(stride)?;
        let known = |r: Reg| self.info(r).constant.and_then(Literal::as_i128);
        if let (Some(s), Some(c)) = (known(start), known(count)) {
            let end = s.wrapping_add(c.wrapping_mul(stride.into()));
            return Ok((self.number(end as i64)?, step));
        }
        let from_zero = known(start) == Some(0);
        let scaled = match stride {
            1 => count,
            _ => self.plain(Inst::MulI { dst: Reg(0), a: count, b: step }, DType::I64)?,
        };
        if from_zero {
            return Ok((scaled, step));
        }
        let end = self.plain(Inst::AddI { dst: Reg(0), a: start, b: scaled }, DType::I64)?;
        Ok((end, step))
    }

    pub(super) fn while_node(&mut self, node: &Node) -> Result<()> {
        let (head, body) = (&node.regions[0], &node.regions[1]);
        let carries = self.enter_loop(node, &node.inputs, &body.params, &body.results)?;
        let outer_mode = std::mem::replace(&mut self.flatten_branches, false);
        self.push_scope(Kind::Loop);
        self.scope().holds_params = true;
        let depth = self.depth();
        for (&q, &p) in head.params.iter().zip(&body.params) {
            self.defined.insert(p, depth);
            self.rename(q, p)?;
        }
        self.region(head)?;
        let cond = self.scalar(head.results[0])?;
        let head_code = std::mem::take(&mut self.scope().code);
        self.scope().holds_params = false;
        self.assume(cond, true);
        for (&q, &p) in head.params.iter().zip(&body.params) {
            // The condition's names for the carries are gone.
            if let Ok(slot) = self.slot(q) {
                self.drop_holder(slot, q);
            }
            self.defined.insert(p, depth);
        }
        self.region(body)?;
        self.flatten_branches = outer_mode;
        let (code, moves) = self.close_loop(body, &carries)?;
        let item = While { head: head_code, cond, body: code, moves };
        self.scope().code.push(Item::While(Box::new(item)));
        self.leave_loop(node, &node.inputs, &carries)
    }

    /// `name` is another name of `v`.
    pub(super) fn rename(&mut self, name: ValueId, v: ValueId) -> Result<()> {
        if self.graph.ty(v).is_scalar() {
            let r = self.scalar(v)?;
            self.scalars.insert(name, r);
            Ok(())
        } else {
            self.alias(name, v)
        }
    }

    /// Gives every carried variable its register or slot and its first value.
    fn enter_loop(
        &mut self,
        node: &Node,
        inits: &[ValueId],
        params: &[ValueId],
        results: &[ValueId],
    ) -> Result<Vec<Carry>> {
        let depth = self.depth() + 1;
        let captured = crate::graph::captures(node);
        let kept = self.kept(node, inits);
        let same: Vec<bool> = params.iter().zip(results).map(|(p, r)| p == r).collect();
        let mut carries = Vec::new();
        for (k, (&init, &param)) in inits.iter().zip(params).enumerate() {
            if same[k] {
                self.rename(param, init)?;
                carries.push(Carry::Same);
            } else if self.graph.ty(init).is_scalar() {
                let a = self.scalar(init)?;
                let dst = self.new_reg(self.info(a).dtype, depth)?;
                self.scope().code.push(Inst::Mov { dst, a }.into());
                if let Some(name) = &self.graph.values[param.index()].name {
                    self.names.push((dst, name.clone()));
                }
                for range in self.counted(node, k, a).into_iter().chain(kept[k]) {
                    self.narrow(dst, range);
                }
                self.scalars.insert(param, dst);
                carries.push(Carry::Scalar(dst));
            } else {
                // The loop still needs what it captures, what it carries unchanged, and what the carries
                // after this one start from.
                let mut needed = captured.clone();
                needed.extend(inits.iter().enumerate().filter(|&(j, _)| j > k || same[j]).map(|(_, &v)| v));
                let slot = self.slot_to_carry(init, &needed)?;
                self.hold(slot, param, depth);
                if let Some(name) = &self.graph.values[param.index()].name {
                    self.array_names.push((node.site, slot, name.clone()));
                }
                self.defined.insert(param, depth);
                carries.push(Carry::Array(slot));
            }
        }
        Ok(carries)
    }

    /// Closes the body's scope; gives its code, with the arrays moved to where the next iteration wants
    /// them, and the moves of scalars.
    fn close_loop(&mut self, body: &Region, carries: &[Carry]) -> Result<(Code, Vec<(Reg, Reg)>)> {
        let mut moves = Vec::new();
        let mut arrays = Vec::new();
        let mut movable = Vec::new();
        let home = self.depth();
        for (&result, carry) in body.results.iter().zip(carries) {
            match *carry {
                Carry::Same => {}
                Carry::Scalar(p) => moves.push((p, self.scalar(result)?)),
                Carry::Array(p) => {
                    movable.push(self.made_inside(result, home)?);
                    arrays.push((p, self.slot(result)?));
                }
            }
        }
        let code = self.slot_moves(&arrays, &movable)?;
        let mut scope = self.pop_scope();
        scope.code.extend(code);
        let kept: Vec<Buf> = arrays.iter().map(|m| m.0).collect();
        self.release_slots(&scope.temporaries, &kept);
        Ok((scope.code, moves))
    }

    fn leave_loop(&mut self, node: &Node, inits: &[ValueId], carries: &[Carry]) -> Result<()> {
        let depth = self.depth();
        for ((&out, carry), &init) in node.outputs.iter().zip(carries).zip(inits) {
            match *carry {
                Carry::Same => self.rename(out, init)?,
                Carry::Scalar(r) => {
                    self.regs[r.index()].depth = depth;
                    self.scalars.insert(out, r);
                }
                Carry::Array(slot) => self.hold(slot, out, depth),
            }
        }
        Ok(())
    }
}

fn has_branch(region: &Region) -> bool {
    region.nodes.iter().any(|n| match n.op {
        Op::Cond => true,
        Op::For { .. } => n.regions.iter().any(has_branch),
        _ => false,
    })
}
