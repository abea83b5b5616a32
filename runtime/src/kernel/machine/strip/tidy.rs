//! From planned steps to as few steps and vectors as possible.

use super::{Fold, Place, Step, StripPlan};
use crate::kernel::inst::{Inst, Reg, Role};
use std::collections::HashMap;

/// Fuses, drops what is not needed, stores directly and numbers the vectors. `None` when there are too many.
pub(super) fn tidy(plan: &mut StripPlan) -> Option<()> {
    fuse(&mut plan.steps);
    drop_unused(plan);
    store_directly(plan);
    allocate(plan)
}

fn reads(step: &Step) -> [Place; 3] {
    match *step {
        Step::Compute { a, b, c, .. } => [a, b, c],
        Step::Gather { base, idx, .. } => [base, idx, Place::None],
        Step::Store { val, .. } => [val, Place::None, Place::None],
        Step::CheckLanes { idx, .. } => [idx, Place::None, Place::None],
        Step::Checked { a, b, .. } => [a, b, Place::None],
        Step::Fold(Fold { value, mask, .. }) => [value, mask, Place::None],
        _ => [Place::None; 3],
    }
}

fn places_mut(step: &mut Step) -> Vec<(Role, &mut Place)> {
    use Role::{Read, Write};
    match step {
        Step::Compute { dst, a, b, c, .. } => vec![(Read, a), (Read, b), (Read, c), (Write, dst)],
        Step::Splat { dst, .. } | Step::Affine { dst, .. } | Step::Load { dst, .. } => vec![(Write, dst)],
        Step::Gather { dst, base, idx, .. } => vec![(Read, base), (Read, idx), (Write, dst)],
        Step::Store { val, .. } => vec![(Read, val)],
        Step::CheckLanes { idx, .. } => vec![(Read, idx)],
        Step::CheckEnds { .. } | Step::CheckArithmetic { .. } => vec![],
        Step::Checked { dst, a, b, .. } => vec![(Read, a), (Read, b), (Write, dst)],
        Step::Fold(fold) => vec![(Read, &mut fold.value), (Read, &mut fold.mask)],
    }
}

fn written(step: &Step) -> Place {
    match *step {
        Step::Compute { dst, .. }
        | Step::Splat { dst, .. }
        | Step::Affine { dst, .. }
        | Step::Load { dst, .. }
        | Step::Gather { dst, .. }
        | Step::Checked { dst, .. } => dst,
        _ => Place::None,
    }
}

fn use_counts(steps: &[Step]) -> HashMap<u16, usize> {
    let mut counts = HashMap::new();
    for step in steps {
        for place in reads(step) {
            if let Place::Vector(v) = place {
                *counts.entry(v).or_insert(0) += 1;
            }
        }
    }
    counts
}

/// A product that only a sum uses becomes part of it (with two roundings, as written).
fn fuse(steps: &mut Vec<Step>) {
    let counts = use_counts(steps);
    let mut products: HashMap<u16, usize> = HashMap::new();
    let mut taken = Vec::new();
    for k in 0..steps.len() {
        let Step::Compute { inst, dst, a, b, .. } = steps[k] else { continue };
        let product = |place: Place| match place {
            Place::Vector(v) if counts.get(&v) == Some(&1) => products.get(&v).copied(),
            _ => None,
        };
        let zero = Reg(0);
        let (dst_, a_, b_, c_) = (zero, zero, zero, zero);
        let add = Inst::MulAddF64 { dst: dst_, a: a_, b: b_, c: c_ };
        let choice = match inst {
            Inst::AddF64 { .. } => product(b).map(|j| (add, j, a)).or(product(a).map(|j| (add, j, b))),
            Inst::SubF64 { .. } => {
                let rsub = Inst::RsubMulF64 { dst: dst_, a: a_, b: b_, c: c_ };
                let sub = Inst::MulSubF64 { dst: dst_, a: a_, b: b_, c: c_ };
                product(b).map(|j| (rsub, j, a)).or(product(a).map(|j| (sub, j, b)))
            }
            Inst::MulF64 { .. } => {
                if let Place::Vector(v) = dst {
                    products.insert(v, k);
                }
                None
            }
            _ => None,
        };
        if let Some((inst, j, c)) = choice
            && let Step::Compute { a, b, .. } = steps[j]
        {
            steps[k] = Step::Compute { inst, dst, a, b, c };
            taken.push(j);
        }
    }
    let mut k = 0;
    steps.retain(|_| {
        k += 1;
        !taken.contains(&(k - 1))
    });
}

