//! Elements that an innermost loop updates again and again (`c[[i, j]] += ..` over `k`) are kept in
//! registers: loaded before the loop, carried through it, stored behind it.

use super::forms::Forms;
use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, Loop, for_each_reg};
use super::ranges::{Form, Interval};
use crate::dtype::DType;
use std::collections::BTreeSet;

/// At most as many in one loop.
const MOST: usize = 8;

/// Promotes in every innermost loop.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    list(kernel, &forms, &mut code);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, forms: &Forms, code: &mut Code) {
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(..) => {}
            Item::While(w) => {
                list(kernel, forms, &mut w.head);
                list(kernel, forms, &mut w.body);
            }
            Item::Branch(b) => b.arms.iter_mut().for_each(|(code, _)| list(kernel, forms, code)),
            Item::Loop(l) => {
                list(kernel, forms, &mut l.body);
                let (mut before, mut after) = (Code::new(), Code::new());
                for _ in 0..MOST {
                    let Some((load, store)) = promote(kernel, forms, l) else { break };
                    before.extend(load);
                    after.extend(store);
                }
                let (n, m) = (before.len(), after.len());
                code.splice(k + 1..k + 1, after);
                code.splice(k..k, before);
                k += n + m;
            }
        }
        k += 1;
    }
}

/// Rewrites the loop; gives the code before and after it.
fn promote(kernel: &mut Kernel, forms: &Forms, l: &mut Loop) -> Option<(Code, Code)> {
    let mut insts = Vec::new();
    for item in &l.body {
        match item {
            Item::Inst(inst, _) if inst.bufs()[1].is_none() => {
                insts.push(*inst);
            }
            _ => return None,
        }
    }
    let mut inside = BTreeSet::from([l.iv]);
    for_each_reg(&mut l.body, &mut |role, r| {
        if role != Role::Read {
            inside.insert(*r);
        }
    });
    inside.extend(l.moves.iter().map(|m| m.0));
    let store = insts.iter().copied().find(|inst| {
        let Inst::Store8 { val: _, buf, base, idx, .. } = *inst else { return false };
        if kernel.slots[buf.index()].dtype != DType::F64 || inside.contains(&base) || inside.contains(&idx) {
            return false;
        }
        let Some(address) = forms.address(kernel, inst) else { return false };
        let len = kernel.slots[buf.index()].count() as i128;
        let fixed = address.terms.iter().all(|(r, _)| !inside.contains(r));
        fixed
            && forms.interval(&address).within(Interval::new(0, len - 1))
            && insts.iter().all(|other| alone(kernel, forms, other, buf, &address))
    })?;
    let Inst::Store8 { buf, base, idx, off, .. } = store else { return None };
    let address = forms.address(kernel, &store)?;
    let (carry, first) = (new_reg(kernel, DType::F64), new_reg(kernel, DType::F64));
    let mut current = carry;
    let mut renamed: Vec<(Reg, Reg)> = Vec::new();
    let mut body = Code::new();
    for item in std::mem::take(&mut l.body) {
        let Item::Inst(mut inst, trap) = item else { continue };
        inst.for_each_reg(|role, r| {
            if role == Role::Read
                && let Some(&(_, to)) = renamed.iter().find(|(from, _)| from == r)
            {
                *r = to;
            }
        });
        let ours = inst.bufs()[0] == Some(buf) && forms.address(kernel, &inst).as_ref() == Some(&address);
        match inst {
            Inst::Load8 { dst, .. } if ours => renamed.push((dst, current)),
            Inst::Store8 { val, .. } if ours => current = val,
            inst => body.push(Item::Inst(inst, trap)),
        }
    }
    for (_, value) in &mut l.moves {
        if let Some(&(_, to)) = renamed.iter().find(|(from, _)| from == value) {
            *value = to;
        }
    }
    l.body = body;
    l.moves.push((carry, current));
    let before = vec![
        Inst::Load8 { dst: first, buf, base, idx, off }.into(),
        Inst::Mov { dst: carry, a: first }.into(),
    ];
    Some((before, vec![Inst::Store8 { val: carry, buf, base, idx, off }.into()]))
}

/// An instruction does not touch that element, or exactly that one.
fn alone(kernel: &Kernel, forms: &Forms, inst: &Inst, buf: super::inst::Buf, address: &Form) -> bool {
    if !(inst.is_load() || inst.is_store()) || inst.bufs()[0] != Some(buf) {
        return true;
    }
    match forms.address(kernel, inst).and_then(|other| other.sub(address)) {
        Some(difference) => difference == Form::constant(0) || forms.never_zero(&difference),
        None => false,
    }
}

pub(super) fn new_reg(kernel: &mut Kernel, dtype: DType) -> Reg {
    kernel.regs.push(dtype);
    kernel.ranges.push(Interval::of(dtype));
    kernel.constants.push(None);
    Reg(u16::try_from(kernel.regs.len() - 1).unwrap_or(u16::MAX))
}
