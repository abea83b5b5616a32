//! Stores that nobody reads: `let mut y = zeros(n)` fills an array that a loop then overwrites, and `let mut y = x.clone()`
//! copies one.

use super::forms::Forms;
use super::inst::{Buf, Inst};
use super::ir::{Code, Item, Kernel, Loop, for_each_code};

/// Drops fills and copies of whole buffers that are overwritten before anybody reads them.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    for_each_code(&mut code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            let dead = written(&list[k]).is_some_and(|buf| {
                let next = list[k + 1..].iter().find(|item| touches(item, buf));
                next.is_some_and(|item| overwrites(kernel, &forms, item, buf))
            });
            if dead {
                list.remove(k);
            } else {
                k += 1;
            }
        }
    });
    kernel.code = code;
}

/// The one buffer that this item writes, where that is all that it does.
fn written(item: &Item) -> Option<Buf> {
    match item {
        Item::Inst(Inst::CopyBuf { dst, src }, None) if dst != src => Some(*dst),
        item => filled(item),
    }
}

/// The one buffer that this loop nest writes, where that is all that it does.
pub(super) fn filled(item: &Item) -> Option<Buf> {
    let Item::Loop(l) = item else { return None };
    if !l.moves.is_empty() {
        return None;
    }
    let mut target = None;
    for item in &l.body {
        let buf = match item {
            Item::Inst(inst, None) if inst.is_store() => inst.bufs()[0],
            Item::Inst(inst, None) if inst.is_pure() => continue,
            Item::Loop(_) => Some(filled(item)?),
            _ => return None,
        };
        if target.is_some_and(|t| Some(t) != buf) {
            return None;
        }
        target = buf;
    }
    target
}

pub(super) fn insts(item: &Item, f: &mut dyn FnMut(&Inst)) {
    let mut code: Code = vec![item.clone()];
    for_each_code(&mut code, &mut |list| {
        list.iter().for_each(|item| {
            if let Item::Inst(inst, _) = item {
                f(inst);
            }
        });
    });
}

/// Some instruction reads the buffer.
pub(super) fn reads(item: &Item, buf: Buf) -> bool {
    let mut found = false;
    insts(item, &mut |inst| {
        let only_writes = inst.is_store() && !matches!(inst, Inst::AddTo8 { .. });
        found |= !only_writes && inst.bufs().contains(&Some(buf));
    });
    found
}

pub(super) fn touches(item: &Item, buf: Buf) -> bool {
    let mut found = false;
    insts(item, &mut |inst| found |= inst.bufs().contains(&Some(buf)));
    found
}

/// Every element of the buffer is written, and none is read.
pub(super) fn overwrites(kernel: &Kernel, forms: &Forms, item: &Item, buf: Buf) -> bool {
    match item {
        Item::Inst(Inst::CopyBuf { dst, src }, _) => *dst == buf && *src != buf,
        Item::Loop(l) => !reads(item, buf) && covers(kernel, forms, l, &mut Vec::new(), buf),
        _ => false,
    }
}

/// A store in this nest, at the end of every path of its loops, goes through all elements.
pub(super) fn covers<'l>(
    kernel: &Kernel,
    forms: &Forms,
    l: &'l Loop,
    nest: &mut Vec<&'l Loop>,
    buf: Buf,
) -> bool {
    if l.guard.is_some() || l.stride != 1 {
        return false;
    }
    nest.push(l);
    let found = l.body.iter().any(|item| match item {
        Item::Inst(inst, _) if inst.is_store() && inst.bufs()[0] == Some(buf) => {
            all_elements(kernel, forms, nest, inst, buf)
        }
        Item::Loop(inner) => covers(kernel, forms, inner, nest, buf),
        _ => false,
    });
    nest.pop();
    found
}

/// The address goes through the whole buffer.
fn all_elements(kernel: &Kernel, forms: &Forms, nest: &[&Loop], inst: &Inst, buf: Buf) -> bool {
    let Some(form) = forms.address(kernel, inst) else { return false };
    let elements = forms.elements(kernel, nest, form.terms.iter().copied());
    form.constant == 0 && elements == Some(kernel.slots[buf.index()].count() as i128)
}
