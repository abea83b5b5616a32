//! Nests made ready for contraction. `for i { for k { for j { c[[i, j]] += a[[i, k]] * b[[k, j]] } } }` sums over its
//! middle loop: the two inner loops are exchanged. And a loop with independent iterations around several nests is
//! distributed: one loop for each, so that a product can be taken out that another one in the same loop needs.

use super::copies::{Copies, REGISTERS};
use super::forms::Forms;
use super::inst::{Inst, Reg, Role};
use super::invariant::set_by;
use super::ir::{Code, Item, Kernel, Loop, for_each_reg};
use super::marks::accesses;
use super::ranges::Form;
use std::collections::BTreeSet;

/// Rearranges everywhere in the kernel; whether there was anything. It pays only where products come of it.
pub(super) fn run(kernel: &mut Kernel) -> bool {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    let mut exchanged = false;
    exchange(kernel, &forms, &mut code, &mut exchanged);
    kernel.code = code.clone();
    if exchanged && kernel.regs.len() < REGISTERS {
        let forms = Forms::of(kernel);
        distribute(kernel, &forms, &mut code);
        kernel.code = code;
    }
    exchanged
}

/// Exchanges the loops of sums in memory, from the outside in.
fn exchange(kernel: &Kernel, forms: &Forms, code: &mut Code, exchanged: &mut bool) {
    for at in 0..code.len() {
        let (before, rest) = code.split_at_mut(at);
        match &mut rest[0] {
            Item::Inst(..) => {}
            Item::While(w) => exchange(kernel, forms, &mut w.body, exchanged),
            Item::Branch(b) => {
                b.arms.iter_mut().for_each(|(arm, _)| exchange(kernel, forms, arm, exchanged));
            }
            Item::Loop(l) => {
                // Where the index of the outer loop is set, that of the new one will be.
                let sets =
                    |item: &&mut Item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == l.iv);
                let set = before.iter_mut().rev().find(sets);
                match set.zip(sum_outside(kernel, forms, l)) {
                    Some((set, (start, other))) => {
                        *set = start.into();
                        **l = other;
                        *exchanged = true;
                    }
                    None => exchange(kernel, forms, &mut l.body, exchanged),
                }
            }
        }
    }
}

/// `for k { .. for j { c[j] += x * b[j] } }` as `for j { for k { .. } }`, with what sets the index of that.
fn sum_outside(kernel: &Kernel, forms: &Forms, k: &Loop) -> Option<(Inst, Loop)> {
    let (Item::Loop(j), before) = k.body.split_last()? else { return None };
    let plain = |l: &Loop| l.stride == 1 && l.guard.is_none() && l.moves.is_empty() && l.max_trips.is_some();
    if !plain(k) || !plain(j) {
        return None;
    }
    let start =
        before.iter().find(|item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == j.iv))?;
    let pure = |item: &Item| matches!(item, Item::Inst(inst, None) if inst.is_pure());
    let inner = |item: &Item| matches!(item, Item::Inst(inst, None) if inst.is_pure() || inst.is_store());
    if !before.iter().all(pure) || !j.body.iter().all(inner) {
        return None;
    }
    // The inner loop runs over the same elements whatever the outer one.
    let set = set_by(k);
    let Item::Inst(Inst::Mov { a: first, .. }, _) = start else { return None };
    if set.contains(first) || set.contains(&j.end) {
        return None;
    }
    let insts = |code: &[Item]| -> Vec<Inst> {
        let inst = |item: &Item| if let Item::Inst(inst, _) = item { Some(*inst) } else { None };
        code.iter().filter_map(inst).collect()
    };
    let (outer, inside) = (insts(before), insts(&j.body));
    let stores: Vec<&Inst> = inside.iter().filter(|inst| inst.is_store()).collect();
    let [store] = stores[..] else { return None };
    let place = forms.address(kernel, store)?;
    let coefficient = |form: &Form, r: Reg| form.terms.iter().find(|t| t.0 == r).map_or(0, |t| t.1);
    // One element for each j, the same for all k, and touched in no other way.
    let others = set_by(j).into_iter().chain(set.iter().copied()).filter(|&r| r != j.iv);
    if coefficient(&place, j.iv) == 0 || others.into_iter().any(|r| coefficient(&place, r) != 0) {
        return None;
    }
    let same = |inst: &Inst| {
        inst.bufs()[0] != store.bufs()[0] || forms.address(kernel, inst).as_ref() == Some(&place)
    };
    if !inside.iter().all(same) || outer.iter().any(|inst| inst.bufs()[0] == store.bufs()[0]) {
        return None;
    }
    let sunk = before.iter().filter(|item| !std::ptr::eq(*item, start)).cloned();
    let body: Code = sunk.chain(j.body.iter().cloned()).collect();
    let summed = Loop { body, ..k.clone() };
    let set_k = Inst::Mov { dst: k.iv, a: forms.start(k.iv)? };
    let body = vec![set_k.into(), Item::Loop(Box::new(summed))];
    Some((Inst::Mov { dst: j.iv, a: *first }, Loop { body, ..(**j).clone() }))
}

