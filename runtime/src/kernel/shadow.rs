//! Sweeps in the shadow of a recurrence. What an elimination starts from is often computed in a sweep of its own,
//! `for i { d[i] = a * (u[i - 1] + u[i + 1]) }`, and the loop behind it waits in each iteration for a quotient of the one
//! before. The processor has nothing to do while it waits, so the sweep is moved into that loop, where it costs no time at
//! all, and what it stores need not be loaded again.
//!
//! The recurrence may run on for a few iterations behind the end of the sweep. Those are a loop by themselves.

use super::copies::{Copies, REGISTERS, rename_reads};
use super::cse;
use super::flatten::writes;
use super::forms::Forms;
use super::fuse;
use super::inst::{Buf, Inst, Reg, Role};
use super::invariant::{set_by, set_in};
use super::ir::{Code, Item, Kernel, Loop, for_each_code, for_each_reg};
use super::marks::cost::latency;
use super::marks::{accesses, folds};
use super::passes::count_uses;
use super::ranges::Form;
use crate::hash::HashMap;
use std::collections::BTreeSet;

/// So many iterations of the recurrence may come behind the sweep.
const MORE: i64 = 4;

/// Instructions that begin in a cycle, about, in code that waits for nothing.
const AT_ONCE: u32 = 2;

/// Moves sweeps everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let mut moved = false;
    // Several sweeps may stand before one recurrence.
    while neighbours(&mut code) {
        kernel.code = code.clone();
        let forms = Forms::of(kernel);
        let uses = count_uses(&mut code.clone(), kernel.regs.len(), &kernel.results);
        let mut found = None;
        for_each_code(&mut code, &mut |list| {
            if found.is_none() && kernel.regs.len() < REGISTERS {
                found = (0..list.len()).find_map(|k| join(kernel, &forms, &uses, list, k));
            }
        });
        let Some(joint) = found else { break };
        moved = true;
        shorten(kernel, &mut code, joint);
    }
    kernel.code = code;
    if moved {
        cse::drop_dead(kernel);
    }
}

/// Somewhere one loop of plain instructions stands before another one.
fn neighbours(code: &mut Code) -> bool {
    let mut found = false;
    for_each_code(code, &mut |list| {
        let mut loops = list.iter().filter(|item| !matches!(item, Item::Inst(..))).map(|item| match item {
            Item::Loop(l) => plain(l).is_some(),
            _ => false,
        });
        let mut before = false;
        found |= loops.any(|is_plain| std::mem::replace(&mut before, is_plain) && is_plain);
    });
    found
}

/// Values that the joint loop with this counter stores and loads again stay in registers.
fn shorten(kernel: &mut Kernel, code: &mut Code, joint: Reg) {
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    let writes = writes(code, kernel.regs.len());
    let mut renamed = HashMap::default();
    for_each_code(code, &mut |list| {
        for item in list {
            if let Item::Loop(l) = item
                && l.iv == joint
            {
                fuse::forward(kernel, &forms, &writes, &mut l.body, &mut renamed);
                fuse::drop_overwritten(kernel, &forms, &mut l.body);
            }
        }
    });
    rename_reads(code, &mut kernel.results, &renamed);
}

