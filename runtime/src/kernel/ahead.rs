//! Functions of the vector mathematics in loops whose iterations depend on each other: where their own values do not, a
//! tile of them is computed ahead of the iterations that use them.

use super::flatten::{for_each_inst, writes};
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::invariant::set_by;
use super::ir::{Branch, Code, Item, Kernel, Loop, Mark, Selector};
use super::ranges::Interval;
use super::tile;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer iterations use the functions one by one.
pub(super) const FEW: u64 = 8;

/// More values than that are not kept.
const KEPT: usize = 8;

/// What a loop computes ahead.
pub(super) struct Ahead {
    /// The values that the iterations take.
    pub values: Vec<Reg>,
    /// These, and what nothing else needs: the iterations don't set them.
    pub made: Vec<Reg>,
    /// A loop that computes nothing else.
    pub alone: Loop,
}

/// What is known of the kernel around its loops.
pub(super) struct Finder<'k> {
    kernel: &'k Kernel,
    forms: Forms,
    writes: Vec<u32>,
}

impl<'k> Finder<'k> {
    pub fn of(kernel: &'k Kernel) -> Finder<'k> {
        let writes = writes(&mut kernel.code.clone(), kernel.regs.len());
        Finder { kernel, forms: Forms::of(kernel), writes }
    }

    /// In how many places a register is set.
    pub fn sets(&self, r: Reg) -> u32 {
        self.writes.get(r.index()).copied().unwrap_or(0)
    }

    /// What an innermost loop can compute ahead, if that is worth it.
    pub fn ahead(&self, l: &Loop) -> Option<Ahead> {
        if l.max_trips.is_some_and(|n| n < FEW) || !calls(self.kernel, &l.body)? {
            return None;
        }
        let mut body =
            Body { finder: self, l, set: set_by(l), stored: stored(&l.body), fixed: BTreeMap::new() };
        let mut fixed = Vec::new();
        body.list(&l.body, &mut fixed);
        let values = body.wanted();
        if values.is_empty() || values.len() > KEPT {
            return None;
        }
        let mut needed: BTreeSet<Reg> = values.iter().copied().collect();
        let mut slice = Code::new();
        for inst in fixed.into_iter().rev() {
            if inst.dst().is_some_and(|dst| needed.contains(&dst)) {
                needed.extend(inst.reads());
                slice.push(inst.into());
            }
        }
        slice.reverse();
        let alone = Loop { body: slice, moves: Vec::new(), mark: Mark::default(), ..l.clone() };
        let made = body.fixed.iter().filter(|(_, dear)| **dear).map(|(r, _)| *r).collect();
        Some(Ahead { values, made, alone })
    }
}

/// Whether an innermost loop calls a function that has a form for tiles; `None` for loops around others.
fn calls(kernel: &Kernel, code: &Code) -> Option<bool> {
    code.iter().try_fold(false, |found, item| match item {
        Item::Inst(inst, _) => Some(found || tile::tile_call(kernel, inst).is_some()),
        Item::Branch(b) => {
            b.arms.iter().try_fold(found, |found, (arm, _)| Some(calls(kernel, arm)? || found))
        }
        Item::Loop(_) | Item::While(_) => None,
    })
}

/// The arrays that the code writes to, or exchanges.
fn stored(code: &Code) -> BTreeSet<Buf> {
    let mut stored = BTreeSet::new();
    for_each_inst(&mut code.clone(), &mut |inst| {
        if !inst.is_load() {
            stored.extend(inst.bufs().into_iter().flatten());
        }
    });
    stored
}

struct Body<'a> {
    finder: &'a Finder<'a>,
    l: &'a Loop,
    set: BTreeSet<Reg>,
    stored: BTreeSet<Buf>,
    /// Values that depend on no other iteration: whether they are floats with a function behind them.
    fixed: BTreeMap<Reg, bool>,
}

impl Body<'_> {
    fn list(&mut self, code: &Code, insts: &mut Vec<Inst>) {
        for item in code {
            match item {
                Item::Inst(inst, None) => {
                    if let Some(dear) = self.is_fixed(inst) {
                        self.fixed.extend(inst.dst().map(|dst| (dst, dear)));
                        insts.push(*inst);
                    }
                }
                Item::Branch(b) => {
                    if let Some(arm) = self.usual(b) {
                        self.list(&b.arms[arm].0, insts);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether a function is behind an instruction that gives the same wherever it runs in its iteration, and in whatever
    /// order these run.
    fn is_fixed(&self, inst: &Inst) -> Option<bool> {
        let kernel = self.finder.kernel;
        let dst = inst.dst().filter(|_| inst.is_pure())?;
        let known = |r: Reg| r == self.l.iv || self.fixed.contains_key(&r) || !self.set.contains(&r);
        if self.finder.writes.get(dst.index()) != Some(&1) || !inst.reads().all(known) {
            return None;
        }
        // Checks and conditions in front of a load do not count here, and ranges of what the iteration computes may come
        // from those: only the index of the loop, and what was known before it, says where the load goes.
        if let Some(buf) = inst.bufs()[0] {
            let last = kernel.slots[buf.index()].count() as i128 - 1;
            let form = self.finder.forms.address(kernel, inst)?;
            let certain = |r: Reg| r == self.l.iv || !self.set.contains(&r);
            let inside = form.terms.iter().all(|term| certain(term.0))
                && self.finder.forms.interval(&form).within(Interval::new(0, last));
            if !inside || self.stored.contains(&buf) {
                return None;
            }
        }
        let call = tile::tile_call(kernel, inst).is_some();
        // Other functions are called as they are.
        let other = matches!(inst, Inst::Math { .. } | Inst::Math2 { .. } | Inst::CallPure { .. }) && !call;
        let dear = call || inst.reads().any(|r| self.fixed.get(&r) == Some(&true));
        (!other).then_some(dear && kernel.regs[dst.index()].is_float())
    }

    /// The arm that all iterations but one take: in `if i == j { .. } else { .. }` the second one.
    fn usual(&self, b: &Branch) -> Option<usize> {
        let Selector::Bool(cond) = b.selector else { return None };
        self.l.body.iter().find_map(|item| {
            let Item::Inst(inst, _) = item else { return None };
            let (a, b, arm) = match *inst {
                Inst::EqI { dst, a, b } if dst == cond => (a, b, 1),
                Inst::NeI { dst, a, b } if dst == cond => (a, b, 0),
                _ => return None,
            };
            let other = if a == self.l.iv { b } else { a };
            ((a == self.l.iv || b == self.l.iv) && !self.set.contains(&other)).then_some(arm)
        })
    }

    /// The values with a function behind them that something else needs.
    fn wanted(&self) -> Vec<Reg> {
        let mut wanted = BTreeSet::new();
        self.needs(&self.l.body, &self.l.moves, &mut wanted);
        wanted.into_iter().collect()
    }

    fn needs(&self, code: &Code, moves: &[(Reg, Reg)], wanted: &mut BTreeSet<Reg>) {
        let dear = |r: &Reg| self.fixed.get(r) == Some(&true);
        wanted.extend(moves.iter().map(|m| m.1).filter(dear));
        for item in code {
            match item {
                Item::Inst(inst, _) if !inst.dst().is_some_and(|dst| dear(&dst)) => {
                    wanted.extend(inst.reads().filter(dear));
                }
                Item::Branch(b) => {
                    b.arms.iter().for_each(|(arm, moves)| self.needs(arm, moves, wanted));
                }
                _ => {}
            }
        }
    }
}
