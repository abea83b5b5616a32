//! Expensive values that statements need at several distances are kept in a temporary array, which a nest before the
//! others makes, instead of being computed for each of them.

use super::nest::Nest;
use super::statement::{Part, Schedule, Statement};
use crate::dtype::{DType, Literal};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Kernel, Origin, SlotInfo};
use crate::kernel::marks::cost;
use crate::kernel::marks::folds::constant;
use crate::kernel::promote::new_reg;
use std::collections::BTreeSet;

/// Nanoseconds from which on a value is expensive: functions, quotients and roots.
const EXPENSIVE: f64 = 3.0;

/// More temporaries would not stay in a cache.
const MOST: usize = 3;

/// The schedule with such values kept.
pub(super) fn expensive(kernel: &mut Kernel, nest: &Nest<'_>, schedule: &mut Schedule) {
    if nest.axes.iter().any(|axis| axis.sign < 0) {
        return;
    }
    for value in shared(kernel, nest, schedule).into_iter().take(MOST) {
        keep(kernel, nest, schedule, value);
    }
}

fn statements(schedule: &Schedule) -> impl Iterator<Item = (usize, &Statement)> {
    schedule.parts.iter().enumerate().flat_map(|(k, part)| match part {
        Part::Aligned(statements) => statements.iter().map(|s| (k, s)).collect(),
        Part::Rest(_) => Vec::new(),
    })
}

/// Expensive values that several distances need and that no store of the nest changes, the last first: what those before
/// are needed for may be kept already.
fn shared(kernel: &Kernel, nest: &Nest<'_>, schedule: &Schedule) -> Vec<Reg> {
    let stored: BTreeSet<Buf> =
        nest.insts.iter().filter(|inst| inst.is_store()).filter_map(|inst| inst.bufs()[0]).collect();
    let several = |value: Reg| {
        let uses: BTreeSet<(usize, &[i64])> = statements(schedule)
            .filter(|(_, s)| s.insts.iter().any(|inst| inst.dst() == Some(value)))
            .map(|(part, s)| (part, &s.shift[..]))
            .collect();
        uses.len() > 1
    };
    let fixed = |value: Reg| {
        made(nest, value).iter().all(|inst| inst.bufs()[0].is_none_or(|buf| !stored.contains(&buf)))
    };
    let expensive = nest.insts.iter().rev().filter(|inst| cost::of_inst(kernel, inst) >= EXPENSIVE);
    let values = expensive.filter_map(|inst| inst.dst());
    values.filter(|r| kernel.regs[r.index()].is_float() && several(*r) && fixed(*r)).collect()
}

/// What makes a value from the indices of the nest.
fn made(nest: &Nest<'_>, value: Reg) -> Vec<Inst> {
    let mut insts = needed(&nest.insts, BTreeSet::from([value]), None);
    insts.retain(|inst| inst.dst().is_some_and(|dst| !nest.is_index(dst)));
    insts
}

/// What sets these registers, with what that needs; nothing of `known`.
fn needed(insts: &[Inst], mut wanted: BTreeSet<Reg>, known: Option<Reg>) -> Vec<Inst> {
    let mut needed = Vec::new();
    for inst in insts.iter().rev() {
        let wants = inst.dst().is_some_and(|dst| Some(dst) != known && wanted.contains(&dst));
        if wants || inst.is_store() && known.is_some() {
            wanted.extend(inst.reads());
            needed.push(*inst);
        }
    }
    needed.reverse();
    needed
}

/// Makes a value by a nest of its own, if several distances still need it.
fn keep(kernel: &mut Kernel, nest: &Nest<'_>, schedule: &mut Schedule, value: Reg) {
    let uses = |s: &Statement| s.insts.iter().any(|inst| inst.dst() == Some(value));
    let distances: BTreeSet<&[i64]> =
        statements(schedule).filter(|(_, s)| uses(s)).map(|(_, s)| &s.shift[..]).collect();
    let slot = u16::try_from(kernel.slots.len()).map(Buf);
    let (true, Ok(buf)) = (distances.len() > 1, slot) else { return };
    let lengths: Vec<i64> = nest.axes.iter().map(|axis| axis.range.1 - axis.range.0).collect();
    let Some((address, base, idx, off)) = element(kernel, nest, &lengths) else { return };
    let dtype = kernel.regs[value.index()];
    let shape = lengths.iter().map(|&n| usize::try_from(n).unwrap_or(0)).collect();
    kernel.slots.push(SlotInfo { dtype, shape, origin: Origin::Temporary, name: None });
    let (store, load) = match dtype {
        DType::F32 => (
            Inst::Store4 { val: value, buf, base, idx, off },
            Inst::Load4 { dst: value, buf, base, idx, off },
        ),
        _ => (
            Inst::Store8 { val: value, buf, base, idx, off },
            Inst::Load8 { dst: value, buf, base, idx, off },
        ),
    };
    for part in &mut schedule.parts {
        let Part::Aligned(statements) = part else { continue };
        for s in statements.iter_mut().filter(|s| uses(s)) {
            let rest = needed(&s.insts, BTreeSet::new(), Some(value));
            s.insts = address.iter().copied().chain([load]).chain(rest).collect();
        }
    }
    let insts = made(nest, value).into_iter().chain(address).chain([store]).collect();
    schedule.parts.insert(0, Part::Aligned(vec![Statement::of_its_own(insts, nest.axes.len())]));
}

/// Where the element of an iteration is in an array of these lengths: what computes it, and the parts of the address.
fn element(kernel: &mut Kernel, nest: &Nest<'_>, lengths: &[i64]) -> Option<(Vec<Inst>, Reg, Reg, i32)> {
    let (last, outer) = nest.axes.split_last()?;
    let (mut insts, mut base, mut first) = (Vec::new(), kernel.zero, last.range.0);
    for (k, axis) in outer.iter().enumerate() {
        let stride = lengths[k + 1..].iter().try_fold(1i64, |n, &length| n.checked_mul(length))?;
        first = first.checked_add(axis.range.0.checked_mul(stride)?)?;
        let by = constant(kernel, Literal::I64(stride));
        let (row, sum) = (new_reg(kernel, DType::I64), new_reg(kernel, DType::I64));
        insts.push(Inst::MulI { dst: row, a: axis.l.iv, b: by });
        insts.push(Inst::AddI { dst: sum, a: base, b: row });
        base = sum;
    }
    Some((insts, base, last.l.iv, i32::try_from(first.checked_neg()?).ok()?))
}
