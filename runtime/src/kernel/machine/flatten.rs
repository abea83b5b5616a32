//! From the code tree to bytecode with jumps.

use super::strip::StripPlan;
use crate::dtype::DType;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Branch, Code, Item, Loop, Selector, TrapId, While, parallel_moves};

/// Bytecode and its tables.
#[derive(Default, Debug)]
pub(in crate::kernel) struct Flat {
    pub code: Vec<Inst>,
    /// For each instruction that can fail, what to report.
    pub traps: Vec<Option<TrapId>>,
    /// Relative targets of each `JumpTable`.
    pub tables: Vec<Vec<i32>>,
    pub strips: Vec<StripPlan>,
    /// The number of registers.
    pub registers: usize,
}

/// `zero` is a register that holds 0. `None` when there are too many registers.
pub(in crate::kernel) fn flatten(code: Code, registers: usize, zero: Reg, uses: &[u32]) -> Option<Flat> {
    let mut f = Flattener { out: Flat { registers, ..Flat::default() }, zero, uses, scratch: Vec::new() };
    f.list(code)?;
    f.emit(Inst::Halt);
    Some(f.out)
}

struct Flattener<'u> {
    out: Flat,
    zero: Reg,
    uses: &'u [u32],
    /// Registers that break cycles of moves.
    scratch: Vec<Reg>,
}

impl Flattener<'_> {
    fn here(&self) -> usize {
        self.out.code.len()
    }

    fn emit(&mut self, inst: Inst) -> usize {
        self.out.code.push(inst);
        self.out.traps.push(None);
        self.here() - 1
    }

    /// Makes the jump at `from` go to the next instruction to be emitted.
    fn land(&mut self, from: usize) -> Option<()> {
        let to = i32::try_from(self.here() - from).ok()?;
        *self.out.code[from].target()? = to;
        Some(())
    }

    fn back(&self, target: usize) -> Option<i32> {
        i32::try_from(target as i64 - self.here() as i64).ok()
    }

    fn list(&mut self, code: Code) -> Option<()> {
        let start = self.here();
        let mut run = start;
        for item in code {
            match item {
                Item::Inst(inst, trap) => {
                    let at = self.emit(inst);
                    self.out.traps[at] = trap;
                    continue;
                }
                Item::Loop(l) => self.counted(*l)?,
                Item::While(w) => self.conditional(*w)?,
                Item::Branch(b) => self.branch(*b, run)?,
            }
            run = self.here();
        }
        Some(())
    }

    fn moves(&mut self, moves: &[(Reg, Reg)]) -> Option<()> {
        let mut used = 0;
        let mut fail = false;
        let (scratch, registers) = (&mut self.scratch, &mut self.out.registers);
        let insts = parallel_moves(moves, || {
            if used == scratch.len() {
                let id = u16::try_from(*registers);
                fail |= id.is_err();
                scratch.push(Reg(id.unwrap_or(0)));
                *registers += 1;
            }
            used += 1;
            scratch[used - 1]
        });
        for inst in insts {
            self.emit(inst);
        }
        (!fail).then_some(())
    }

    fn counted(&mut self, l: Loop) -> Option<()> {
        let guard = l.guard.map(|(count, dtype)| {
            let (a, b) = (count, self.zero);
            self.emit(match dtype {
                DType::I32 | DType::I64 => Inst::IfLeS { a, b, to: 0 },
                _ => Inst::IfEqI { a, b, to: 0 },
            })
        });
        let strip = l.strip.map(|plan| {
            self.out.strips.push(*plan);
            let id = self.out.strips.len() as u32 - 1;
            self.emit(Inst::Strip { id, to: 0 })
        });
        let top = self.here();
        self.list(l.body)?;
        self.moves(&l.moves)?;
        let to = self.back(top)?;
        self.emit(Inst::LoopNext { iv: l.iv, end: l.end, step: l.step, to });
        for jump in guard.into_iter().chain(strip) {
            self.land(jump)?;
        }
        Some(())
    }

    fn conditional(&mut self, w: While) -> Option<()> {
        let enter = self.emit(Inst::Jump { to: 0 });
        let top = self.here();
        self.list(w.body)?;
        self.moves(&w.moves)?;
        self.land(enter)?;
        let head = self.here();
        self.list(w.head)?;
        let inst = self.jump_on(w.cond, true, head);
        let at = self.emit(inst);
        let to = i32::try_from(top as i64 - at as i64).ok()?;
        *self.out.code[at].target()? = to;
        Some(())
    }

    fn branch(&mut self, b: Branch, run: usize) -> Option<()> {
        let (idx, signed) = match b.selector {
            Selector::Index { idx, signed } => (idx, signed),
            Selector::Bool(cond) => return self.two_way(cond, b.arms, run),
        };
        let id = self.out.tables.len() as u32;
        self.out.tables.push(Vec::new());
        let at = self.emit(Inst::JumpTable { idx, signed, id });
        let mut exits = Vec::new();
        let mut targets = Vec::new();
        for (code, moves) in b.arms {
            targets.push(i32::try_from(self.here() - at).ok()?);
            self.list(code)?;
            self.moves(&moves)?;
            exits.push(self.emit(Inst::Jump { to: 0 }));
        }
        self.out.tables[id as usize] = targets;
        exits.into_iter().try_for_each(|exit| self.land(exit))
    }

    fn two_way(&mut self, cond: Reg, arms: Vec<(Code, Vec<(Reg, Reg)>)>, run: usize) -> Option<()> {
        let mut arms = arms.into_iter();
        let ((then, then_moves), (other, other_moves)) = (arms.next()?, arms.next()?);
        let empty = |code: &Code, moves: &[(Reg, Reg)]| code.is_empty() && moves.is_empty();
        if empty(&then, &then_moves) {
            if empty(&other, &other_moves) {
                return Some(());
            }
            let inst = self.jump_on(cond, true, run);
            let skip = self.emit(inst);
            self.list(other)?;
            self.moves(&other_moves)?;
            return self.land(skip);
        }
        let inst = self.jump_on(cond, false, run);
        let skip = self.emit(inst);
        self.list(then)?;
        self.moves(&then_moves)?;
        if empty(&other, &other_moves) {
            return self.land(skip);
        }
        let exit = self.emit(Inst::Jump { to: 0 });
        self.land(skip)?;
        self.list(other)?;
        self.moves(&other_moves)?;
        self.land(exit)
    }

    /// A jump when `cond` is `when`. A comparison made only for it, since `run`, becomes part of it.
    fn jump_on(&mut self, cond: Reg, when: bool, run: usize) -> Inst {
        let plain = match when {
            true => Inst::JumpIf { cond, to: 0 },
            false => Inst::JumpUnless { cond, to: 0 },
        };
        if self.uses[cond.index()] != 1 {
            return plain;
        }
        let Some(at) = (run..self.here()).rev().find(|&k| self.out.code[k].dst() == Some(cond)) else {
            return plain;
        };
        let compare = self.out.code[at];
        let unchanged =
            self.out.code[at + 1..].iter().all(|i| i.dst().is_none_or(|d| compare.reads().all(|r| r != d)));
        let Some(jump) = compare_jump(compare, when) else { return plain };
        if !unchanged {
            return plain;
        }
        // Nothing since `run` jumps, so no target moves.
        self.out.code.remove(at);
        self.out.traps.remove(at);
        jump
    }
}