/// Distributes loops around several nests.
fn distribute(kernel: &mut Kernel, forms: &Forms, code: &mut Code) {
    let mut at = 0;
    while at < code.len() {
        if let Item::Loop(l) = &mut code[at] {
            match parts(kernel, forms, l) {
                Some(parts) => {
                    let n = parts.len();
                    code.splice(at..=at, parts);
                    at += n - 1;
                }
                None => distribute(kernel, forms, &mut l.body),
            }
        }
        at += 1;
    }
}

/// A loop for each nest, every one with the scalars that it needs.
fn parts(kernel: &mut Kernel, forms: &Forms, l: &Loop) -> Option<Code> {
    let nests = l.body.iter().filter(|item| matches!(item, Item::Loop(_))).count();
    let trips = l.max_trips?;
    if nests < 2 || !l.moves.is_empty() || l.stride != 1 || l.guard.is_some() {
        return None;
    }
    if !accesses::independent(kernel, forms, l, trips) {
        return None;
    }
    let start = forms.start(l.iv)?;
    let mut scalars = Code::new();
    let mut group = Code::new();
    let mut groups: Vec<Code> = Vec::new();
    for item in &l.body {
        match item {
            Item::Inst(inst, None) if inst.is_pure() && !inst.is_load() => scalars.push(item.clone()),
            Item::Loop(_) => {
                group.push(item.clone());
                groups.push(scalars.iter().cloned().chain(std::mem::take(&mut group)).collect());
            }
            _ => return None,
        }
    }
    // Nothing but the scalars goes from one part to the next.
    let made: BTreeSet<Reg> =
        scalars.iter().filter_map(|item| if let Item::Inst(i, _) = item { i.dst() } else { None }).collect();
    let mut set = BTreeSet::new();
    for group in &groups {
        let (mut reads, mut own) = (BTreeSet::new(), BTreeSet::new());
        for_each_reg(&mut group.clone(), &mut |role, r| match role {
            Role::Read => drop(reads.insert(*r)),
            Role::Write | Role::Update => drop(own.insert(*r)),
        });
        if reads.intersection(&set).next().is_some() {
            return None;
        }
        set.extend(own.into_iter().filter(|r| !made.contains(r)));
    }
    let mut code = Code::new();
    for group in groups {
        let mut copies = Copies::new(kernel);
        let iv = copies.register(l.iv);
        copies.rename(l.iv, iv);
        let (body, _) = copies.code(&group, &[], &BTreeSet::new());
        code.push(Inst::Mov { dst: iv, a: start }.into());
        code.push(Item::Loop(Box::new(Loop { iv, body, ..l.clone() })));
    }
    Some(code)
}
