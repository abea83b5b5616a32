//! Vector loops: the plain ones as they are, the others in tiles, one step after the other.

use super::super::inst::{Inst, Reg};
use super::super::ir::Loop;
use super::super::math::reduce::BLOCK;
use super::super::tile::{self, Step, Tiled};
use super::folds::{Running, width};
use super::function::{Function, OnFailure, plain, type_of};
use super::lanes::Plan;
use crate::hash::HashMap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use std::collections::hash_map::Entry;

/// A stretch that runs in groups of iterations, and the rest one by one.
struct InGroups<'s> {
    plan: &'s Plan,
    buffers: &'s Buffers,
    reads: &'s [Reg],
    writes: &'s [Reg],
}

/// The buffers of a tile, by register.
pub(super) type Buffers = HashMap<Reg, Value>;

impl<'k> Function<'_, 'k> {
    /// How a vector loop is cut.
    pub fn tiled(&self, l: &Loop) -> Option<Tiled> {
        if !l.mark.vector {
            return None;
        }
        let tiled = tile::tiles(self.unit.kernel, l)?;
        // Without buffers or checks there is nothing to gain from tiles.
        (tiled.plain().is_none() || !l.mark.folds.is_empty()).then_some(tiled)
    }

    /// A loop that calls functions of tiles.
    pub fn calls(&self, l: &Loop) -> bool {
        self.tiled(l).is_some_and(|t| t.steps.iter().any(|step| matches!(step, Step::Call { .. })))
    }

    /// Runs a loop in tiles.
    pub fn tiles(&mut self, l: &'k Loop, tiled: &Tiled, trips: Value, end: Value, running: &[Running]) {
        let mut buffers = Buffers::default();
        for r in running {
            buffers.insert(r.fold.value, r.values);
        }
        for &r in &tiled.buffers {
            if let Entry::Vacant(entry) = buffers.entry(r) {
                entry.insert(self.room(BLOCK * width(self.dtype(r)) as usize));
            }
        }
        let (failed, exit) = (self.b.create_block(), self.b.create_block());
        let first = self.b.declare_var(types::I64);
        self.for_each_block(l, trips, |f, count| {
            let start = f.bits(l.iv);
            f.b.def_var(first, start);
            for step in &tiled.steps {
                f.step(l, step, &buffers, start, count, failed);
            }
            let distance = f.b.ins().imul_imm_s(count, l.stride);
            let next = f.b.ins().iadd(start, distance);
            f.set(l.iv, next);
            running.iter().for_each(|r| f.push(r, count));
        });
        self.b.ins().jump(exit, &[]);
        // The plain loop finds out where exactly a tile fails.
        self.b.seal_block(failed);
        if tiled.steps.iter().any(|step| matches!(step, Step::Check { .. })) {
            self.b.set_cold_block(failed);
            self.b.switch_to_block(failed);
            let start = self.b.use_var(first);
            self.set(l.iv, start);
            self.plain_loop(l, end, |_| ());
            self.b.ins().jump(exit, &[]);
        }
        self.continue_in(exit);
    }

    fn step(
        &mut self,
        l: &'k Loop,
        step: &Step,
        buffers: &Buffers,
        start: Value,
        count: Value,
        failed: cranelift_codegen::ir::Block,
    ) {
        match step {
            Step::Check { insts } => {
                let before = std::mem::replace(&mut self.on_failure, OnFailure::Leave(failed));
                self.each(l, insts, (start, count), None, |_, _| (), |_, _| ());
                self.on_failure = before;
            }
            Step::Compute { reads, insts, writes } => {
                let load = |f: &mut Self, at: Value| {
                    for &r in reads {
                        let place = f.buffered(buffers, r, at);
                        let ty = type_of(f.dtype(r));
                        let value = f.b.ins().load(ty, plain(), place, 0);
                        f.set(r, value);
                    }
                };
                let store = |f: &mut Self, at: Value| {
                    for &r in writes {
                        let place = f.buffered(buffers, r, at);
                        let value = f.get(r);
                        f.b.ins().store(plain(), value, place, 0);
                    }
                };
                let plan = self.grouped(l, insts, reads, None);
                let in_groups = plan.as_ref().map(|plan| InGroups { plan, buffers, reads, writes });
                self.each(l, insts, (start, count), in_groups, load, store);
            }
            Step::Call { function, dst, args } => {
                let address = self.library(*function);
                let all = std::iter::once(dst).chain(args).map(|r| buffers[r]).chain([count]);
                let all: Vec<Value> = all.collect();
                self.call(address, &vec![types::I64; all.len()], None, &all);
            }
        }
    }

    /// Where element `at` of a register's buffer is.
    fn buffered(&mut self, buffers: &Buffers, r: Reg, at: Value) -> Value {
        let bytes = self.scaled(at, width(self.dtype(r)));
        self.b.ins().iadd(buffers[&r], bytes)
    }

    /// Runs instructions for every iteration of a tile, `before` and `after` with its position in the tile.
    fn each(
        &mut self,
        l: &'k Loop,
        insts: &[Inst],
        (start, count): (Value, Value),
        in_groups: Option<InGroups<'_>>,
        before: impl FnOnce(&mut Self, Value),
        after: impl FnOnce(&mut Self, Value),
    ) {
        self.set(l.iv, start);
        let position = self.b.declare_var(types::I64);
        let zero = self.number(0);
        self.b.def_var(position, zero);
        let (top, exit) = (self.b.create_block(), self.b.create_block());
        if let Some(InGroups { plan, buffers, reads, writes }) = in_groups {
            let whole = self.groups(l, plan, count, |f, v| {
                let at = f.b.use_var(position);
                f.read_vectors(plan, v, buffers, reads, at);
                f.group(plan, v);
                f.write_vectors(plan, v, buffers, writes, at);
                let next = f.b.ins().iadd_imm_s(at, plan.group as i64);
                f.b.def_var(position, next);
            });
            let done = self.b.ins().icmp(IntCC::Equal, whole, count);
            self.b.ins().brif(done, exit, &[], top, &[]);
        } else {
            self.b.ins().jump(top, &[]);
        }
        self.b.switch_to_block(top);
        self.in_loop(l.iv, &[&l.body], &[], |f| {
            let at = f.b.use_var(position);
            before(f, at);
            insts.iter().for_each(|inst| f.inst(inst, None));
            after(f, at);
            f.advance(l);
            let next = f.b.ins().iadd_imm_s(at, 1);
            f.b.def_var(position, next);
            let more = f.b.ins().icmp(IntCC::NotEqual, next, count);
            f.b.ins().brif(more, top, &[], exit, &[]);
        });
        self.b.seal_block(top);
        self.continue_in(exit);
    }
}
