//! Store-to-load forwarding between iterations: an element that one iteration of an innermost loop stores and the next
//! ones load (`x[i] = b[i] - c[i] * x[i - 1]`) is carried to them in a register. Through memory each iteration would wait
//! for the store of the one before it.

use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::invariant::{can_fail, set_by, set_in};
use super::ir::{Branch, Code, Item, Kernel, Loop, Selector, for_each_code};
use super::marks::folds::constant;
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};
use std::collections::BTreeMap;

/// How many iterations an element is carried at most.
const FAR: i64 = 4;

/// Forwards in every innermost loop.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    for_each_code(&mut code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            if let Item::Loop(l) = &mut list[k]
                && is_innermost(l)
            {
                let before: Code =
                    stores(l).iter().flat_map(|store| forward(kernel, &forms, l, store)).collect();
                let n = before.len();
                list.splice(k..k, before);
                k += n;
            }
            k += 1;
        }
    });
    kernel.code = code;
}

/// A loop that runs in order, without loops and whole arrays inside.
fn is_innermost(l: &mut Loop) -> bool {
    let marked = l.mark.parallel.is_some() || l.mark.vector || l.mark.simt || !l.mark.folds.is_empty();
    let mut plain = true;
    for_each_code(&mut l.body, &mut |list| {
        plain &= list.iter().all(|item| match item {
            Item::Inst(inst, _) => inst.bufs()[1].is_none(),
            Item::Branch(_) => true,
            Item::Loop(_) | Item::While(_) => false,
        });
    });
    !marked && plain
}

/// The accesses of a loop to each buffer.
fn for_each_access(l: &mut Loop, visit: &mut dyn FnMut(&mut Inst)) {
    for_each_code(&mut l.body, &mut |list| {
        for item in list {
            if let Item::Inst(inst, _) = item
                && (inst.is_load() || inst.is_store())
            {
                visit(inst);
            }
        }
    });
}

/// What every iteration stores, where that is all that is written to the array.
fn stores(l: &mut Loop) -> Vec<Inst> {
    let mut written: BTreeMap<Buf, usize> = BTreeMap::new();
    for_each_access(l, &mut |inst| {
        if let (true, Some(buf)) = (inst.is_store(), inst.bufs()[0]) {
            *written.entry(buf).or_default() += 1;
        }
    });
    let always = l.body.iter().enumerate().filter_map(|(k, item)| match item {
        Item::Inst(inst @ (Inst::Store8 { val, .. } | Inst::Store4 { val, .. }), _) => {
            // What is stored has to be there at the end of the iteration. What is known of the address may rest on what
            // is checked before, and the first load stands in front of that.
            (!set_in(&l.body[k..]).contains(val) && !can_fail(&l.body[..k])).then_some(*inst)
        }
        _ => None,
    });
    always.filter(|inst| inst.bufs()[0].is_some_and(|buf| written.get(&buf) == Some(&1))).collect()
}

/// Carries what `store` stores to the iterations that load it; gives the code in front of the loop, which loads what stands
/// there before the first one.
fn forward(kernel: &mut Kernel, forms: &Forms, l: &mut Loop, store: &Inst) -> Code {
    let Some(plan) = plan(kernel, forms, l, store) else { return Code::new() };
    let dtype = kernel.slots[plan.buf.index()].dtype;
    let carries: Vec<Reg> = (0..plan.far).map(|_| new_reg(kernel, dtype)).collect();
    let distances = plan.distances;
    for_each_access(l, &mut |inst| {
        let (Inst::Load8 { dst, .. } | Inst::Load4 { dst, .. }) = *inst else { return };
        let address = Access::of(inst);
        if let Some(&(_, distance)) = distances.iter().find(|(access, _)| Some(*access) == address) {
            *inst = Inst::Mov { dst, a: carries[distance - 1] };
        }
    });
    let newest = std::iter::once(plan.value).chain(carries.iter().copied());
    l.moves.extend(carries.iter().copied().zip(newest));

    let mut before = Code::new();
    let loads = carries.iter().zip(plan.first).map(|(&carry, off)| {
        let dst = new_reg(kernel, dtype);
        let Access { buf, base, idx, .. } = plan.store;
        let load = match dtype.size() {
            8 => Inst::Load8 { dst, buf, base, idx, off },
            _ => Inst::Load4 { dst, buf, base, idx, off },
        };
        (carry, dst, load)
    });
    let loads: Vec<_> = loads.collect();
    let Some((count, of)) = l.guard else {
        before.extend(loads.iter().map(|&(_, _, load)| load.into()));
        before.extend(loads.iter().map(|&(carry, dst, _)| Inst::Mov { dst: carry, a: dst }.into()));
        return before;
    };
    // A loop that does not run may not have its first element.
    let runs = new_reg(kernel, DType::Bool);
    let zero = constant(kernel, Literal::zero(of));
    before.push(match of {
        DType::I32 | DType::I64 => Inst::LtS { dst: runs, a: zero, b: count }.into(),
        _ => Inst::NeI { dst: runs, a: count, b: zero }.into(),
    });
    let nothing = constant(kernel, Literal::zero(dtype));
    let loaded = loads.iter().map(|&(_, _, load)| load.into()).collect();
    let arms = vec![
        (loaded, loads.iter().map(|&(carry, dst, _)| (carry, dst)).collect()),
        (Code::new(), carries.iter().map(|&carry| (carry, nothing)).collect()),
    ];
    before.push(Item::Branch(Box::new(Branch { selector: Selector::Bool(runs), arms })));
    before
}