/// Steps whose lanes nobody reads.
fn drop_unused(plan: &mut StripPlan) {
    loop {
        let counts = use_counts(&plan.steps);
        let unused = |step: &Step| match (step, written(step)) {
            (Step::Checked { .. }, _) => false,
            (_, Place::Vector(v)) => !counts.contains_key(&v),
            _ => false,
        };
        let before = plan.steps.len() + plan.prologue.len();
        plan.steps.retain(|s| !unused(s));
        plan.prologue.retain(|s| !unused(s));
        if plan.steps.len() + plan.prologue.len() == before {
            return;
        }
    }
}

/// A result that is only stored goes straight to memory, where nothing in between touches that array.
fn store_directly(plan: &mut StripPlan) {
    let counts = use_counts(&plan.steps);
    let mut gone = Vec::new();
    for k in 0..plan.steps.len() {
        let Step::Store { inst: Inst::Store8 { .. }, val: Place::Vector(v), access } = plan.steps[k] else {
            continue;
        };
        let target = &plan.accesses[usize::from(access)];
        if counts.get(&v) != Some(&1) || target.stride != 1 {
            continue;
        }
        let Some(j) = plan.steps[..k].iter().rposition(|s| written(s) == Place::Vector(v)) else { continue };
        let between = plan.steps[j + 1..k].iter().all(|s| match s {
            Step::Load { access, .. } | Step::Store { access, .. } => {
                plan.accesses[usize::from(*access)].buf != target.buf
            }
            Step::Gather { buf, .. } => *buf != target.buf,
            Step::Compute { dst: Place::Memory(m), .. } => plan.accesses[usize::from(*m)].buf != target.buf,
            // It must still be able to stop before anything is written.
            Step::CheckLanes { .. }
            | Step::CheckEnds { .. }
            | Step::CheckArithmetic { .. }
            | Step::Checked { .. } => false,
            _ => true,
        });
        if let (true, Step::Compute { dst, .. }) = (between, &mut plan.steps[j]) {
            *dst = Place::Memory(access);
            gone.push(k);
        }
    }
    let mut k = 0;
    plan.steps.retain(|_| {
        k += 1;
        !gone.contains(&(k - 1))
    });
}

/// Gives the vectors numbers that are reused as soon as their lanes were read for the last time. A result
/// never shares a vector with an operand of the same step.
fn allocate(plan: &mut StripPlan) -> Option<()> {
    let mut last: HashMap<u16, usize> = HashMap::new();
    for (k, step) in plan.steps.iter().enumerate() {
        for place in reads(step) {
            if let Place::Vector(v) = place {
                last.insert(v, k);
            }
        }
    }
    let mut number: HashMap<u16, u16> = HashMap::new();
    let mut free: Vec<u16> = Vec::new();
    let mut next = 0u16;
    // What is computed once stays.
    for step in &mut plan.prologue {
        for (_, place) in places_mut(step) {
            if let Place::Vector(v) = place {
                number.insert(*v, next);
                *v = next;
                next = next.checked_add(1)?;
            }
        }
    }
    let lasting = next;
    for (k, step) in plan.steps.iter_mut().enumerate() {
        let mut ended = Vec::new();
        for (role, place) in places_mut(step) {
            let Place::Vector(v) = place else { continue };
            if role == Role::Read {
                let at = *number.get(v)?;
                if last.get(v) == Some(&k) && at >= lasting && !ended.contains(&at) {
                    ended.push(at);
                }
                *v = at;
            } else {
                let at = match free.pop() {
                    Some(at) => at,
                    None => {
                        next = next.checked_add(1)?;
                        next - 1
                    }
                };
                if !last.contains_key(v) {
                    ended.push(at);
                }
                number.insert(*v, at);
                *v = at;
            }
        }
        free.extend(ended);
    }
    plan.vectors = usize::from(next);
    Some(())
}