/// Joins the sweep at `k` with the recurrence behind it; gives the counter of the joint loop.
fn join(kernel: &mut Kernel, forms: &Forms, uses: &[u32], list: &mut Code, k: usize) -> Option<Reg> {
    let next = fuse::next_loop(list, k)?;
    let (Item::Loop(sweep), Item::Loop(recurrence)) = (&list[k], &list[next]) else { return None };
    let (sweep_insts, insts) = (plain(sweep)?, plain(recurrence)?);
    let more = more(kernel, forms, sweep, recurrence)?;
    if !is_sweep(kernel, forms, sweep)
        || !has_time(kernel, forms, &sweep_insts, recurrence, &insts)
        || !passes(kernel, forms, sweep, &list[k + 1..next])
        || accesses::overtakes(kernel, forms, sweep, recurrence, sweep.max_trips?)
    {
        return None;
    }
    // Nobody else knows of what either of them sets, but of the carries.
    let own = |l: &Loop| {
        let mut inside = vec![0; kernel.regs.len()];
        for_each_reg(&mut [Item::Loop(Box::new(l.clone()))], &mut |role, r| {
            inside[r.index()] += u32::from(role != Role::Write);
        });
        let mut set = set_in(&l.body);
        set.insert(l.iv);
        set.iter().all(|r| inside[r.index()] == uses[r.index()])
    };
    if !own(sweep) || !own(recurrence) || !set_by(recurrence).is_disjoint(&reads(sweep)) {
        return None;
    }
    let (sweep, recurrence) = (sweep.clone(), recurrence.clone());
    let sites = [sweep.site, recurrence.site];
    let mut first = sweep.body.clone();
    for_each_reg(&mut first, &mut |_, r| {
        if *r == sweep.iv {
            *r = recurrence.iv;
        }
    });
    let end = match kernel.constant(sweep.end) {
        Some(end) => folds::constant(kernel, end.cast(kernel.regs[recurrence.iv.index()])),
        None => sweep.end,
    };
    let rest = if more > 0 { rest(kernel, &recurrence, end, more) } else { Code::new() };
    let joint = Loop {
        end,
        max_trips: sweep.max_trips,
        body: first.into_iter().chain(recurrence.body.iter().cloned()).collect(),
        ..*recurrence.clone()
    };
    fuse::note(kernel, sites);
    list.splice(next..=next, std::iter::once(Item::Loop(Box::new(joint))).chain(rest));
    list.remove(k);
    Some(recurrence.iv)
}

/// The recurrence from the end of the sweep on.
fn rest(kernel: &mut Kernel, recurrence: &Loop, start: Reg, more: u64) -> Code {
    let carried: BTreeSet<Reg> = recurrence.moves.iter().map(|m| m.0).collect();
    let mut copies = Copies::new(kernel);
    let iv = copies.register(recurrence.iv);
    copies.rename(recurrence.iv, iv);
    let (body, moves) = copies.code(&recurrence.body, &recurrence.moves, &carried);
    let rest = Loop { iv, max_trips: Some(more), body, moves, ..recurrence.clone() };
    vec![Inst::Mov { dst: iv, a: start }.into(), Item::Loop(Box::new(rest))]
}

/// The instructions of a loop that always goes up one by one, has no loops and branches inside, and can't fail.
fn plain(l: &Loop) -> Option<Vec<Inst>> {
    if l.stride != 1 || l.guard.is_some() {
        return None;
    }
    let inst = |item: &Item| match item {
        Item::Inst(inst, None) if touches_elements(inst) && !inst.may_fail() => Some(*inst),
        _ => None,
    };
    l.body.iter().map(inst).collect()
}

/// It computes, or loads or stores an element.
fn touches_elements(inst: &Inst) -> bool {
    inst.is_pure() || inst.is_load() || inst.is_store()
}

/// How many iterations the recurrence has behind the end of the sweep, where both start together.
fn more(kernel: &Kernel, forms: &Forms, sweep: &Loop, recurrence: &Loop) -> Option<u64> {
    let (start, end) = forms.bounds(sweep.iv)?;
    let (other, behind) = forms.bounds(recurrence.iv)?;
    let more = behind.sub(end)?;
    let known = more.terms.is_empty() && (0..=MORE).contains(&more.constant);
    let alike = kernel.regs[sweep.iv.index()] == kernel.regs[recurrence.iv.index()];
    (known && alike && start == other).then_some(more.constant as u64)
}

/// Its iterations know nothing of each other.
fn is_sweep(kernel: &Kernel, forms: &Forms, l: &Loop) -> bool {
    l.moves.is_empty() && l.max_trips.is_some_and(|trips| accesses::independent(kernel, forms, l, trips))
}

