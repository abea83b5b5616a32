//! Unroll and jam: a loop whose iterations each reduce the same large arrays runs several of them at once, in one pass
//! over the arrays. The rings of an azimuthal integration each go through all the data; four of them share what is
//! read from memory.
//!
//! Every reduction keeps its own order, so the bits stay.

use super::copies::{Copies, REGISTERS};
use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop};
use super::marks::folds::constant;
use super::marks::{leak, reads_of};
use super::promote::new_reg;
use super::ranges::Interval;
use crate::dtype::Literal;
use std::collections::BTreeSet;

/// Iterations at once, where each reduces few enough values.
const TOGETHER: usize = 4;

/// So many reductions at most stay in registers.
const REDUCTIONS: usize = 8;

/// Arrays of fewer bytes stay in a core's own cache anyway.
const LARGE: usize = 512 << 10;

/// Longer bodies are not written four times.
const LONG: usize = 40;

/// Jams loops everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let reads = reads_of(&mut code, kernel);
    list(kernel, &reads, &mut code);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, reads: &[u32], code: &mut Code) {
    let mut k = 0;
    while k < code.len() {
        let (before, rest) = code.split_at_mut(k);
        match &mut rest[0] {
            Item::Inst(..) => {}
            Item::While(w) => {
                list(kernel, reads, &mut w.head);
                list(kernel, reads, &mut w.body);
            }
            Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| list(kernel, reads, arm)),
            Item::Loop(l) => match Nest::of(kernel, l, before).filter(|_| leak(reads, l).is_none()) {
                Some(nest) => {
                    let jammed = nest.jam(kernel, l);
                    let n = jammed.len();
                    code.splice(k..=k, jammed);
                    k += n - 1;
                }
                None => list(kernel, reads, &mut l.body),
            },
        }
        k += 1;
    }
}

/// A loop around one reduction.
struct Nest {
    /// The first index and the one behind the last.
    bounds: (i64, i64),
    /// How many iterations run at once.
    together: usize,
    /// Around the inner loop; without what sets its index.
    before: Code,
    inner: Loop,
    after: Code,
    /// The inner loop's first index.
    start: Reg,
}

impl Nest {
    fn of(kernel: &Kernel, l: &Loop, before: &[Item]) -> Option<Nest> {
        let number =
            |r: Reg| kernel.constant(r).and_then(Literal::as_i128).and_then(|x| i64::try_from(x).ok());
        let first = set_to(before, l.iv).and_then(number)?;
        let end = number(l.end)?;
        let at = l.body.iter().position(|item| matches!(item, Item::Loop(_)))?;
        let Item::Loop(inner) = &l.body[at] else { return None };
        let (mut head, tail) = (l.body[..at].to_vec(), l.body[at + 1..].to_vec());
        let start = set_to(&head, inner.iv)?;
        head.retain(|item| !matches!(item, Item::Inst(inst, _) if inst.dst() == Some(inner.iv)));
        let together = TOGETHER.min(REDUCTIONS / inner.moves.len().max(1));
        let plain = l.stride == 1 && l.guard.is_none() && l.moves.is_empty() && inner.stride == 1;
        let many = (end.checked_sub(first)?) >= 4 * TOGETHER as i64;
        let size = head.len() + inner.body.len() + tail.len();
        if !plain || !many || together < 2 || size > LONG || kernel.regs.len() > REGISTERS {
            return None;
        }
        let nest = Nest {
            bounds: (first, end),
            together,
            before: head,
            inner: (**inner).clone(),
            after: tail,
            start,
        };
        nest.fits(kernel, l.iv).then_some(nest)
    }

