//! Loops around loops whose trip counts differ from iteration to iteration (`while |z| <= 2` for each point of a
//! grid): several iterations can run side by side, those that have finished masked.

use crate::dtype::DType;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::invariant::can_fail;
use crate::kernel::ir::{Code, Item, Kernel, Loop, Selector};

/// The body has such a loop before it comes to what it carries, and nothing that an iteration which has finished could do
/// wrong.
///
/// Inside the inner loops everything is computed for all, so nothing there may touch memory. The accesses
/// around them belong to iterations that exist. What fails does so before anything is stored, and not after a carry: the
/// iterations that come later may have loops that never end.
pub(in crate::kernel) fn fits(kernel: &Kernel, l: &Loop) -> bool {
    let (aside, in_order) = l.body.split_at(l.in_order_from());
    let loops = aside.iter().any(|item| matches!(item, Item::While(_)));
    let is_store = |item: &Item| matches!(item, Item::Inst(inst, _) if inst.is_store());
    let first_store = l.body.iter().position(is_store).unwrap_or(l.body.len());
    if can_fail(&l.body[first_store..]) {
        return false;
    }
    let fine = |item: &Item| match item {
        Item::Inst(inst, _) => inst.is_store() || computes(kernel, inst),
        Item::While(w) => only_computes(kernel, &w.head) && only_computes(kernel, &w.body),
        Item::Branch(_) => only_computes(kernel, std::slice::from_ref(item)),
        Item::Loop(_) => false,
    };
    loops && aside.iter().all(fine) && !has_loops(in_order) && !can_fail(in_order)
}

/// No instruction of whole arrays; elements of 64 bits, so that there is one number of lanes.
fn computes(kernel: &Kernel, inst: &Inst) -> bool {
    let wide = |r: Reg| kernel.regs[r.index()] != DType::F32;
    let whole = inst.bufs()[1].is_some() || matches!(inst, Inst::CheckLoop { .. });
    !whole && (inst.may_fail() || inst.is_pure()) && inst.dst().is_none_or(wide) && inst.reads().all(wide)
}

fn only_computes(kernel: &Kernel, code: &[Item]) -> bool {
    let list = |code: &Code| only_computes(kernel, code);
    code.iter().all(|item| match item {
        Item::Inst(inst, _) => computes(kernel, inst) && !inst.is_load(),
        Item::While(w) => list(&w.head) && list(&w.body),
        // A loop in an arm would run for all.
        Item::Branch(b) => {
            matches!(b.selector, Selector::Bool(_))
                && b.arms.len() == 2
                && b.arms.iter().all(|(arm, _)| list(arm) && !has_loops(arm))
        }
        Item::Loop(_) => false,
    })
}

fn has_loops(code: &[Item]) -> bool {
    code.iter().any(|item| match item {
        Item::Inst(..) => false,
        Item::Branch(b) => b.arms.iter().any(|(arm, _)| has_loops(arm)),
        Item::While(_) | Item::Loop(_) => true,
    })
}