/// The sweep can be done later: what stands behind it only computes, or touches other elements.
fn passes(kernel: &Kernel, forms: &Forms, sweep: &Loop, between: &[Item]) -> bool {
    let (set, reads, mut clean) = (set_by(sweep), reads(sweep), true);
    for_each_reg(&mut between.to_vec(), &mut |role, r| {
        clean &= !set.contains(r) && (role == Role::Read || !reads.contains(r));
    });
    let place = |inst: &Inst| (inst.bufs()[0], forms.address(kernel, inst), inst.is_store());
    let own: Vec<_> = insts(&sweep.body).filter(|i| i.bufs()[0].is_some()).map(place).collect();
    clean
        && between.iter().all(|item| match item {
            Item::Inst(inst, _) => touches_elements(inst),
            _ => false,
        })
        && insts(between).filter(|i| i.bufs()[0].is_some()).map(place).all(|(buf, address, store)| {
            own.iter().filter(|o| o.0 == buf && (o.2 || store)).all(|(_, other, _)| {
                let apart = |f: &Form, g: &Form| f.sub(g).is_some_and(|d| forms.never_zero(&d));
                address.as_ref().zip(other.as_ref()).is_some_and(|(f, g)| apart(f, g))
            })
        })
}

/// The registers that a loop reads.
fn reads(l: &Loop) -> BTreeSet<Reg> {
    let mut reads = BTreeSet::new();
    for_each_reg(&mut [Item::Loop(Box::new(l.clone()))], &mut |role, r| {
        if role != Role::Write {
            reads.insert(*r);
        }
    });
    reads
}

fn insts(code: &[Item]) -> impl Iterator<Item = &Inst> {
    code.iter().filter_map(|item| match item {
        Item::Inst(inst, _) => Some(inst),
        _ => None,
    })
}

/// The recurrence waits for long enough to do the work of both.
fn has_time(kernel: &Kernel, forms: &Forms, sweep: &[Inst], recurrence: &Loop, insts: &[Inst]) -> bool {
    let slots = |list: &[Inst]| list.iter().map(slots).sum::<Option<u32>>();
    let reduces = || {
        !recurrence.moves.is_empty() && folds::extract(&mut kernel.clone(), &mut recurrence.clone()).is_some()
    };
    slots(sweep)
        .zip(slots(insts))
        .is_some_and(|(a, b)| a + b <= AT_ONCE * waits(kernel, forms, recurrence, insts))
        && !reduces()
}

/// How long the units of a processor are busy with it, where it is not a function.
fn slots(inst: &Inst) -> Option<u32> {
    use Inst::*;
    Some(match inst {
        Mov { .. } => 0,
        DivF64 { .. } | DivF32 { .. } | SqrtF64 { .. } | SqrtF32 { .. } => 4,
        Math { .. } | Math2 { .. } | Call { .. } | CallPure { .. } => return None,
        _ => 1,
    })
}

/// The cycles from what an iteration gets from the one before to what it leaves to the next one.
fn waits(kernel: &Kernel, forms: &Forms, l: &Loop, insts: &[Inst]) -> u32 {
    // When a register is known; those that do not depend on the iteration before have no time.
    let mut known: HashMap<Reg, u32> = l.moves.iter().map(|m| (m.0, 0)).collect();
    let place = |inst: &Inst| inst.bufs()[0].zip(forms.address(kernel, inst));
    // What this iteration stored so far, and what others store.
    let mut stored: Vec<(Buf, Form, Reg)> = Vec::new();
    let stores: Vec<(Buf, Form)> = insts.iter().filter(|i| i.is_store()).filter_map(place).collect();
    let mut longest = 0;
    for inst in insts {
        let mut start = inst.reads().filter_map(|r| known.get(&r).copied()).max();
        if let Some((buf, form)) = place(inst) {
            if inst.is_store() {
                let value = inst.reads().next();
                stored.extend(value.map(|value| (buf, form, value)));
                longest = longest.max(start.unwrap_or(0));
                continue;
            }
            if let Some((.., value)) = stored.iter().find(|s| s.0 == buf && s.1 == form) {
                start = start.max(known.get(value).copied());
            } else if stores.iter().any(|s| s.0 == buf && s.1 != form) {
                start = start.max(Some(0));
            }
        }
        if let (Some(start), Some(dst)) = (start, inst.dst()) {
            // What was stored before goes through a register.
            let cycles = if inst.is_load() { 0 } else { latency(inst) };
            known.insert(dst, start + cycles);
        }
    }
    l.moves.iter().filter_map(|m| known.get(&m.1).copied()).fold(longest, u32::max)
}
