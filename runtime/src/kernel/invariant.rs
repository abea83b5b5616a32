//! Instructions whose operands do not change in a loop leave it. One that can fail leaves when the loop surely
//! runs and nothing that can fail stands before it: then it fails in the first iteration or never.

use super::flatten::writes;
use super::inst::{Reg, Role};
use super::ir::{Code, Item, Kernel, Loop, for_each_code, for_each_reg};
use std::collections::BTreeSet;

/// Takes invariant instructions out of every loop, from the inside out.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let writes = writes(&mut code, kernel.regs.len());
    list(&mut code, &writes);
    kernel.code = code;
}

fn list(code: &mut Code, writes: &[u32]) {
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(..) => {}
            Item::Loop(l) => {
                list(&mut l.body, writes);
                let hoisted = invariants(l, writes);
                let n = hoisted.len();
                code.splice(k..k, hoisted);
                k += n;
            }
            Item::While(w) => {
                list(&mut w.head, writes);
                list(&mut w.body, writes);
            }
            Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| list(arm, writes)),
        }
        k += 1;
    }
}

/// The registers that a loop sets.
pub(super) fn set_by(l: &Loop) -> BTreeSet<Reg> {
    let mut set = set_in(&l.body);
    set.insert(l.iv);
    set.extend(l.moves.iter().map(|m| m.0));
    set
}

/// The registers that a list of items sets.
pub(super) fn set_in(code: &[Item]) -> BTreeSet<Reg> {
    let mut set = BTreeSet::new();
    for_each_reg(&mut code.to_vec(), &mut |role, r| {
        if role != Role::Read {
            set.insert(*r);
        }
    });
    set
}

/// Something in the code can fail.
pub(super) fn can_fail(code: &[Item]) -> bool {
    let mut found = false;
    for_each_code(&mut code.to_vec(), &mut |list| {
        found |= list.iter().any(|item| match item {
            Item::Inst(inst, trap) => trap.is_some() || inst.may_fail(),
            _ => false,
        });
    });
    found
}

fn invariants(l: &mut Loop, writes: &[u32]) -> Code {
    let mut set = set_by(l);
    let mut hoisted = Code::new();
    let mut body = Code::new();
    // Once something that can fail stays, what can fail behind it stays too.
    let mut first = l.guard.is_none();
    for item in std::mem::take(&mut l.body) {
        let leaves = match &item {
            Item::Inst(inst, trap) if !inst.is_load() && !inst.is_store() => {
                let fails = trap.is_some() || inst.may_fail();
                let once = inst.dst().is_none_or(|dst| writes[dst.index()] == 1);
                let alone = inst.bufs().iter().all(Option::is_none);
                let fixed = inst.reads().all(|r| !set.contains(&r));
                fixed && once && alone && if fails { first } else { inst.is_pure() }
            }
            _ => false,
        };
        if leaves {
            if let Item::Inst(inst, _) = &item
                && let Some(dst) = inst.dst()
            {
                set.remove(&dst);
            }
            hoisted.push(item);
        } else {
            first &= !can_fail(std::slice::from_ref(&item));
            body.push(item);
        }
    }
    l.body = body;
    hoisted
}