    /// What the iterations do can be done in another order, and they read the same large arrays.
    fn fits(&self, kernel: &Kernel, iv: Reg) -> bool {
        let harmless = |item: &Item| matches!(item, Item::Inst(inst, None) if inst.bufs()[1].is_none() && !inst.may_fail());
        let stores = |item: &&Item| matches!(item, Item::Inst(inst, _) if inst.is_store());
        let parts = [&self.before, &self.inner.body, &self.after];
        let quiet = [&self.before, &self.inner.body];
        if !parts.iter().all(|part| part.iter().all(harmless))
            || quiet.iter().any(|p| p.iter().any(|i| stores(&i)))
        {
            return false;
        }
        let bufs = |items: &mut dyn Iterator<Item = &Item>| -> BTreeSet<_> {
            items
                .filter_map(|item| match item {
                    Item::Inst(inst, _) => inst.bufs()[0],
                    _ => None,
                })
                .collect()
        };
        let stored = bufs(&mut self.after.iter().filter(stores));
        let loaded = bufs(&mut parts.iter().flat_map(|part| part.iter()).filter(|item| !stores(item)));
        if stored.intersection(&loaded).next().is_some() || self.inner.moves.is_empty() {
            return false;
        }
        // What differs between the iterations.
        let mut differs = BTreeSet::from([iv]);
        differs.extend(self.before.iter().filter_map(|item| match item {
            Item::Inst(inst, _) => inst.dst(),
            _ => None,
        }));
        differs.extend(self.inner.moves.iter().map(|m| m.0));
        let outside = [self.inner.end, self.inner.step, self.start];
        if outside.iter().any(|r| differs.contains(r))
            || self.inner.guard.is_some_and(|(r, _)| differs.contains(&r))
        {
            return false;
        }
        let mut read = BTreeSet::new();
        for item in &self.inner.body {
            let Item::Inst(inst, _) = item else { return false };
            let same = !inst.reads().any(|r| differs.contains(&r));
            if inst.is_load() {
                if !same {
                    return false;
                }
                read.extend(inst.bufs()[0]);
            }
            if !same {
                differs.extend(inst.dst());
            }
        }
        let bytes = |slot: &super::ir::SlotInfo| slot.count() * slot.dtype.size();
        read.iter().map(|b| bytes(&kernel.slots[b.index()])).sum::<usize>() >= LARGE
    }

    fn jam(&self, kernel: &mut Kernel, l: &Loop) -> Code {
        let (first, end) = self.bounds;
        let together = self.together as i64;
        let middle = first + (end - first) / together * together;
        let dtype = kernel.regs[l.iv.index()];
        let number = |kernel: &mut Kernel, x: i64| constant(kernel, Literal::I64(x).cast(dtype));
        let mut rest = Code::new();
        if middle < end {
            let start = number(kernel, middle);
            let mut copies = Copies::new(kernel);
            let iv = copies.register(l.iv);
            copies.rename(l.iv, iv);
            let (body, _) = copies.code(&l.body, &[], &BTreeSet::new());
            rest.push(Inst::Mov { dst: iv, a: start }.into());
            let max_trips = Some((end - middle) as u64);
            rest.push(Item::Loop(Box::new(Loop { iv, body, max_trips, ..l.clone() })));
        }
        let (mut before, mut after) = (self.before.clone(), self.after.clone());
        let mut inner = self.inner.clone();
        let kept = BTreeSet::from([inner.iv]);
        for k in 1..together {
            let by = number(kernel, k);
            let iv = new_reg(kernel, dtype);
            kernel.ranges[iv.index()] =
                kernel.ranges[l.iv.index()].and(Interval::new((first + k).into(), i128::MAX));
            before.push(Inst::AddI { dst: iv, a: l.iv, b: by }.into());
            let mut copies = Copies::new(kernel);
            copies.rename(l.iv, iv);
            before.extend(copies.code(&self.before, &[], &kept).0);
            let (body, moves) = copies.code(&self.inner.body, &self.inner.moves, &kept);
            inner.body.extend(body);
            inner.moves.extend(moves);
            after.extend(copies.code(&self.after, &[], &kept).0);
        }
        let mut body = before;
        body.push(Inst::Mov { dst: inner.iv, a: self.start }.into());
        body.push(Item::Loop(Box::new(inner)));
        body.extend(after);
        if let Some(site) = l.site {
            kernel
                .notes
                .push((site, format!("{together} iterations at once share each pass over the arrays")));
        }
        let jammed = Loop {
            end: number(kernel, middle),
            step: number(kernel, together),
            stride: together,
            max_trips: Some(((middle - first) / together) as u64),
            body,
            ..l.clone()
        };
        let mut code: Code = vec![Item::Loop(Box::new(jammed))];
        code.extend(rest);
        code
    }
}

/// What a register is last set to in these items: by a copy, and nothing else there.
fn set_to(items: &[Item], r: Reg) -> Option<Reg> {
    let mut found = items.iter().rev().filter_map(|item| match item {
        Item::Inst(inst, _) if inst.dst() == Some(r) => Some(inst),
        _ => None,
    });
    match found.next()? {
        Inst::Mov { a, .. } => Some(*a),
        _ => None,
    }
}
