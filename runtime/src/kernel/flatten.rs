//! Branches inside loops whose arms only compute: both arms are computed and the results selected, so that the
//! loop around them is a plain list of instructions. Equal calls in both arms (`cos` and `sin` of one phase, in
//! either order) are made once. Arms that can fail are for [`guard`](super::guard).

use super::copies::rename_reads;
use super::guard;
use super::inst::{Inst, Reg, Role};
use super::ir::{Branch, Code, Item, Kernel, Selector, for_each_code, for_each_reg};
use crate::hash::HashMap;

/// Longer arms stay branches.
const LONG: usize = 16;

/// More calls than that, after equal ones were joined, stay behind the branch.
const CALLS: usize = 3;

/// Flattens branches in every loop of the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut renamed = HashMap::default();
    let mut code = std::mem::take(&mut kernel.code);
    list(kernel, &mut code, false, &mut renamed);
    rename_reads(&mut code, &mut kernel.results, &renamed);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, code: &mut Code, inside: bool, renamed: &mut HashMap<Reg, Reg>) {
    let mut k = 0;
    while k < code.len() {
        let (before, rest) = code.split_at_mut(k);
        match &mut rest[0] {
            Item::Inst(..) => {}
            Item::Loop(l) => list(kernel, &mut l.body, true, renamed),
            Item::While(w) => {
                list(kernel, &mut w.head, true, renamed);
                list(kernel, &mut w.body, true, renamed);
            }
            Item::Branch(b) => {
                b.arms.iter_mut().for_each(|(arm, _)| list(kernel, arm, inside, renamed));
                if inside
                    && let Some(flat) = flatten(b, renamed).or_else(|| guard::flatten(kernel, b, before))
                {
                    let n = flat.len();
                    code.splice(k..=k, flat);
                    k += n;
                    continue;
                }
            }
        }
        k += 1;
    }
}

fn is_call(inst: &Inst) -> bool {
    matches!(inst, Inst::Math { .. } | Inst::Math2 { .. } | Inst::CallPure { .. })
}

/// The instruction with another destination, to compare what it computes.
fn to(mut inst: Inst, dst: Reg) -> Inst {
    inst.for_each_reg(|role, r| {
        if role == Role::Write {
            *r = dst;
        }
    });
    inst
}

/// The instructions of both arms and the selects.
fn flatten(branch: &Branch, renamed: &mut HashMap<Reg, Reg>) -> Option<Code> {
    let Selector::Bool(cond) = branch.selector else { return None };
    let [(yes, chosen), (no, otherwise)] = &branch.arms[..] else { return None };
    if yes.len() > LONG || no.len() > LONG || chosen.len() != otherwise.len() {
        return None;
    }
    let mut flat: Vec<Inst> = Vec::new();
    let mut equal: HashMap<Reg, Reg> = HashMap::default();
    for item in yes.iter().chain(no) {
        // An index of an arm may be in range in that arm only.
        let Item::Inst(inst, None) = item else { return None };
        if !inst.is_pure() || inst.is_load() {
            return None;
        }
        let mut inst = *inst;
        inst.for_each_reg(|role, r| {
            if role == Role::Read
                && let Some(&same) = equal.get(r)
            {
                *r = same;
            }
        });
        let dst = inst.dst()?;
        let same = |other: &&Inst| is_call(other) && Some(**other) == other.dst().map(|d| to(inst, d));
        match flat.iter().find(same).and_then(Inst::dst) {
            Some(same) => {
                equal.insert(dst, same);
            }
            None => flat.push(inst),
        }
    }
    if flat.iter().filter(|inst| is_call(inst)).count() > CALLS {
        return None;
    }
    let mut selects = Vec::new();
    for &(dst, a) in chosen {
        let &(_, b) = otherwise.iter().find(|m| m.0 == dst)?;
        // Moves happen at once: no result is also a source.
        if chosen.iter().chain(otherwise).any(|m| m.1 == dst) {
            return None;
        }
        let now = |r: Reg| equal.get(&r).copied().unwrap_or(r);
        selects.push(Inst::Select { dst, a: cond, b: now(a), c: now(b) });
    }
    renamed.extend(equal);
    Some(flat.into_iter().chain(selects).map(Item::from).collect())
}

/// How often each register is set.
pub(super) fn writes(code: &mut Code, registers: usize) -> Vec<u32> {
    let mut writes = vec![0; registers];
    for_each_reg(code, &mut |role, r| {
        if role != Role::Read {
            writes[r.index()] += 1;
        }
    });
    writes
}

/// Calls `f` for every instruction.
pub(super) fn for_each_inst(code: &mut Code, f: &mut dyn FnMut(&Inst)) {
    for_each_code(code, &mut |list| {
        for item in list.iter() {
            if let Item::Inst(inst, _) = item {
                f(inst);
            }
        }
    });
}
