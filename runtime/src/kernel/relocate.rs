//! Code that works on an array made to work on a part of another one.

use super::inst::{Buf, Inst, Reg};
use super::ir::{Code, Item, Kernel, for_each_code};
use super::promote::new_reg;
use crate::dtype::DType;

/// Element `x` of `from` is element `at + x` of `to` from here on, for plain loads and stores.
pub(super) fn relocate(kernel: &mut Kernel, code: &mut Code, from: Buf, to: Buf, at: Reg) {
    for_each_code(code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            if let Item::Inst(inst, _) = &mut list[k]
                && inst.bufs()[0] == Some(from)
                && let Some(base) = base(inst)
            {
                let sum = if base == kernel.zero { at } else { new_reg(kernel, DType::I64) };
                *inst = moved(*inst, to, sum);
                if sum != at {
                    kernel.ranges[sum.index()] = kernel.ranges[at.index()].add(kernel.ranges[base.index()]);
                    list.insert(k, Inst::AddI { dst: sum, a: at, b: base }.into());
                    k += 1;
                }
            }
            k += 1;
        }
    });
}

/// The base of the address of a plain load or store.
pub(super) fn base(inst: &Inst) -> Option<Reg> {
    match *inst {
        Inst::Load8 { base, .. }
        | Inst::Load4 { base, .. }
        | Inst::Load4S { base, .. }
        | Inst::Load1 { base, .. }
        | Inst::Store8 { base, .. }
        | Inst::Store4 { base, .. }
        | Inst::Store1 { base, .. } => Some(base),
        _ => None,
    }
}

/// The same of another array, from another base.
fn moved(inst: Inst, buf: Buf, base: Reg) -> Inst {
    match inst {
        Inst::Load8 { dst, idx, off, .. } => Inst::Load8 { dst, buf, base, idx, off },
        Inst::Load4 { dst, idx, off, .. } => Inst::Load4 { dst, buf, base, idx, off },
        Inst::Load4S { dst, idx, off, .. } => Inst::Load4S { dst, buf, base, idx, off },
        Inst::Load1 { dst, idx, off, .. } => Inst::Load1 { dst, buf, base, idx, off },
        Inst::Store8 { val, idx, off, .. } => Inst::Store8 { val, buf, base, idx, off },
        Inst::Store4 { val, idx, off, .. } => Inst::Store4 { val, buf, base, idx, off },
        Inst::Store1 { val, idx, off, .. } => Inst::Store1 { val, buf, base, idx, off },
        other => other,
    }
}
