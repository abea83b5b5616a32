//! Branches: real ones, and those that become selects.

use super::access::{Address, load_inst};
use super::arrays::ArrayState;
use super::{Kind, Lower, Result, Scope, Unsupported, with_dst};
use crate::dtype::{DType, Literal};
use crate::graph::{Node, Region, ValueId};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Branch, Item, Origin, Selector};
use crate::kernel::ranges::Interval;
use crate::op::Op;

/// A branch with at most this many cheap instructions computes both sides and selects.
const CHEAP: usize = 4;

impl Lower<'_> {
    pub(super) fn branch_node(&mut self, node: &Node) -> Result<()> {
        let selector = self.scalar(node.inputs[0])?;
        let info = self.info(selector);
        if let Some(x) = info.constant.and_then(Literal::as_i128) {
            let last = node.regions.len() - 1;
            let chosen = match node.op {
                Op::Cond => usize::from(x == 0),
                _ => usize::try_from(x.max(0)).unwrap_or(last).min(last),
            };
            return self.inline(node, &node.regions[chosen]);
        }
        let boolean = node.op == Op::Cond;
        let signed = matches!(info.dtype, DType::I32 | DType::I64);
        let before = self.arrays();
        let mut arms = Vec::new();
        for (k, region) in node.regions.iter().enumerate() {
            if k > 0 {
                self.restore_arrays(before.clone());
            }
            self.push_scope(Kind::Branch);
            if boolean {
                self.assume(selector, k == 0);
            }
            self.region(region)?;
            let scope = self.pop_scope();
            arms.push((scope, self.arrays()));
        }
        let kept = self.merge_arrays(node, &mut arms)?;
        for (scope, _) in &arms {
            self.release_slots(&scope.temporaries, &kept);
        }
        if boolean && arms.iter().all(|(scope, _)| !scope.guarded) && self.worth_flattening(&arms) {
            return self.flatten(node, selector, arms);
        }
        let depth = self.depth();
        let mut moves = vec![Vec::new(); arms.len()];
        for (k, &out) in node.outputs.iter().enumerate() {
            if !self.graph.ty(out).is_scalar() {
                continue;
            }
            let values: Vec<Reg> =
                node.regions.iter().map(|r| self.scalar(r.results[k])).collect::<Result<_>>()?;
            if values.iter().all(|&r| r == values[0]) && self.info(values[0]).depth <= depth {
                self.scalars.insert(out, values[0]);
                continue;
            }
            let dtype = self.graph.ty(out).dtype;
            let dst = self.new_reg(dtype, depth)?;
            if !dtype.is_float() {
                let union = values.iter().map(|&r| self.info(r).range).reduce(Interval::or);
                self.regs[dst.index()].range = union.unwrap_or(Interval::of(dtype));
            }
            if boolean && dtype == DType::Bool {
                self.branch_fact(dst, selector, values[0], values[1]);
            }
            for (arm, &value) in moves.iter_mut().zip(&values) {
                arm.push((dst, value));
            }
            self.scalars.insert(out, dst);
        }
        let selector = match boolean {
            true => Selector::Bool(selector),
            false => Selector::Index { idx: selector, signed },
        };
        let arms = arms.into_iter().map(|(scope, _)| scope.code).zip(moves).collect();
        self.scope().code.push(Item::Branch(Box::new(Branch { selector, arms })));
        Ok(())
    }

    /// The one arm that is ever taken, without a jump.
    fn inline(&mut self, node: &Node, region: &Region) -> Result<()> {
        self.push_scope(Kind::Branch);
        self.region(region)?;
        let scope = self.pop_scope();
        let depth = self.depth();
        self.adopt(scope);
        for (&out, &result) in node.outputs.iter().zip(&region.results) {
            let outer = self.defined.get(&result).is_none_or(|&d| d <= depth);
            if self.graph.ty(out).is_scalar() || outer {
                self.rename(out, result)?;
            } else {
                let slot = self.slot(result)?;
                if self.needed_after_node(slot) || self.holders(slot).iter().any(|v| node.outputs.contains(v))
                {
                    self.alias(out, result)?;
                } else {
                    self.hold(slot, out, depth);
                }
            }
        }
        Ok(())
    }

    /// The array was made in the loop body at depth `home`. What comes from outside of the loop is needed in
    /// the next iteration.
    pub(super) fn made_inside(&self, v: ValueId, home: usize) -> Result<bool> {
        let slot = self.slot(v)?;
        let inside = |v: &ValueId| self.defined.get(v).is_some_and(|&d| d >= home);
        let ours = !matches!(self.slots[slot.index()].origin, Origin::Input { owned: false, .. });
        Ok(ours && self.holders(slot).iter().all(inside))
    }

    /// Appends the code of one iteration of a loop that is written out. Its loads are forgotten: in the next
    /// iteration the same names stand for other versions of arrays.
    pub(super) fn adopt_once(&mut self, mut scope: Scope) {
        scope.made.clear();
        self.adopt(scope);
    }

    /// Appends the code of a closed scope to the innermost one, where it now always runs.
    fn adopt(&mut self, scope: Scope) {
        let depth = self.depth();
        for info in &mut self.regs {
            info.depth = info.depth.min(depth);
        }
        let parent = self.scope();
        parent.guarded |= scope.guarded;
        parent.code.extend(scope.code);
        for (key, r) in scope.made {
            parent.made.entry(key).or_insert(r);
        }
    }

    /// Chooses the slot of every array result, and appends to each arm's code what brings it there. Gives
    /// the slots chosen.
    fn merge_arrays(&mut self, node: &Node, arms: &mut [(Scope, ArrayState)]) -> Result<Vec<Buf>> {
        let depth = self.depth();
        let arrays: Vec<(usize, ValueId)> = node
            .outputs
            .iter()
            .copied()
            .enumerate()
            .filter(|&(_, v)| !self.graph.ty(v).is_scalar())
            .collect();
        // In each arm: where each result is.
        let mut places = vec![Vec::new(); arms.len()];
        for (arm, region) in node.regions.iter().enumerate() {
            self.set_arrays(&arms[arm].1);
            for &(k, _) in &arrays {
                places[arm].push(self.slot(region.results[k])?);
            }
        }
        // The same outer value from every arm is only another name.
        let passed: Vec<Option<ValueId>> = arrays
            .iter()
            .map(|&(k, _)| {
                let first = node.regions[0].results[k];
                let outer = self.defined.get(&first).is_none_or(|&d| d <= depth);
                (outer && node.regions.iter().all(|r| r.results[k] == first)).then_some(first)
            })
            .collect();
        let reserved: Vec<Buf> =
            passed.iter().zip(&places[0]).filter(|(p, _)| p.is_some()).map(|(_, &slot)| slot).collect();
        let mut chosen: Vec<Buf> = Vec::new();
        for (n, &(_, out)) in arrays.iter().enumerate() {
            if passed[n].is_some() {
                chosen.push(places[0][n]);
                continue;
            }
            let mut fit = None;
            for slot in places.iter().map(|p| p[n]) {
                let mut usable = !chosen.contains(&slot) && !reserved.contains(&slot);
                for (_, state) in arms.iter() {
                    self.set_arrays(state);
                    usable &= self.movable(slot);
                }
                if usable {
                    fit = Some(slot);
                    break;
                }
            }
            chosen.push(match fit {
                Some(slot) => slot,
                None => self.fresh_slot(self.graph.ty(out).clone())?,
            });
        }
        for (arm, (scope, state)) in arms.iter_mut().enumerate() {
            self.set_arrays(state);
            self.reserve(&chosen);
            let mut moves = Vec::new();
            let mut movable = Vec::new();
            for (n, &slot) in chosen.iter().enumerate() {
                if passed[n].is_none() {
                    let from = places[arm][n];
                    moves.push((slot, from));
                    movable.push(self.movable(from) && !reserved.contains(&from));
                }
            }
            let code = self.slot_moves(&moves, &movable)?;
            scope.code.extend(code);
        }
        for (n, &(_, out)) in arrays.iter().enumerate() {
            match passed[n] {
                Some(v) => self.alias(out, v)?,
                None => self.hold(chosen[n], out, depth),
            }
        }
        Ok(chosen)
    }

    fn worth_flattening(&self, arms: &[(Scope, ArrayState)]) -> bool {
        let mut count = 0;
        for (scope, _) in arms {
            for item in &scope.code {
                let Item::Inst(inst, None) = item else { return false };
                if self.flatten_branches {
                    if !(inst.is_pure() || inst.is_store()) {
                        return false;
                    }
                } else {
                    count += 1;
                    if !is_cheap(inst) || count > CHEAP {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Computes both arms and selects; a store writes back the old element in the arm not taken.
    fn flatten(&mut self, node: &Node, cond: Reg, arms: Vec<(Scope, ArrayState)>) -> Result<()> {
        for (k, (mut scope, _)) in arms.into_iter().enumerate() {
            let code = std::mem::take(&mut scope.code);
            self.adopt(scope);
            for item in code {
                let Item::Inst(inst, _) = item else { return Err(Unsupported) };
                if inst.is_store() {
                    self.masked_store(inst, cond, k == 0)?;
                } else {
                    self.scope().code.push(item);
                }
            }
        }
        for (k, &out) in node.outputs.iter().enumerate() {
            if self.graph.ty(out).is_scalar() {
                let a = self.scalar(node.regions[0].results[k])?;
                let b = self.scalar(node.regions[1].results[k])?;
                let r = self.select(cond, a, b)?;
                self.scalars.insert(out, r);
            }
        }
        Ok(())
    }

    fn masked_store(&mut self, inst: Inst, cond: Reg, when: bool) -> Result<()> {
        let (val, buf, address) = match inst {
            Inst::Store8 { val, buf, base, idx, off }
            | Inst::Store4 { val, buf, base, idx, off }
            | Inst::Store1 { val, buf, base, idx, off } => (val, buf, Address { base, idx, off }),
            _ => return Err(Unsupported),
        };
        let dtype = self.slots[buf.index()].dtype;
        let depth = self.depth();
        let old = self.new_reg(dtype, depth)?;
        let load = with_dst(load_inst(dtype, buf, address), old);
        self.scope().code.push(load.into());
        let (b, c) = if when { (val, old) } else { (old, val) };
        let dst = self.new_reg(dtype, depth)?;
        self.scope().code.push(Inst::Select { dst, a: cond, b, c }.into());
        let mut store = inst;
        if let Inst::Store8 { val, .. } | Inst::Store4 { val, .. } | Inst::Store1 { val, .. } = &mut store {
            *val = dst;
        }
        self.scope().code.push(store.into());
        Ok(())
    }
}

/// Cheaper than a jump that may be mispredicted.
fn is_cheap(inst: &Inst) -> bool {
    inst.is_pure()
        && !matches!(
            inst,
            Inst::Math { .. }
                | Inst::Math2 { .. }
                | Inst::CallPure { .. }
                | Inst::DivF64 { .. }
                | Inst::DivF32 { .. }
                | Inst::SqrtF64 { .. }
                | Inst::SqrtF32 { .. }
                | Inst::FmaF64 { .. }
                | Inst::FmaF32 { .. }
        )
}