/// A comparison and the jump on it, as one.
fn compare_jump(compare: Inst, when: bool) -> Option<Inst> {
    use Inst::*;
    let to = 0;
    Some(match (compare, when) {
        (EqI { a, b, .. }, true) | (NeI { a, b, .. }, false) => IfEqI { a, b, to },
        (NeI { a, b, .. }, true) | (EqI { a, b, .. }, false) => IfNeI { a, b, to },
        (LtS { a, b, .. }, true) => IfLtS { a, b, to },
        (LeS { a, b, .. }, true) => IfLeS { a, b, to },
        (LtU { a, b, .. }, true) => IfLtU { a, b, to },
        (LeU { a, b, .. }, true) => IfLeU { a, b, to },
        // Of integers, not less is greater or equal; of floats there is NaN.
        (LtS { a, b, .. }, false) => IfLeS { a: b, b: a, to },
        (LeS { a, b, .. }, false) => IfLtS { a: b, b: a, to },
        (LtU { a, b, .. }, false) => IfLeU { a: b, b: a, to },
        (LeU { a, b, .. }, false) => IfLtU { a: b, b: a, to },
        (EqF64 { a, b, .. }, true) | (NeF64 { a, b, .. }, false) => IfEqF64 { a, b, to },
        (NeF64 { a, b, .. }, true) | (EqF64 { a, b, .. }, false) => IfNeF64 { a, b, to },
        (LtF64 { a, b, .. }, true) => IfLtF64 { a, b, to },
        (LeF64 { a, b, .. }, true) => IfLeF64 { a, b, to },
        (LtF64 { a, b, .. }, false) => UnlessLtF64 { a, b, to },
        (LeF64 { a, b, .. }, false) => UnlessLeF64 { a, b, to },
        _ => return None,
    })
}
