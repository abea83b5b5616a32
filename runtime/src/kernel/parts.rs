//! Parts of a loop: some of its iterations, with registers of their own, for passes that cut loops into pieces.

use super::contract;
use super::copies::Copies;
use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop};
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use crate::dtype::DType;
use crate::graph::SiteId;

/// The iterations from `first` until `end`, at least `least` of them; `range` holds what the counter can be in them.
pub(super) fn several(
    kernel: &mut Kernel,
    code: &mut Code,
    l: &Loop,
    [first, end]: [Reg; 2],
    range: Interval,
    least: i128,
) {
    let most = range.hi.saturating_sub(range.lo).saturating_add(1);
    let guard = (least < 1).then(|| {
        let count = new_reg(kernel, DType::I64);
        kernel.ranges[count.index()] = Interval::new(0, most.max(0));
        code.push(Inst::SubI { dst: count, a: end, b: first }.into());
        (count, DType::I64)
    });
    let iv = new_reg(kernel, kernel.regs[l.iv.index()]);
    kernel.ranges[iv.index()] = range;
    code.push(Inst::Mov { dst: iv, a: first }.into());
    let (body, moves) = body(kernel, l, iv);
    let max_trips = l.max_trips.map(|n| n.min(u64::try_from(most.max(0)).unwrap_or(u64::MAX)));
    code.push(Item::Loop(Box::new(Loop { iv, end, guard, max_trips, body, moves, ..l.clone() })));
}

/// One iteration.
pub(super) fn single(kernel: &mut Kernel, code: &mut Code, l: &Loop, at: Reg) {
    let (body, moves) = body(kernel, l, at);
    code.extend(body);
    code.extend(all_at_once(kernel, &moves));
}

/// Code that computes a form.
pub(super) fn value(kernel: &mut Kernel, forms: &Forms, code: &mut Code, form: &Form) -> Reg {
    if let ([(r, 1)], 0) = (&form.terms[..], form.constant) {
        return *r;
    }
    let dst = contract::address(kernel, code, form);
    kernel.ranges[dst.index()] = forms.interval(form);
    dst
}

/// Moves that happen at once, as code.
pub(super) fn all_at_once(kernel: &mut Kernel, moves: &[(Reg, Reg)]) -> Code {
    // A register for each dtype would do; a cycle is rare.
    let saved: Vec<(Reg, Reg)> = moves.iter().map(|&(to, from)| (to, new_reg_like(kernel, from))).collect();
    let before = moves.iter().zip(&saved).map(|(&(_, a), &(_, dst))| Inst::Mov { dst, a }.into());
    let after = saved.iter().map(|&(dst, a)| Inst::Mov { dst, a }.into());
    before.chain(after).collect()
}

/// Tells the user what became of the loop.
pub(super) fn note(kernel: &mut Kernel, site: Option<SiteId>, note: String) {
    kernel.notes.extend(site.filter(|s| kernel.notes.iter().all(|n| n.0 != *s)).map(|s| (s, note)));
}

/// The body with another index.
fn body(kernel: &mut Kernel, l: &Loop, index: Reg) -> (Code, Vec<(Reg, Reg)>) {
    let mut copies = Copies::new(kernel);
    copies.rename(l.iv, index);
    copies.code(&l.body, &l.moves, &l.moves.iter().map(|m| m.0).collect())
}

fn new_reg_like(kernel: &mut Kernel, r: Reg) -> Reg {
    let new = new_reg(kernel, kernel.regs[r.index()]);
    kernel.ranges[new.index()] = kernel.ranges[r.index()];
    new
}
