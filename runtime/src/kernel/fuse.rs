//! Fusion: neighbouring loops over the same iterations become one, so that what the first one makes is used while it
//! is at hand. Values stored and loaded again in one iteration stay in registers, and a temporary array that nobody
//! else reads is not made at all.

use super::copies::rename_reads;
use super::flatten::{for_each_inst, writes};
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg, Role};
use super::invariant::{can_fail, set_by};
use super::ir::{Code, Item, Kernel, Loop, Origin, for_each_code, for_each_reg};
use super::marks::{accesses, folds};
use super::ranges::Form;
use crate::graph::SiteId;
use crate::hash::HashMap;
use std::collections::BTreeSet;

/// Larger bodies are not fused: they would need more registers and streams of memory than there are.
const LONG: usize = 80;
const BUFFERS: usize = 12;

/// Fuses loops everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let mut fused = false;
    // What was fused may be fused again, and the loops inside.
    for _ in 0..8 {
        let forms = Forms::of(kernel);
        if !list(kernel, &forms, &mut code) {
            break;
        }
        fused = true;
        kernel.code = code.clone();
    }
    if fused {
        let forms = Forms::of(kernel);
        let writes = writes(&mut code, kernel.regs.len());
        let mut renamed = HashMap::default();
        for_each_code(&mut code, &mut |list| {
            forward(kernel, &forms, &writes, list, &mut renamed);
            drop_overwritten(kernel, &forms, list);
        });
        rename_reads(&mut code, &mut kernel.results, &renamed);
        drop_unread(kernel, &mut code);
    }
    kernel.code = code;
}

fn list(kernel: &mut Kernel, forms: &Forms, code: &mut Code) -> bool {
    let mut found = false;
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(..) => {}
            Item::While(w) => found |= list(kernel, forms, &mut w.head) | list(kernel, forms, &mut w.body),
            Item::Branch(b) => {
                for (arm, _) in &mut b.arms {
                    found |= list(kernel, forms, arm);
                }
            }
            Item::Loop(l) => {
                found |= list(kernel, forms, &mut l.body);
                // Forms are those of the code before: one fusion at a time in each list.
                if !found
                    && let Some(next) = next_loop(code, k)
                    && join(kernel, forms, code, k, next)
                {
                    return true;
                }
            }
        }
        k += 1;
    }
    found
}

/// The loop behind the one at `k`, where only plain instructions lie between.
pub(super) fn next_loop(code: &Code, k: usize) -> Option<usize> {
    let next = (k + 1..code.len()).find(|&n| !matches!(code[n], Item::Inst(..)))?;
    matches!(code[next], Item::Loop(_)).then_some(next)
}

fn join(kernel: &mut Kernel, forms: &Forms, code: &mut Code, k: usize, next: usize) -> bool {
    let (Item::Loop(first), Item::Loop(second)) = (&code[k], &code[next]) else { return false };
    let between = &code[k + 1..next];
    let Some(fused) = fused(kernel, forms, first, second, between) else { return false };
    let sites = [first.site, second.site];
    note(kernel, sites);
    // What stood between comes first; it knows nothing of the first loop.
    let between: Code = code.drain(k + 1..next).collect();
    code.remove(k + 1);
    code[k] = Item::Loop(Box::new(fused));
    code.splice(k..k, between);
    true
}

pub(super) fn note(kernel: &mut Kernel, sites: [Option<SiteId>; 2]) {
    for (site, which) in sites.into_iter().zip(["one behind it", "one before it"]) {
        let note = format!("fused with the {which}");
        if let Some(site) = site
            && !kernel.notes.iter().any(|n| n.0 == site && n.1 == note)
        {
            kernel.notes.push((site, note));
        }
    }
}

