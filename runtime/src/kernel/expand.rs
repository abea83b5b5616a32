//! Expensive values of an inner loop that are the same in every iteration of the loop around it (`sin(m * x[j])`
//! inside `for i { for j { .. } }`) are computed once, into a temporary with one element per inner iteration.

use super::flatten::{for_each_inst, writes};
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg, Role};
use super::invariant::set_by;
use super::ir::{Code, Item, Kernel, Loop, Mark, Origin, SlotInfo, for_each_reg};
use super::marks::accesses;
use super::promote::new_reg;
use super::ranges::Interval;
use crate::dtype::{DType, Literal};
use std::collections::{BTreeMap, BTreeSet};

/// Longer temporaries would cost memory that the user did not ask for.
const LONGEST: i128 = 1 << 14;

/// Fewer repetitions are not worth a loop of their own.
const FEW: u64 = 4;

/// More values than that are not kept.
const KEPT: usize = 8;

/// Registers are numbered in 16 bits.
const REGISTERS: usize = 60_000;

/// Expands in every nest of the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    // Forms and write counts are read off the code.
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    let writes = writes(&mut code, kernel.regs.len());
    Expander { kernel, forms, writes }.list(&mut code);
    kernel.code = code;
}

struct Expander<'k> {
    kernel: &'k mut Kernel,
    forms: Forms,
    writes: Vec<u32>,
}

impl Expander<'_> {
    fn list(&mut self, code: &mut Code) {
        let mut k = 0;
        while k < code.len() {
            match &mut code[k] {
                Item::Inst(..) => {}
                Item::While(w) => {
                    self.list(&mut w.head);
                    self.list(&mut w.body);
                }
                Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| self.list(arm)),
                Item::Loop(l) => {
                    let before = self.of_nest(l);
                    // The iterations of an independent loop can run on several threads, which must not share a
                    // temporary.
                    let trips = l.max_trips.unwrap_or(u64::MAX);
                    if !accesses::independent(self.kernel, &self.forms, l, trips) {
                        self.list(&mut l.body);
                    }
                    if !before.is_empty() {
                        k = insert_before_loop(code, k, before);
                    }
                }
            }
            k += 1;
        }
    }

    /// The loops that compute what the loops directly inside `outer` repeat.
    fn of_nest(&mut self, outer: &mut Loop) -> Code {
        let mut before = Code::new();
        if outer.max_trips.is_some_and(|n| n < FEW) {
            return before;
        }
        let set = set_by(outer);
        let stored = stored(outer);
        for k in 0..outer.body.len() {
            let Item::Loop(inner) = &outer.body[k] else { continue };
            let Some(start) = start_of(&outer.body[..k], inner.iv) else { continue };
            let mut changed = (**inner).clone();
            if let Some(code) = self.of_loop(&mut changed, start, &set, &stored) {
                let note = "expensive values computed once, before the loop around it".to_string();
                self.kernel.notes.extend(changed.site.map(|site| (site, note)));
                before.extend(code);
                outer.body[k] = Item::Loop(Box::new(changed));
            }
        }
        before
    }

    fn of_loop(
        &mut self,
        inner: &mut Loop,
        start: Reg,
        set: &BTreeSet<Reg>,
        stored: &BTreeSet<Buf>,
    ) -> Option<Code> {
        let number = |r: Reg| self.kernel.constant(r).and_then(Literal::as_i128);
        let (first, end) = (number(start)?, number(inner.end)?);
        let regular = inner.stride == 1 && inner.guard.is_none() && self.kernel.regs.len() < REGISTERS;
        if !regular || !(FEW as i128..=LONGEST).contains(&(end - first)) {
            return None;
        }
        let fixed = self.fixed(inner, set, stored);
        let kept = self.kept(inner, &fixed)?;
        // The instructions that make those values, in order.
        let mut needed: BTreeSet<Reg> = kept.iter().copied().collect();
        let mut made: Vec<Inst> = Vec::new();
        for item in inner.body.iter().rev() {
            let Item::Inst(inst, _) = item else { continue };
            if let Some(dst) = inst.dst()
                && needed.contains(&dst)
            {
                needed.extend(inst.reads().filter(|r| fixed.contains_key(r)));
                made.push(*inst);
            }
        }
        made.reverse();
        let off = i32::try_from(-first).ok()?;
        let mut new = BTreeMap::from([(inner.iv, self.copy(inner.iv))]);
        let iv = new[&inner.iv];
        let mut body = Code::new();
        for mut inst in made {
            if let Some(dst) = inst.dst() {
                new.insert(dst, self.copy(dst));
            }
            inst.for_each_reg(|_, r| *r = new.get(r).copied().unwrap_or(*r));
            body.push(inst.into());
        }
        let mut loads = Code::new();
        let zero = self.kernel.zero;
        for r in kept {
            let dtype = self.kernel.regs[r.index()];
            let buf = self.temporary(dtype, usize::try_from(end - first).ok()?)?;
            let val = new[&r];
            let (store, load) = match dtype {
                DType::F64 => (
                    Inst::Store8 { val, buf, base: zero, idx: iv, off },
                    Inst::Load8 { dst: r, buf, base: zero, idx: inner.iv, off },
                ),
                _ => (
                    Inst::Store4 { val, buf, base: zero, idx: iv, off },
                    Inst::Load4 { dst: r, buf, base: zero, idx: inner.iv, off },
                ),
            };
            body.push(store.into());
            loads.push(load.into());
            inner.body.retain(|item| !matches!(item, Item::Inst(inst, _) if inst.dst() == Some(r)));
        }
        inner.body.splice(0..0, loads);
        drop_unused(inner, &fixed);
        let first = Loop { iv, body, moves: Vec::new(), strip: None, mark: Mark::default(), ..inner.clone() };
        Some(vec![Inst::Mov { dst: iv, a: start }.into(), Item::Loop(Box::new(first))])
    }

    /// The values of the inner loop that do not change in the outer one, with their cost in instructions.
    fn fixed(&self, inner: &Loop, set: &BTreeSet<Reg>, stored: &BTreeSet<Buf>) -> BTreeMap<Reg, u32> {
        let mut fixed: BTreeMap<Reg, u32> = BTreeMap::new();
        // Behind a check of an index, a load may rely on it.
        let mut checked = false;
        for item in &inner.body {
            let Item::Inst(inst, None) = item else {
                checked = true;
                continue;
            };
            let Some(dst) = inst.dst().filter(|_| inst.is_pure()) else { continue };
            let known = |r: Reg| r == inner.iv || fixed.contains_key(&r) || !set.contains(&r);
            if self.writes.get(dst.index()) != Some(&1) || !inst.reads().all(known) {
                continue;
            }
            if let Some(buf) = inst.bufs()[0]
                && (stored.contains(&buf) || checked || !self.in_range(inst, buf))
            {
                continue;
            }
            let own = match inst {
                Inst::Math { .. } | Inst::Math2 { .. } | Inst::CallPure { .. } => 20,
                _ => 1,
            };
            let cost = own + inst.reads().filter_map(|r| fixed.get(&r)).max().copied().unwrap_or(0);
            fixed.insert(dst, cost);
        }
        fixed
    }

    /// Whatever the loops do, the load is inside of its array.
    fn in_range(&self, inst: &Inst, buf: Buf) -> bool {
        let last = self.kernel.slots[buf.index()].count() as i128 - 1;
        let form = self.forms.address(self.kernel, inst);
        form.is_some_and(|form| self.forms.interval(&form).within(Interval::new(0, last)))
    }

    /// The expensive values that something else in the loop needs.
    fn kept(&self, inner: &Loop, fixed: &BTreeMap<Reg, u32>) -> Option<Vec<Reg>> {
        let dear = |r: &Reg| fixed.get(r).is_some_and(|&cost| cost >= 20);
        let mut wanted: BTreeSet<Reg> = inner.moves.iter().map(|m| m.1).filter(dear).collect();
        for item in &inner.body {
            let makes_dear = matches!(item, Item::Inst(inst, _) if inst.dst().is_some_and(|dst| dear(&dst)));
            if !makes_dear {
                for_each_reg(&mut [item.clone()], &mut |role, r| {
                    if role != Role::Write && dear(r) {
                        wanted.insert(*r);
                    }
                });
            }
        }
        let floats = wanted.iter().all(|r| self.kernel.regs[r.index()].is_float());
        (floats && !wanted.is_empty() && wanted.len() <= KEPT).then(|| wanted.into_iter().collect())
    }

    /// A new register for the same values.
    fn copy(&mut self, r: Reg) -> Reg {
        let new = new_reg(self.kernel, self.kernel.regs[r.index()]);
        self.kernel.ranges[new.index()] = self.kernel.ranges[r.index()];
        new
    }

    fn temporary(&mut self, dtype: DType, len: usize) -> Option<Buf> {
        let buf = Buf(u16::try_from(self.kernel.slots.len()).ok()?);
        self.kernel.slots.push(SlotInfo { dtype, shape: vec![len], origin: Origin::Temporary, name: None });
        Some(buf)
    }
}

