//! Which arrays of the caller a kernel may update where they lie.
//!
//! After an error the caller's arrays are as they were. So a kernel works on a copy of an argument unless nothing can
//! fail any more once it has begun to change it. An index that is the counter of a loop up to an argument,
//! `for t in 0..steps { .. source[t] .. }`, fails for some arguments only: that is for the call to find out.

use super::inst::{Buf, Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, Loop, TrapId, for_each_reg};
use crate::dtype::Literal;
use std::collections::BTreeSet;

/// What may be updated in place.
#[derive(Debug)]
pub(super) struct InPlace {
    /// The slots of which no element is stored to before something fails, where all conditions hold.
    pub stored_last: BTreeSet<Buf>,
    /// Integer arguments and the greatest value of each.
    pub conditions: Vec<(Reg, u64)>,
}

impl InPlace {
    pub fn of(kernel: &Kernel) -> InPlace {
        let mut walk = Walk {
            kernel,
            loops: Vec::new(),
            swapped: BTreeSet::new(),
            stored: BTreeSet::new(),
            too_early: BTreeSet::new(),
            conditions: BTreeSet::new(),
        };
        // Exchanging buffers changes no element, but any of those that are exchanged may be in each of their slots.
        let mut exchanged = Vec::new();
        walk.each_inst(&kernel.code, &mut |_, inst, _| {
            if let Inst::SwapBuf { a, b } = inst {
                exchanged.extend([*a, *b]);
            }
        });
        walk.swapped.extend(exchanged);
        walk.code(&kernel.code);
        let slots = (0..kernel.slots.len()).map(|k| Buf(k as u16));
        InPlace {
            stored_last: slots.filter(|slot| !walk.too_early.contains(slot)).collect(),
            conditions: walk.conditions.into_iter().collect(),
        }
    }

    /// All conditions hold.
    pub fn applies(&self, registers: &[u64]) -> bool {
        self.conditions.iter().all(|&(r, most)| registers[r.index()] <= most)
    }
}

struct Walk<'k> {
    kernel: &'k Kernel,
    /// The loops around.
    loops: Vec<&'k Loop>,
    swapped: BTreeSet<Buf>,
    /// What may have been stored to on some path to here.
    stored: BTreeSet<Buf>,
    /// What may have been stored to before something fails.
    too_early: BTreeSet<Buf>,
    conditions: BTreeSet<(Reg, u64)>,
}

impl<'k> Walk<'k> {
    fn code(&mut self, code: &'k Code) {
        for item in code {
            match item {
                Item::Inst(inst, trap) => {
                    if self.fails(inst, *trap) {
                        self.too_early.extend(&self.stored);
                    }
                    self.store(inst);
                }
                Item::Loop(_) | Item::While(_) => self.repeated(item),
                Item::Branch(b) => {
                    let (before, mut after) = (self.stored.clone(), self.stored.clone());
                    for (arm, _) in &b.arms {
                        self.stored.clone_from(&before);
                        self.code(arm);
                        after.append(&mut self.stored);
                    }
                    self.stored = after;
                }
            }
        }
    }

    /// What one iteration stores has been stored when something fails in the next one.
    fn repeated(&mut self, item: &'k Item) {
        let mut failing = false;
        self.each_inst(std::slice::from_ref(item), &mut |walk, inst, trap| {
            failing |= walk.fails(inst, trap);
            walk.store(inst);
        });
        if failing {
            self.too_early.extend(&self.stored);
        }
    }

    fn store(&mut self, inst: &Inst) {
        let slot = match *inst {
            Inst::CopyBuf { dst, .. } | Inst::Matmul { dst, .. } => Some(dst),
            _ if inst.is_store() => inst.bufs()[0],
            _ => None,
        };
        if let Some(slot) = slot {
            self.stored.insert(slot);
            if self.swapped.contains(&slot) {
                self.stored.extend(&self.swapped);
            }
        }
    }

    /// The instruction can fail, also where the conditions hold.
    fn fails(&mut self, inst: &Inst, trap: Option<TrapId>) -> bool {
        if trap.is_none() && !inst.may_fail() {
            return false;
        }
        let condition = self.condition(inst);
        self.conditions.extend(condition);
        condition.is_none()
    }

    /// The check is of a loop's counter, which stays below an argument: that this is at most the length.
    fn condition(&self, inst: &Inst) -> Option<(Reg, u64)> {
        let Inst::CheckIndex { idx, len } = *inst else { return None };
        let l = self.loops.iter().rev().find(|l| l.iv == idx)?;
        let counts_up = l.stride > 0 && self.kernel.ranges[idx.index()].lo >= 0;
        let kept = self.kernel.arguments.contains(&l.end) && !sets(&self.kernel.code, l.end);
        let len = self.kernel.constant(len).and_then(Literal::as_i128).and_then(|n| u64::try_from(n).ok())?;
        (counts_up && kept && !sets(&l.body, idx)).then_some((l.end, len))
    }

    /// Calls `f` for every instruction, with the loops around it.
    fn each_inst(&mut self, code: &'k [Item], f: &mut dyn FnMut(&mut Self, &Inst, Option<TrapId>)) {
        for item in code {
            match item {
                Item::Inst(inst, trap) => f(self, inst, *trap),
                Item::Loop(l) => {
                    self.loops.push(l);
                    self.each_inst(&l.body, f);
                    self.loops.pop();
                }
                Item::While(w) => {
                    self.each_inst(&w.head, f);
                    self.each_inst(&w.body, f);
                }
                Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| self.each_inst(arm, f)),
            }
        }
    }
}

/// The code sets the register.
fn sets(code: &Code, r: Reg) -> bool {
    let mut found = false;
    for_each_reg(&mut code.clone(), &mut |role, set| found |= role != Role::Read && *set == r);
    found
}
