//! Branches in loops whose arms compute a few integers and can fail (`k = if k % 2 == 0 { k / 2 } else { 3 * k + 1 }`): both
//! arms are computed with wrapping operations and the results selected, which is cheaper than a jump that is hard to
//! foresee. Where an arm would have failed, the branch runs as it was written, and reports that if it is the arm taken.

use super::inst::{Inst, Reg, Role};
use super::ir::{Branch, Code, Item, Kernel, Selector};
use super::marks::folds::constant;
use super::promote::new_reg;
use super::ranges::Interval;
use crate::dtype::{DType, Literal};
use crate::hash::HashMap;

/// More instructions in both arms stay behind a jump.
const FEW: usize = 4;

/// The branch without its jump; `None` where it stays.
pub(super) fn flatten(kernel: &mut Kernel, branch: &Branch) -> Option<Code> {
    let Selector::Bool(cond) = branch.selector else { return None };
    let [(yes, chosen), (no, otherwise)] = &branch.arms[..] else { return None };
    let insts = || yes.iter().chain(no);
    if yes.len() + no.len() > FEW || chosen.len() != otherwise.len() {
        return None;
    }
    let integers = |inst: &Inst| inst.dst().into_iter().chain(inst.reads()).all(|r| is_wide(kernel, r));
    let fits =
        |item: &Item| matches!(item, Item::Inst(inst, _) if integers(inst) && can_be_tested(kernel, inst));
    let results = chosen.iter().all(|m| is_wide(kernel, m.0));
    // Moves happen at once: no result is also a source.
    let sources: Vec<Reg> = chosen.iter().chain(otherwise).map(|m| m.1).collect();
    let overwritten = |m: &(Reg, Reg)| sources.contains(&m.0) || m.0 == cond;
    let can_fail = |item: &Item| matches!(item, Item::Inst(inst, _) if wrapping(inst).is_some());
    if !results || !insts().all(fits) || !insts().any(can_fail) || chosen.iter().any(overwritten) {
        return None;
    }
    let mut flat = Code::new();
    let mut failure = None;
    for item in insts() {
        let Item::Inst(inst, _) = item else { return None };
        // What was known of it holds only where nothing before it failed.
        let dst = inst.dst()?;
        kernel.ranges[dst.index()] = Interval::of(kernel.regs[dst.index()]);
        let Some(wrapping) = wrapping(inst) else {
            flat.push(item.clone());
            continue;
        };
        let fails = failure_of(kernel, inst)?;
        flat.extend([wrapping.into(), fails.into()]);
        failure = match (failure, fails.dst()?) {
            (None, b) => Some(b),
            (Some(a), b) => {
                let dst = new_reg(kernel, DType::Bool);
                flat.push(Inst::OrI { dst, a, b }.into());
                Some(dst)
            }
        };
    }
    let arms = vec![(copy(kernel, yes), Vec::new()), (copy(kernel, no), Vec::new())];
    let written = Item::Branch(Box::new(Branch { selector: branch.selector, arms }));
    let arms = vec![(vec![written], Vec::new()), (Code::new(), Vec::new())];
    flat.push(Item::Branch(Box::new(Branch { selector: Selector::Bool(failure?), arms })));
    for &(dst, b) in chosen {
        let &(_, c) = otherwise.iter().find(|m| m.0 == dst)?;
        flat.push(Inst::Select { dst, a: cond, b, c }.into());
    }
    Some(flat)
}

/// An integer of 64 bits, or a bool.
fn is_wide(kernel: &Kernel, r: Reg) -> bool {
    matches!(kernel.regs[r.index()], DType::I64 | DType::U64 | DType::Usize | DType::Bool)
}

/// An instruction that never fails, or whose failure is one comparison.
fn can_be_tested(kernel: &Kernel, inst: &Inst) -> bool {
    use Inst::*;
    let number = |r: Reg| kernel.constant(r).and_then(Literal::as_i128);
    match *inst {
        AddUsize { .. } | SubUsize { .. } => true,
        AddI64 { b, .. } | SubI64 { b, .. } => number(b).is_some(),
        MulUsize { a, b, .. } => number(a).or(number(b)).is_some_and(|c| c > 0),
        // Of a distance that is wrong nothing can be said.
        ShlI { b, .. } | ShrS { b, .. } | ShrU { b, .. } | Rotl32 { b, .. } | Rotl64 { b, .. } => {
            number(b).is_some()
        }
        DivU { b, .. } | RemU { b, .. } => number(b).is_some_and(|c| c != 0),
        DivI64 { b, .. } | RemI64 { b, .. } => number(b).is_some_and(|c| c != 0 && c != -1),
        Math { .. } | Math2 { .. } | CallPure { .. } => false,
        _ => inst.is_pure() && !inst.is_load(),
    }
}

/// What it computes where it does not fail.
fn wrapping(inst: &Inst) -> Option<Inst> {
    use Inst::*;
    Some(match *inst {
        AddUsize { dst, a, b } | AddI64 { dst, a, b } => AddW { dst, a, b },
        SubUsize { dst, a, b } | SubI64 { dst, a, b } => SubW { dst, a, b },
        MulUsize { dst, a, b } => MulW { dst, a, b },
        _ => return None,
    })
}

/// Whether it fails.
fn failure_of(kernel: &mut Kernel, inst: &Inst) -> Option<Inst> {
    use Inst::*;
    let number = |kernel: &Kernel, r: Reg| kernel.constant(r).and_then(Literal::as_i128);
    let signed = |kernel: &mut Kernel, x: i128| Some(constant(kernel, Literal::I64(x.try_into().ok()?)));
    let fails = new_reg(kernel, DType::Bool);
    let whole = Interval::of(DType::I64);
    Some(match *inst {
        // The sum is less than either term, and a constant is the cheaper one to compare with.
        AddUsize { dst, a, b } => {
            let term = if number(kernel, b).is_some() { b } else { a };
            LtU { dst: fails, a: dst, b: term }
        }
        SubUsize { a, b, .. } => LtU { dst: fails, a, b },
        MulUsize { a, b, .. } => {
            let (factor, b) = if number(kernel, a).is_some() { (a, b) } else { (b, a) };
            let most = u64::try_from(i128::from(u64::MAX) / number(kernel, factor)?).ok()?;
            LtU { dst: fails, a: constant(kernel, Literal::U64(most)), b }
        }
        AddI64 { a, b, .. } => match number(kernel, b)? {
            c if c >= 0 => LtS { dst: fails, a: signed(kernel, whole.hi - c)?, b: a },
            c => LtS { dst: fails, a, b: signed(kernel, whole.lo - c)? },
        },
        SubI64 { a, b, .. } => match number(kernel, b)? {
            c if c >= 0 => LtS { dst: fails, a, b: signed(kernel, whole.lo + c)? },
            c => LtS { dst: fails, a: signed(kernel, whole.hi + c)?, b: a },
        },
        _ => return None,
    })
}

/// The same code with registers of its own.
fn copy(kernel: &mut Kernel, code: &Code) -> Code {
    let mut own: HashMap<Reg, Reg> = HashMap::default();
    let mut copied = code.clone();
    for item in &mut copied {
        let Item::Inst(inst, _) = item else { continue };
        inst.for_each_reg(|role, r| {
            if role != Role::Read {
                let new = new_reg(kernel, kernel.regs[r.index()]);
                own.insert(*r, new);
            }
            *r = own.get(r).copied().unwrap_or(*r);
        });
    }
    copied
}
