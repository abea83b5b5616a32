//! Fills of whole arrays (`zeros(..)`) by planes: a sweep that leaves the edges of its array as they were filled can
//! then slide with its fill.

use super::super::inst::{Inst, Reg};
use super::super::ir::{Code, Item, Kernel, Loop, Origin, for_each_code};
use super::super::marks::folds;
use super::super::promote::new_reg;
use super::super::ranges::Interval;
use crate::dtype::{DType, Literal};

/// Makes nests of the loops that fill temporaries; whether there were any.
pub(super) fn by_planes(kernel: &mut Kernel) -> bool {
    let mut code = std::mem::take(&mut kernel.code);
    let mut found = false;
    for_each_code(&mut code, &mut |list| {
        for k in 0..list.len() {
            let Item::Loop(l) = &list[k] else { continue };
            let start = list[..k].iter().rposition(|item| starts(item, l.iv));
            let Some((start, nest)) = start.and_then(|at| Some((at, nest(kernel, &list[at], l)?))) else {
                continue;
            };
            list[start] = nest.0;
            list[k] = nest.1;
            found = true;
        }
    });
    kernel.code = code;
    found
}

fn starts(item: &Item, iv: Reg) -> bool {
    matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == iv)
}

/// What sets the index, and a loop over planes around one over their elements.
fn nest(kernel: &mut Kernel, start: &Item, l: &Loop) -> Option<(Item, Item)> {
    let [Item::Inst(store, None)] = &l.body[..] else { return None };
    let (_, parts) = store.parts().filter(|_| store.is_store())?;
    let ((buf, base, idx, 0), &[value]) = (parts.address?, &parts.regs[..]) else { return None };
    let slot = &kernel.slots[buf.index()];
    let (&planes, inside) = slot.shape.split_first().filter(|_| slot.origin == Origin::Temporary)?;
    let plane = inside.iter().product::<usize>();
    let number = |r: Reg| kernel.constant(r).and_then(Literal::as_i128);
    let Item::Inst(Inst::Mov { a: first, .. }, _) = start else { return None };
    let whole = number(base) == Some(0)
        && number(*first) == Some(0)
        && idx == l.iv
        && value != l.iv
        && l.stride == 1
        && l.guard.is_none()
        && l.moves.is_empty()
        && number(l.end) == i128::try_from(planes * plane).ok();
    if !whole || planes < 2 || plane < 2 {
        return None;
    }
    let mut index = |n: usize| {
        let r = new_reg(kernel, DType::I64);
        kernel.ranges[r.index()] = Interval::new(0, n as i128 - 1);
        r
    };
    let (outer, inner) = (index(planes), index(plane));
    let row = new_reg(kernel, DType::I64);
    let zero = kernel.zero;
    let mut counted = |iv: Reg, n: usize, body: Code| {
        let mut number = |x: usize| folds::constant(kernel, Literal::I64(x as i64));
        let (end, step) = (number(n), number(1));
        Item::Loop(Box::new(Loop { iv, end, step, max_trips: Some(n as u64), body, ..l.clone() }))
    };
    let mut store = *store;
    let mut operands = 0;
    store.for_each_reg(|_, r| {
        // The value, the base, the index.
        match operands {
            1 => *r = row,
            2 => *r = inner,
            _ => {}
        }
        operands += 1;
    });
    let fill = counted(inner, plane, vec![store.into()]);
    let fill = counted(outer, planes, vec![Inst::Mov { dst: inner, a: zero }.into(), fill]);
    let Item::Loop(mut fill) = fill else { return None };
    let stride = folds::constant(kernel, Literal::I64(plane as i64));
    fill.body.insert(0, Inst::MulI { dst: row, a: outer, b: stride }.into());
    Some((Inst::Mov { dst: outer, a: zero }.into(), Item::Loop(fill)))
}
