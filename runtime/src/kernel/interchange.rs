//! Interchange of two loops, so that the inner one walks along rows: in
//! `for j { for k { a[[i, j]] -= a[[i, k]] * a[[k, j]] } }` the inner loop strides down a column; with `k`
//! outside, every access is along a row or fixed, and the inner loop has independent iterations. Each element
//! still takes in its terms in the order of `k`, so the bits are the same.

use super::forms::Forms;
use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, Loop, for_each_reg};
use super::marks::accesses;
use crate::graph::SiteId;
use std::collections::BTreeSet;

/// Interchanges loops everywhere in the kernel where it pays.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    let mut notes = Vec::new();
    list(kernel, &forms, &mut code, &mut notes);
    kernel.notes.extend(notes);
    kernel.code = code;
}

fn list(kernel: &Kernel, forms: &Forms, code: &mut Code, notes: &mut Vec<(SiteId, String)>) {
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(..) => {}
            Item::While(w) => list(kernel, forms, &mut w.body, notes),
            Item::Branch(b) => b.arms.iter_mut().for_each(|(code, _)| list(kernel, forms, code, notes)),
            Item::Loop(l) => {
                let changed = interchange(kernel, forms, l);
                if let Some((_, changed)) = &changed {
                    let note = "exchanged with the loop inside it, to walk along rows".to_string();
                    notes.extend(l.site.map(|site| (site, note)));
                    (**l).clone_from(changed);
                }
                list(kernel, forms, &mut l.body, notes);
                if let Some((start, changed)) = changed {
                    // The index that was outside is now set inside.
                    let Some(Item::Loop(inner)) = changed.body.last() else { continue };
                    let stale = code[..k].iter().rposition(
                        |item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == inner.iv),
                    );
                    match stale {
                        Some(at) => code[at] = start.into(),
                        None => {
                            code.insert(k, start.into());
                            k += 1;
                        }
                    }
                }
            }
        }
        k += 1;
    }
}

/// The two loops of a perfect nest, with what stands before the inner one.
fn nest(outer: &Loop) -> Option<(Vec<Inst>, &Loop)> {
    let (last, before) = outer.body.split_last()?;
    let Item::Loop(inner) = last else { return None };
    let before = before.iter().map(|item| match item {
        Item::Inst(inst, None) if inst.is_pure() => Some(*inst),
        _ => None,
    });
    Some((before.collect::<Option<Vec<Inst>>>()?, inner))
}

fn set_in(code: &Code, own: Reg) -> BTreeSet<Reg> {
    let mut set = BTreeSet::from([own]);
    for_each_reg(&mut code.clone(), &mut |role, r| {
        if role != Role::Read {
            set.insert(*r);
        }
    });
    set
}

/// The nest the other way round, and the instruction that sets its index before it.
fn interchange(kernel: &Kernel, forms: &Forms, outer: &Loop) -> Option<(Inst, Loop)> {
    let (before, inner) = nest(outer)?;
    if !outer.moves.is_empty() || !inner.moves.is_empty() || outer.stride != 1 || inner.stride != 1 {
        return None;
    }
    let mut body = Vec::new();
    for item in &inner.body {
        match item {
            Item::Inst(inst, None) if inst.is_pure() || inst.is_store() => body.push(*inst),
            _ => return None,
        }
    }
    let stored: BTreeSet<_> = body.iter().filter(|i| i.is_store()).flat_map(|i| i.bufs()).flatten().collect();
    let (start, rest): (Vec<Inst>, Vec<Inst>) = before.iter().partition(|inst| inst.dst() == Some(inner.iv));
    let [Inst::Mov { a: first, .. }] = start[..] else { return None };
    // The inner loop's bounds do not depend on the outer index, and nobody writes what is loaded between.
    let set = set_in(&outer.body, outer.iv);
    let mut fixed = vec![first, inner.end, inner.step];
    fixed.extend(inner.guard.map(|g| g.0));
    if fixed.iter().any(|r| set.contains(r))
        || rest.iter().any(|i| i.is_load() && i.bufs().iter().flatten().any(|b| stored.contains(b)))
        || !pays(kernel, forms, &body, outer.iv, inner.iv)
    {
        return None;
    }
    let trips = outer.max_trips.unwrap_or(u64::MAX);
    if !accesses::independent(kernel, forms, outer, trips) {
        return None;
    }
    // What depends on the new inner index (or may see a store) stays inside.
    let mut inside = BTreeSet::from([outer.iv]);
    let (mut hoisted, mut kept) = (Code::new(), Code::new());
    for inst in rest.iter().chain(&body) {
        let alone = !inst.is_load() || !inst.bufs().iter().flatten().any(|b| stored.contains(b));
        let moves = !inst.is_store() && alone && !inst.reads().any(|r| inside.contains(&r));
        if moves {
            hoisted.push((*inst).into());
        } else {
            inside.extend(inst.dst());
            kept.push((*inst).into());
        }
    }
    let new_inner = Loop { body: kept, ..outer.clone() };
    // The old outer loop's index is set before the nest; the new inner loop starts from there every time.
    let start_of_outer = forms.start(outer.iv)?;
    hoisted.push(Inst::Mov { dst: outer.iv, a: start_of_outer }.into());
    hoisted.push(Item::Loop(Box::new(new_inner)));
    let changed = Loop { body: hoisted, ..inner.clone() };
    Some((Inst::Mov { dst: inner.iv, a: first }, changed))
}

/// The inner loop has strided accesses, the outer index has none, and stores along rows.
fn pays(kernel: &Kernel, forms: &Forms, body: &[Inst], outer: Reg, inner: Reg) -> bool {
    let mut strided = false;
    let mut along = false;
    for inst in body.iter().filter(|i| i.is_load() || i.is_store()) {
        let Some(form) = forms.address(kernel, inst) else { return false };
        let step = |r: Reg| form.terms.iter().find(|t| t.0 == r).map_or(0, |t| t.1);
        if step(outer).abs() > 1 {
            return false;
        }
        strided |= step(inner).abs() > 1;
        along |= inst.is_store() && step(outer) == 1;
    }
    strided && along
}