/// Both loops as one, where that changes nothing and keeps the iterations independent.
fn fused(kernel: &Kernel, forms: &Forms, first: &Loop, second: &Loop, between: &[Item]) -> Option<Loop> {
    let trips = first.max_trips?;
    let same = forms.bounds(first.iv)? == forms.bounds(second.iv)?;
    let dtypes = kernel.regs[first.iv.index()] == kernel.regs[second.iv.index()];
    if !same || !dtypes || first.stride != 1 || second.stride != 1 || second.max_trips != Some(trips) {
        return None;
    }
    // All errors of the first loop come before those of the second.
    if can_fail(&first.body) && can_fail(&second.body) {
        return None;
    }
    let (own, mut size) = (buffers(first), 0);
    let other = buffers(second);
    [first, second].iter().for_each(|l| for_each_inst(&mut l.body.clone(), &mut |_| size += 1));
    if own.is_disjoint(&other) || own.union(&other).count() > BUFFERS || size > LONG {
        return None;
    }
    // Nothing between or in the second loop knows of the first one's registers, and what stands between only computes, or
    // copies arrays that the first loop does not know.
    let set = set_by(first);
    let fresh = |code: &[Item]| {
        let mut clean = true;
        for_each_reg(&mut code.to_vec(), &mut |role, r| clean &= role == Role::Write || !set.contains(r));
        clean
    };
    let plain = |item: &Item| match item {
        Item::Inst(Inst::CopyBuf { dst, src }, None) => !own.contains(dst) && !own.contains(src),
        Item::Inst(inst, None) => inst.is_pure() && !inst.is_load(),
        _ => false,
    };
    let whole = [Item::Loop(Box::new(second.clone()))];
    let mut reads = BTreeSet::new();
    for_each_reg(&mut [Item::Loop(Box::new(first.clone()))], &mut |role, r| {
        if role != Role::Write {
            reads.insert(*r);
        }
    });
    let sets_read = between.iter().any(
        |item| matches!(item, Item::Inst(inst, _) if inst.dst().is_some_and(|dst| reads.contains(&dst))),
    );
    // Nor does the first loop read what the second one changes.
    let apart = set_by(second).is_disjoint(&reads);
    if !between.iter().all(plain) || !fresh(between) || !fresh(&whole) || sets_read || !apart {
        return None;
    }
    if accesses::overtakes(kernel, forms, first, second, trips) {
        return None;
    }
    let independent = |l: &Loop| accesses::independent(kernel, forms, l, trips);
    let reduces =
        |l: &Loop| l.moves.is_empty() || folds::extract(&mut kernel.clone(), &mut l.clone()).is_some();
    if ![first, second].iter().all(|l| independent(l) && reduces(l)) {
        return None;
    }
    let mut body = second.body.clone();
    let (from, to) = (second.iv, first.iv);
    for_each_reg(&mut body, &mut |_, r| {
        if *r == from {
            *r = to;
        }
    });
    let mut moves = second.moves.clone();
    moves.iter_mut().filter(|m| m.1 == from).for_each(|m| m.1 = to);
    let fused = Loop {
        site: first.site.or(second.site),
        body: first.body.iter().cloned().chain(body).collect(),
        moves: first.moves.iter().copied().chain(moves).collect(),
        ..first.clone()
    };
    // Two sweeps of a stencil have independent iterations, and one behind the other has not.
    let alone = in_place(kernel, &fused, second.iv);
    let forms = Forms::of(&alone);
    accesses::independent(&alone, &forms, &fused, trips).then_some(fused)
}

/// The kernel with the fused loop in place of the first one, and without the second, for its forms.
fn in_place(kernel: &Kernel, fused: &Loop, second: Reg) -> Kernel {
    let mut kernel = kernel.clone();
    let mut code = std::mem::take(&mut kernel.code);
    for_each_code(&mut code, &mut |list| {
        list.retain(|item| !matches!(item, Item::Loop(l) if l.iv == second));
        for item in list.iter_mut() {
            if let Item::Loop(l) = item
                && l.iv == fused.iv
            {
                **l = fused.clone();
            }
        }
    });
    kernel.code = code;
    kernel
}

fn buffers(l: &Loop) -> BTreeSet<Buf> {
    let mut found = BTreeSet::new();
    for_each_inst(&mut l.body.clone(), &mut |inst| found.extend(inst.bufs().into_iter().flatten()));
    found
}

