//! Copies of code with registers of their own: many passes rely on a register being set in one place.

use super::inst::{Reg, Role};
use super::ir::{Code, Kernel, for_each_reg};
use super::promote::new_reg;
use crate::hash::HashMap;
use std::collections::BTreeSet;

/// Registers are numbered in 16 bits; passes that make many stop here.
pub(super) const REGISTERS: usize = 60_000;

/// Whoever reads a register that has another name now reads that one.
pub(super) fn rename_reads(code: &mut Code, results: &mut [Reg], renamed: &HashMap<Reg, Reg>) {
    let resolve = |r: &mut Reg| {
        while let Some(&to) = renamed.get(r) {
            *r = to;
        }
    };
    for_each_reg(code, &mut |role, r| {
        if role == Role::Read {
            resolve(r);
        }
    });
    results.iter_mut().for_each(resolve);
}

/// The new names of registers in a copy.
pub(super) struct Copies<'k> {
    kernel: &'k mut Kernel,
    names: HashMap<Reg, Reg>,
}

impl<'k> Copies<'k> {
    pub fn new(kernel: &'k mut Kernel) -> Copies<'k> {
        Copies { kernel, names: HashMap::default() }
    }

    /// From here on, `to` stands for `from`.
    pub fn rename(&mut self, from: Reg, to: Reg) {
        self.names.insert(from, to);
    }

    /// What stands for a register.
    pub fn name(&self, r: Reg) -> Reg {
        self.names.get(&r).copied().unwrap_or(r)
    }

    pub fn kernel(&mut self) -> &mut Kernel {
        self.kernel
    }

    /// A copy of a list and of the moves at its end. What it sets gets a new register, `kept` aside.
    pub fn code(
        &mut self,
        code: &Code,
        moves: &[(Reg, Reg)],
        kept: &BTreeSet<Reg>,
    ) -> (Code, Vec<(Reg, Reg)>) {
        let mut copy = code.clone();
        let mut set = BTreeSet::new();
        for_each_reg(&mut copy, &mut |role, r| {
            if role != Role::Read && !kept.contains(r) {
                set.insert(*r);
            }
        });
        for r in set {
            if !self.names.contains_key(&r) {
                let new = self.register(r);
                self.names.insert(r, new);
            }
        }
        for_each_reg(&mut copy, &mut |_, r| *r = self.name(*r));
        (copy, moves.iter().map(|&(to, from)| (self.name(to), self.name(from))).collect())
    }

    /// A new register for the same values.
    pub fn register(&mut self, r: Reg) -> Reg {
        let new = new_reg(self.kernel, self.kernel.regs[r.index()]);
        self.kernel.ranges[new.index()] = self.kernel.ranges[r.index()];
        if let Some((_, name)) = self.kernel.names.iter().find(|n| n.0 == r) {
            let name = name.clone();
            self.kernel.names.push((new, name));
        }
        new
    }
}
