//! Which arrays of the caller a kernel may update where they lie.
//!
//! After an error the caller's arrays are as they were. So a kernel works on a copy of an argument unless nothing can
//! fail any more once it has begun to change it.

use super::inst::{Buf, Inst};
use super::ir::{Code, Item, Kernel, TrapId};
use std::collections::BTreeSet;

/// The slots of which no element is stored to before an instruction that can fail.
pub(super) fn stored_last(kernel: &Kernel) -> BTreeSet<Buf> {
    let mut walk = Walk::default();
    // Exchanging buffers changes no element, but any of those that are exchanged may be in each of their slots.
    for_each_inst(&kernel.code, &mut |inst, _| {
        if let Inst::SwapBuf { a, b } = inst {
            walk.swapped.extend([*a, *b]);
        }
    });
    walk.code(&kernel.code);
    let slots = (0..kernel.slots.len()).map(|k| Buf(k as u16));
    slots.filter(|slot| !walk.too_early.contains(slot)).collect()
}

#[derive(Default)]
struct Walk {
    swapped: BTreeSet<Buf>,
    /// What may have been stored to on some path to here.
    stored: BTreeSet<Buf>,
    /// What may have been stored to before something fails.
    too_early: BTreeSet<Buf>,
}

impl Walk {
    fn code(&mut self, code: &Code) {
        for item in code {
            match item {
                Item::Inst(inst, trap) => {
                    if fails(inst, *trap) {
                        self.too_early.extend(&self.stored);
                    }
                    self.store(inst);
                }
                Item::Loop(l) => self.repeated(&[&l.body]),
                Item::While(w) => self.repeated(&[&w.head, &w.body]),
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
    fn repeated(&mut self, parts: &[&Code]) {
        let mut failing = false;
        for part in parts {
            for_each_inst(part, &mut |inst, trap| {
                failing |= fails(inst, trap);
                self.store(inst);
            });
        }
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
}

fn fails(inst: &Inst, trap: Option<TrapId>) -> bool {
    trap.is_some() || inst.may_fail()
}

fn for_each_inst(code: &Code, f: &mut dyn FnMut(&Inst, Option<TrapId>)) {
    for item in code {
        match item {
            Item::Inst(inst, trap) => f(inst, *trap),
            Item::Loop(l) => for_each_inst(&l.body, f),
            Item::While(w) => {
                for_each_inst(&w.head, f);
                for_each_inst(&w.body, f);
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| for_each_inst(arm, f)),
        }
    }
}
