//! Elements that an innermost loop updates again and again (`c[[i, j]] += ..` over `k`), under a condition or not, are kept in
//! registers: loaded before the loop, carried through it, stored behind it.

use super::forms::Forms;
use super::inst::{Buf, Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, Loop, Selector, for_each_reg};
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
    if !collect(&l.body, &mut insts) {
        return None;
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
    let mut element = Promoted { forms, buf, address, renamed: Vec::new() };
    let mut current = carry;
    l.body = element.rewrite(kernel, std::mem::take(&mut l.body), &mut current);
    l.moves.iter_mut().for_each(|(_, value)| element.rename(value));
    l.moves.push((carry, current));
    let before = vec![
        Inst::Load8 { dst: first, buf, base, idx, off }.into(),
        Inst::Mov { dst: carry, a: first }.into(),
    ];
    Some((before, vec![Inst::Store8 { val: carry, buf, base, idx, off }.into()]))
}

/// All instructions, those of branches too; whether there are no loops and whole arrays among them.
fn collect(code: &[Item], insts: &mut Vec<Inst>) -> bool {
    code.iter().all(|item| match item {
        Item::Inst(inst, _) => {
            insts.push(*inst);
            inst.bufs()[1].is_none()
        }
        Item::Branch(b) => b.arms.iter().all(|(code, _)| collect(code, insts)),
        Item::Loop(_) | Item::While(_) => false,
    })
}

/// The element that is in a register now.
struct Promoted<'f> {
    forms: &'f Forms,
    buf: Buf,
    address: Form,
    /// What was loaded, and the register that it is in.
    renamed: Vec<(Reg, Reg)>,
}

impl Promoted<'_> {
    fn rename(&self, r: &mut Reg) {
        if let Some(&(_, to)) = self.renamed.iter().find(|(from, _)| from == r) {
            *r = to;
        }
    }

    /// Code without the loads and stores of the element, which `current` holds before it and after it.
    fn rewrite(&mut self, kernel: &mut Kernel, code: Code, current: &mut Reg) -> Code {
        let mut out = Code::new();
        for item in code {
            match item {
                Item::Inst(mut inst, trap) => {
                    inst.for_each_reg(|role, r| {
                        if role == Role::Read {
                            self.rename(r);
                        }
                    });
                    let ours = inst.bufs()[0] == Some(self.buf)
                        && self.forms.address(kernel, &inst).as_ref() == Some(&self.address);
                    match inst {
                        Inst::Load8 { dst, .. } if ours => self.renamed.push((dst, *current)),
                        Inst::Store8 { val, .. } if ours => *current = val,
                        inst => out.push(Item::Inst(inst, trap)),
                    }
                }
                Item::Branch(mut b) => {
                    let (Selector::Bool(selector) | Selector::Index { idx: selector, .. }) = &mut b.selector;
                    self.rename(selector);
                    let before = *current;
                    let mut behind = Vec::with_capacity(b.arms.len());
                    for (code, moves) in &mut b.arms {
                        let mut own = before;
                        *code = self.rewrite(kernel, std::mem::take(code), &mut own);
                        moves.iter_mut().for_each(|(_, value)| self.rename(value));
                        behind.push(own);
                    }
                    if behind.iter().any(|own| *own != before) {
                        let joined = new_reg(kernel, DType::F64);
                        b.arms.iter_mut().zip(behind).for_each(|(arm, own)| arm.1.push((joined, own)));
                        *current = joined;
                    }
                    out.push(Item::Branch(b));
                }
                item => out.push(item),
            }
        }
        out
    }
}

/// An instruction does not touch that element, or exactly that one.
fn alone(kernel: &Kernel, forms: &Forms, inst: &Inst, buf: Buf, address: &Form) -> bool {
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