/// Loads of what the same list stored before, or loaded, at the same address, become that value.
pub(super) fn forward(
    kernel: &Kernel,
    forms: &Forms,
    writes: &[u32],
    list: &mut Code,
    renamed: &mut HashMap<Reg, Reg>,
) {
    // Buffer, address, the value there.
    let mut known: Vec<(Buf, Form, Reg)> = Vec::new();
    let once = |r: Reg| writes[r.index()] <= 1;
    let mut kept = Code::with_capacity(list.len());
    for item in list.drain(..) {
        let Item::Inst(inst, _) = &item else {
            // A structure may store anywhere, and set what was known.
            known.clear();
            kept.push(item);
            continue;
        };
        let address = forms.address(kernel, inst);
        let place = inst.bufs()[0].zip(address);
        if inst.is_load() {
            if let (Some((buf, form)), Some(dst)) = (place, inst.dst()) {
                let same = known.iter().find(|k| k.0 == buf && k.1 == form);
                let typed = |r: Reg| kernel.regs[r.index()] == kernel.regs[dst.index()];
                match same.map(|k| k.2).filter(|&r| typed(r) && once(r) && once(dst)) {
                    Some(value) => {
                        renamed.insert(dst, value);
                        continue;
                    }
                    None => known.push((buf, form, dst)),
                }
            }
        } else if inst.is_store() {
            let value = inst.reads().next();
            match (place, value) {
                (Some((buf, form)), Some(value)) => {
                    let apart = |other: &Form| other.sub(&form).is_some_and(|d| forms.never_zero(&d));
                    known.retain(|k| k.0 != buf || apart(&k.1));
                    // The bits of a value that a narrower element takes may be others.
                    if kernel.slots[buf.index()].dtype == kernel.regs[value.index()] {
                        known.push((buf, form, value));
                    }
                }
                _ => known.retain(|k| !inst.bufs().contains(&Some(k.0))),
            }
        } else if inst.bufs()[0].is_some() {
            known.clear();
        }
        kept.push(item);
    }
    *list = kept;
}

/// Stores to an element that the same list stores to again before anybody reads it.
pub(super) fn drop_overwritten(kernel: &Kernel, forms: &Forms, list: &mut Code) {
    let mut later: Vec<(Buf, Form)> = Vec::new();
    let mut kept = Code::with_capacity(list.len());
    for item in list.drain(..).rev() {
        let Item::Inst(inst, _) = &item else {
            later.clear();
            kept.push(item);
            continue;
        };
        let place = inst.bufs()[0].zip(forms.address(kernel, inst));
        if inst.is_store() {
            if place.as_ref().is_some_and(|place| later.contains(place)) {
                continue;
            }
            later.extend(place);
        } else if inst.bufs()[0].is_some() {
            let apart = |other: &Form| {
                let form = place.as_ref().and_then(|(_, form)| other.sub(form));
                form.is_some_and(|d| forms.never_zero(&d))
            };
            later.retain(|(buf, form)| !inst.bufs().contains(&Some(*buf)) || apart(form));
        }
        kept.push(item);
    }
    kept.reverse();
    *list = kept;
}

/// Temporaries that are only stored to are not made.
fn drop_unread(kernel: &mut Kernel, code: &mut Code) {
    let mut read: BTreeSet<Buf> = kernel.returned.iter().copied().collect();
    for_each_inst(code, &mut |inst| {
        if !inst.is_store() {
            read.extend(inst.bufs().into_iter().flatten());
        }
    });
    let unread = |kernel: &Kernel, buf: Buf| {
        kernel.slots[buf.index()].origin == Origin::Temporary && !read.contains(&buf)
    };
    for_each_code(code, &mut |list| {
        list.retain(|item| match item {
            Item::Inst(inst, _) if inst.is_store() => !inst.bufs()[0].is_some_and(|b| unread(kernel, b)),
            _ => true,
        });
    });
    for k in 0..kernel.slots.len() {
        if unread(kernel, Buf(k as u16)) {
            kernel.slots[k].shape = vec![0];
        }
    }
}