/// The arrays that a loop writes to, or exchanges.
fn stored(l: &Loop) -> BTreeSet<Buf> {
    let mut stored = BTreeSet::new();
    for_each_inst(&mut l.body.clone(), &mut |inst| {
        if !inst.is_load() {
            stored.extend(inst.bufs().into_iter().flatten());
        }
    });
    stored
}

/// What the index is set to before its loop.
fn start_of(before: &[Item], iv: Reg) -> Option<Reg> {
    before.iter().rev().find_map(|item| match item {
        Item::Inst(Inst::Mov { dst, a }, _) if *dst == iv => Some(*a),
        _ => None,
    })
}

/// Drops fixed values that nobody reads any more.
fn drop_unused(inner: &mut Loop, fixed: &BTreeMap<Reg, u32>) {
    let mut used: BTreeSet<Reg> = inner.moves.iter().map(|m| m.1).collect();
    for k in (0..inner.body.len()).rev() {
        let item = &mut inner.body[k];
        if let Item::Inst(inst, None) = item
            && inst.is_pure()
            && inst.dst().is_some_and(|dst| fixed.contains_key(&dst) && !used.contains(&dst))
        {
            inner.body.remove(k);
            continue;
        }
        for_each_reg(std::slice::from_mut(item), &mut |role, r| {
            if role != Role::Write {
                used.insert(*r);
            }
        });
    }
}

/// Puts code in front of the loop at `k`, and what sets its index behind that code; gives the loop's new place.
fn insert_before_loop(code: &mut Code, k: usize, before: Code) -> usize {
    let Item::Loop(l) = &code[k] else { return k };
    let iv = l.iv;
    let set =
        code[..k].iter().rposition(|item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == iv));
    let mut before = before;
    let mut at = k;
    if let Some(set) = set {
        before.push(code.remove(set));
        at -= 1;
    }
    let n = before.len();
    code.splice(at..at, before);
    at + n
}