/// Where an instruction reads or writes, as it says it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Access {
    buf: Buf,
    base: Reg,
    idx: Reg,
    off: i32,
}

impl Access {
    fn of(inst: &Inst) -> Option<Access> {
        match *inst {
            Inst::Load8 { buf, base, idx, off, .. }
            | Inst::Load4 { buf, base, idx, off, .. }
            | Inst::Store8 { buf, base, idx, off, .. }
            | Inst::Store4 { buf, base, idx, off, .. } => Some(Access { buf, base, idx, off }),
            _ => None,
        }
    }
}

struct Plan {
    buf: Buf,
    store: Access,
    value: Reg,
    /// The loads, and by how many iterations each is behind the store.
    distances: Vec<(Access, usize)>,
    /// The longest distance.
    far: usize,
    /// The offsets of what the first iteration would find, nearest first.
    first: Vec<i32>,
}

fn plan(kernel: &Kernel, forms: &Forms, l: &mut Loop, store: &Inst) -> Option<Plan> {
    let (Inst::Store8 { val: value, buf, .. } | Inst::Store4 { val: value, buf, .. }) = *store else {
        return None;
    };
    let access = Access::of(store)?;
    let slot = &kernel.slots[buf.index()];
    let whole = matches!(slot.dtype, DType::F64 | DType::F32 | DType::I64 | DType::U64 | DType::Usize);
    let set = set_by(l);
    // In front of the loop its index is that of the first iteration; nothing else of it is known there.
    let known = |r: Reg| r == l.iv || !set.contains(&r);
    if !whole || kernel.regs[value.index()] != slot.dtype || !known(access.base) || !known(access.idx) {
        return None;
    }
    let address = forms.address(kernel, store)?;
    let fixed = address.terms.iter().all(|&(r, _)| known(r));
    let per_index = address.terms.iter().find(|t| t.0 == l.iv).map_or(0, |t| t.1);
    let step = per_index.checked_mul(l.stride).filter(|&step| step != 0 && fixed)?;

    let mut distances = Vec::new();
    for_each_access(l, &mut |inst| {
        let (Inst::Load8 { dst, .. } | Inst::Load4 { dst, .. }) = *inst else { return };
        let behind = forms.address(kernel, inst).and_then(|loaded| address.sub(&loaded));
        if let (Some(load), Some(Form { terms, constant })) = (Access::of(inst), behind)
            && load.buf == buf
            && terms.is_empty()
            && constant % step == 0
            && (1..=FAR).contains(&(constant / step))
            && kernel.regs[dst.index()] == slot.dtype
        {
            distances.push((load, (constant / step) as usize));
        }
    });
    let far = distances.iter().map(|d| d.1).max()?;
    let exists = Interval::new(0, slot.count() as i128 - 1);
    let first = (1..=far as i64).map(|k| {
        let element = address.sub(&Form::constant(k * step))?;
        let off = i64::from(access.off).checked_sub(k * step)?;
        forms.interval(&element).within(exists).then(|| i32::try_from(off).ok())?
    });
    Some(Plan { buf, store: access, value, first: first.collect::<Option<_>>()?, distances, far })
}
