//! Lists, branches and loops.

use super::super::inst::Reg;
use super::super::ir::{Branch, Code, Item, Loop, Selector, While};
use super::super::tile;
use super::function::Function;
use super::lanes::Plan;
use super::unit::for_each_write;
use crate::dtype::DType;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, JumpTableData, Value, types};

/// Conditions of `while` loops up to this length are written twice, before the loop and at its end.
const SHORT_HEAD: usize = 16;

impl<'k> Function<'_, 'k> {
    pub fn list(&mut self, code: &'k [Item]) {
        for item in code {
            match item {
                Item::Inst(inst, trap) => self.inst(inst, *trap),
                Item::Loop(l) => self.counted(l),
                Item::While(w) => self.conditional(w),
                Item::Branch(b) => self.branch(b),
            }
        }
    }

    /// Moves that happen at once.
    pub fn moves(&mut self, moves: &[(Reg, Reg)]) {
        let values: Vec<Value> = moves.iter().map(|m| self.get(m.1)).collect();
        moves.iter().zip(values).for_each(|(m, value)| self.set(m.0, value));
    }

    /// Runs `f` with what `code` sets marked as changing in a loop of its own.
    pub fn in_loop(&mut self, iv: Reg, code: &[&'k [Item]], moves: &[(Reg, Reg)], f: impl FnOnce(&mut Self)) {
        let mut set = vec![iv];
        code.iter().for_each(|code| for_each_write(code, &mut |r| set.push(r)));
        set.extend(moves.iter().map(|m| m.0));
        self.depth += 1;
        set.iter().for_each(|r| self.changes[r.index()] = self.depth);
        f(self);
        self.depth -= 1;
        set.iter().for_each(|r| self.changes[r.index()] = self.depth);
    }

    fn counted(&mut self, l: &'k Loop) {
        let exit = l.guard.map(|(count, dtype)| {
            let (body, exit) = (self.b.create_block(), self.b.create_block());
            let count = self.bits(count);
            let none = match dtype {
                DType::I32 | DType::I64 => IntCC::SignedLessThanOrEqual,
                _ => IntCC::Equal,
            };
            let skip = self.b.ins().icmp_imm_s(none, count, 0);
            self.b.ins().brif(skip, exit, &[], body, &[]);
            self.continue_in(body);
            exit
        });
        match l.mark.parallel {
            Some(cost) if !self.inside_body && self.launches(l) => self.launch(l, cost),
            _ => self.sequential(l),
        }
        if let Some(exit) = exit {
            self.b.ins().jump(exit, &[]);
            self.continue_in(exit);
        }
    }

    /// A loop in this thread; the index is set.
    pub fn sequential(&mut self, l: &'k Loop) {
        let end = self.bits(l.end);
        if l.mark.folds.is_empty() {
            let start = self.bits(l.iv);
            self.range(l, start, end);
        } else {
            self.folded(l, end);
        }
    }

    /// The iterations from an index to another, which is not the same, of a loop without folds.
    pub fn range(&mut self, l: &'k Loop, start: Value, end: Value) {
        self.set(l.iv, start);
        match self.tiled(l) {
            Some(tiled) => {
                let trips = self.trips(l, start, end);
                self.tiles(l, &tiled, trips, end, &[]);
            }
            None => match self.plain_groups(l) {
                Some(plan) => {
                    let trips = self.trips(l, start, end);
                    self.vectors(l, &plan, trips, end);
                }
                None => self.plain_loop(l, end, |_| ()),
            },
        }
    }

    /// The groups of a vector loop that needs no tiles.
    fn plain_groups(&self, l: &Loop) -> Option<Plan> {
        if !l.mark.vector {
            return None;
        }
        let tiled = tile::tiles(self.unit.kernel, l)?;
        self.grouped(l, tiled.plain()?, &[], None)
    }

    /// How many iterations there are from an index to another.
    pub fn trips(&mut self, l: &Loop, start: Value, end: Value) -> Value {
        let distance = self.b.ins().isub(end, start);
        match l.stride {
            1 => distance,
            -1 => self.b.ins().ineg(distance),
            stride => {
                let stride = self.number(stride);
                self.b.ins().sdiv(distance, stride)
            }
        }
    }

    /// The loop as it is written, up to an index that is not the first one; `last` runs at the end of each
    /// iteration.
    pub fn plain_loop(&mut self, l: &'k Loop, end: Value, last: impl FnOnce(&mut Self)) {
        let (top, exit) = (self.b.create_block(), self.b.create_block());
        self.b.ins().jump(top, &[]);
        self.b.switch_to_block(top);
        self.in_loop(l.iv, &[&l.body], &l.moves, |f| {
            f.list(&l.body);
            f.moves(&l.moves);
            last(f);
            f.advance(l);
            let iv = f.bits(l.iv);
            let more = f.b.ins().icmp(IntCC::NotEqual, iv, end);
            f.b.ins().brif(more, top, &[], exit, &[]);
        });
        self.b.seal_block(top);
        self.continue_in(exit);
    }

    /// The index of the next iteration.
    pub fn advance(&mut self, l: &Loop) {
        let iv = self.bits(l.iv);
        let next = self.b.ins().iadd_imm_s(iv, l.stride);
        self.set(l.iv, next);
    }

    fn conditional(&mut self, w: &'k While) {
        let short = w.head.len() <= SHORT_HEAD && w.head.iter().all(|i| matches!(i, Item::Inst(..)));
        let zero = self.unit.kernel.zero;
        let (head, body, exit) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        if short {
            self.list(&w.head);
            let cond = self.bits(w.cond);
            self.b.ins().brif(cond, body, &[], exit, &[]);
        } else {
            self.b.ins().jump(head, &[]);
            self.b.switch_to_block(head);
        }
        // `zero` stands for an index, which there is none; it never changes.
        self.in_loop(zero, &[&w.head, &w.body], &w.moves, |f| {
            if !short {
                f.list(&w.head);
                let cond = f.bits(w.cond);
                f.b.ins().brif(cond, body, &[], exit, &[]);
            }
            f.b.switch_to_block(body);
            f.list(&w.body);
            f.moves(&w.moves);
            if short {
                f.list(&w.head);
                let cond = f.bits(w.cond);
                f.b.ins().brif(cond, body, &[], exit, &[]);
            } else {
                f.b.ins().jump(head, &[]);
            }
        });
        self.b.seal_block(body);
        self.b.seal_block(head);
        self.continue_in(exit);
    }

    fn arm(&mut self, code: &'k Code, moves: &[(Reg, Reg)]) {
        self.list(code);
        self.moves(moves);
    }

    fn branch(&mut self, b: &'k Branch) {
        let exit = self.b.create_block();
        let blocks: Vec<_> = b.arms.iter().map(|_| self.b.create_block()).collect();
        match b.selector {
            Selector::Bool(cond) => {
                let cond = self.bits(cond);
                self.b.ins().brif(cond, blocks[0], &[], blocks[1], &[]);
            }
            Selector::Index { idx, signed } => {
                let last = blocks.len() as i64 - 1;
                let mut idx = self.bits(idx);
                if signed {
                    let zero = self.number(0);
                    let negative = self.b.ins().icmp(IntCC::SignedLessThan, idx, zero);
                    idx = self.b.ins().select(negative, zero, idx);
                }
                let high = self.number(last);
                let above = self.b.ins().icmp(IntCC::UnsignedGreaterThan, idx, high);
                let idx = self.b.ins().select(above, high, idx);
                let idx = self.b.ins().ireduce(types::I32, idx);
                let pool = &mut self.b.func.dfg.value_lists;
                let calls: Vec<_> =
                    blocks.iter().map(|&b| cranelift_codegen::ir::BlockCall::new(b, [], pool)).collect();
                let table = JumpTableData::new(calls[blocks.len() - 1], &calls);
                let table = self.b.create_jump_table(table);
                self.b.ins().br_table(idx, table);
            }
        }
        for ((code, moves), block) in b.arms.iter().zip(blocks) {
            self.continue_in(block);
            self.arm(code, moves);
            self.b.ins().jump(exit, &[]);
        }
        self.continue_in(exit);
    }
}
