//! Equal computations on every path to each other are made once, and an equal check is made once; then what nobody
//! reads is dropped.
//!
//! Everything is numbered: each register and each slot gets a new number wherever it may change, so that equal
//! instructions with operands of equal numbers give the same value. What a list computes is known in the lists
//! inside it and behind it, not outside.

use super::flatten::writes;
use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, for_each_code, for_each_reg};
use super::passes;
use crate::hash::HashMap;

/// Joins equal computations everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let mut joiner = Joiner {
        writes: writes(&mut code, kernel.regs.len()),
        regs: vec![0; kernel.regs.len()],
        slots: vec![0; kernel.slots.len()],
        last: 0,
        made: HashMap::default(),
        renamed: HashMap::default(),
        kernel,
    };
    joiner.list(&mut code);
    let renamed = joiner.renamed;
    let rename = |r: &mut Reg| *r = renamed.get(r).copied().unwrap_or(*r);
    for_each_reg(&mut code, &mut |role, r| {
        if role == Role::Read {
            rename(r);
        }
    });
    kernel.results.iter_mut().for_each(rename);
    for product in &mut kernel.matmuls {
        rename(&mut product.n);
        rename(&mut product.left.offset);
        rename(&mut product.right.offset);
    }
    kernel.code = code;
}

/// Drops what only computes and loads values that nobody reads; checks stay.
pub(super) fn drop_dead(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    passes::drop_dead(&mut code, kernel.regs.len(), &kernel.results);
    kernel.code = code;
}

/// An instruction without its result, with the numbers of what it reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    inst: Inst,
    regs: [u32; 5],
    slot: u32,
}

struct Joiner<'k> {
    kernel: &'k Kernel,
    writes: Vec<u32>,
    /// The numbers now.
    regs: Vec<u32>,
    slots: Vec<u32>,
    last: u32,
    /// What is known here, and in which register it is; checks have none.
    made: HashMap<Key, Option<Reg>>,
    /// Registers that another one stands for.
    renamed: HashMap<Reg, Reg>,
}

impl Joiner<'_> {
    fn list(&mut self, code: &mut Code) {
        let mut known = Vec::new();
        code.retain_mut(|item| {
            match item {
                Item::Inst(inst, _) => return self.inst(inst, &mut known),
                Item::Loop(_) | Item::While(_) => self.changed_by(item),
                Item::Branch(_) => {}
            }
            match item {
                Item::Inst(..) => {}
                Item::Loop(l) => self.list(&mut l.body),
                Item::While(w) => {
                    self.list(&mut w.head);
                    self.list(&mut w.body);
                }
                Item::Branch(b) => {
                    b.arms.iter_mut().for_each(|(arm, _)| self.list(arm));
                    b.arms.iter().flat_map(|arm| &arm.1).for_each(|m| self.set(m.0));
                }
            }
            true
        });
        for key in known {
            self.made.remove(&key);
        }
    }

    /// What an iteration changes has another value in the next one.
    fn changed_by(&mut self, item: &mut Item) {
        for_each_reg(std::slice::from_mut(item), &mut |role, r| {
            if role != Role::Read {
                self.set(*r);
            }
        });
        for_each_code(&mut vec![item.clone()], &mut |list| {
            for item in list.iter() {
                if let Item::Inst(inst, _) = item {
                    self.store(inst);
                }
            }
        });
    }

    fn set(&mut self, r: Reg) {
        self.last += 1;
        self.regs[r.index()] = self.last;
    }

    fn store(&mut self, inst: &Inst) {
        if !inst.is_load() {
            for buf in inst.bufs().into_iter().flatten() {
                self.last += 1;
                self.slots[buf.index()] = self.last;
            }
        }
    }

    /// Whether the instruction stays; `known` takes in what the list knows behind it.
    fn inst(&mut self, inst: &mut Inst, known: &mut Vec<Key>) -> bool {
        inst.for_each_reg(|role, r| {
            if role == Role::Read {
                *r = self.renamed.get(r).copied().unwrap_or(*r);
            }
        });
        let key = self.key(inst);
        self.store(inst);
        let dst = inst.dst();
        dst.iter().for_each(|&dst| self.set(dst));
        let once = dst.is_none_or(|dst| self.writes[dst.index()] == 1);
        if !once || !(inst.may_fail() || inst.is_pure()) || matches!(inst, Inst::Mov { .. }) {
            return true;
        }
        match (self.made.get(&key), dst) {
            (None, _) => {
                self.made.insert(key, dst);
                known.push(key);
                true
            }
            (Some(&Some(first)), Some(dst)) if self.stands_for(first, dst) => {
                self.renamed.insert(dst, first);
                false
            }
            (Some(None), None) => false,
            _ => true,
        }
    }

    /// As much is known of the one as of the other.
    fn stands_for(&self, first: Reg, second: Reg) -> bool {
        let range = |r: Reg| self.kernel.ranges[r.index()];
        let dtype = |r: Reg| self.kernel.regs[r.index()];
        dtype(first) == dtype(second) && range(first).within(range(second))
    }

    fn key(&self, inst: &Inst) -> Key {
        let mut regs = [0; 5];
        regs.iter_mut().zip(inst.reads()).for_each(|(number, r)| *number = self.regs[r.index()]);
        let mut inst = *inst;
        let mut operands: Vec<Reg> = inst.reads().collect();
        if commutes(&inst) && regs[0] > regs[1] {
            regs.swap(0, 1);
            operands.swap(0, 1);
        }
        let mut operands = operands.into_iter();
        inst.for_each_reg(|role, r| {
            *r = if role == Role::Write { Reg(0) } else { operands.next().unwrap_or(*r) }
        });
        let slot = inst.bufs()[0].map_or(0, |b| self.slots[b.index()]);
        Key { inst, regs, slot }
    }
}

/// Its operands can be exchanged (but for which of two NaNs comes out).
fn commutes(inst: &Inst) -> bool {
    use Inst::*;
    matches!(
        inst,
        AddF64 { .. }
            | MulF64 { .. }
            | AddF32 { .. }
            | MulF32 { .. }
            | AddI { .. }
            | MulI { .. }
            | AddW { .. }
            | MulW { .. }
    )
}
