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
const FEW: usize = 6;

/// The branch, `before` which that code runs, without its jump; `None` where it stays.
pub(super) fn flatten(kernel: &mut Kernel, branch: &Branch, before: &[Item]) -> Option<Code> {
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
    let mut bounds = Bounds::default();
    let mut failures = Vec::new();
    for item in insts() {
        let Item::Inst(inst, _) = item else { return None };
        // What was known of it holds only where nothing before it failed.
        let dst = inst.dst()?;
        kernel.ranges[dst.index()] = Interval::of(kernel.regs[dst.index()]);
        let Some(wrapping) = wrapping(inst) else {
            flat.push(item.clone());
            continue;
        };
        flat.push(wrapping.into());
        if !bounds.take(kernel, inst) {
            let fails = failure_of(kernel, inst)?;
            failures.push(fails.dst()?);
            flat.push(fails.into());
        }
    }
    for (source, most) in bounds.most {
        let (dst, a) = (new_reg(kernel, DType::Bool), constant(kernel, Literal::U64(most)));
        flat.push(Inst::LtU { dst, a, b: source }.into());
        failures.push(dst);
    }
    let failure = failures.into_iter().reduce(|a, b| {
        let dst = new_reg(kernel, DType::Bool);
        flat.push(Inst::OrI { dst, a, b }.into());
        dst
    });
    let arms = vec![(copy(kernel, yes), Vec::new()), (copy(kernel, no), Vec::new())];
    let written = Item::Branch(Box::new(Branch { selector: branch.selector, arms }));
    let arms = vec![(vec![written], Vec::new()), (Code::new(), Vec::new())];
    flat.push(Item::Branch(Box::new(Branch { selector: Selector::Bool(failure?), arms })));
    // `k % 2 == 0` is the opposite of a bit that is there.
    let negated = new_reg(kernel, DType::Bool);
    flat.push(Inst::XorI { dst: negated, a: cond, b: constant(kernel, Literal::Bool(true)) }.into());
    let opposite = is_zero(kernel, before, cond);
    for &(dst, b) in chosen {
        let &(_, c) = otherwise.iter().find(|m| m.0 == dst)?;
        let choice = if step(kernel, &flat, b, c) {
            Inst::AddI { dst, a: c, b: cond }
        } else if step(kernel, &flat, c, b) {
            Inst::AddI { dst, a: b, b: negated }
        } else if opposite {
            Inst::Select { dst, a: negated, b: c, c: b }
        } else {
            Inst::Select { dst, a: cond, b, c }
        };
        flat.push(choice.into());
    }
    Some(flat)
}

/// The condition says that a value of 0 or 1 is 0.
fn is_zero(kernel: &Kernel, before: &[Item], cond: Reg) -> bool {
    let zero = |r: Reg| kernel.constant(r).and_then(Literal::as_i128) == Some(0);
    let bit = |r: Reg| kernel.ranges[r.index()].within(Interval::new(0, 1));
    before.iter().any(|item| match item {
        Item::Inst(Inst::EqI { dst, a, b }, _) if *dst == cond => {
            (zero(*b) && bit(*a)) || (zero(*a) && bit(*b))
        }
        _ => false,
    })
}

/// The first value is one more than the second one.
fn step(kernel: &Kernel, flat: &Code, more: Reg, less: Reg) -> bool {
    let one = |r: Reg| kernel.constant(r).and_then(Literal::as_i128) == Some(1);
    flat.iter().any(|item| match item {
        Item::Inst(Inst::AddI { dst, a, b } | Inst::AddW { dst, a, b }, _) if *dst == more => {
            (*a == less && one(*b)) || (*b == less && one(*a))
        }
        _ => false,
    })
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

/// Up to where sums and products with constants do not fail, by the variable that they begin with: of `3 * k + 1` there is
/// one test, `k <= (MAX - 1) / 3`.
#[derive(Default)]
struct Bounds {
    most: Vec<(Reg, u64)>,
    /// `factor * variable + term`
    forms: HashMap<Reg, (Reg, u64, u64)>,
}

impl Bounds {
    /// Takes in a sum or product of unsigned integers with a constant; of anything else, `false`.
    fn take(&mut self, kernel: &Kernel, inst: &Inst) -> bool {
        let number =
            |r: Reg| kernel.constant(r).and_then(Literal::as_i128).and_then(|x| u64::try_from(x).ok());
        let with_constant = |a: Reg, b: Reg| number(b).map(|c| (a, c)).or_else(|| number(a).map(|c| (b, c)));
        let form = |r: Reg| self.forms.get(&r).copied().unwrap_or((r, 1, 0));
        let made = match *inst {
            Inst::AddUsize { dst, a, b } | Inst::MulUsize { dst, a, b } => {
                with_constant(a, b).and_then(|(x, c)| {
                    let (source, factor, term) = form(x);
                    Some(match inst {
                        Inst::AddUsize { .. } => (dst, (source, factor, term.checked_add(c)?)),
                        _ => (dst, (source, factor.checked_mul(c)?, term.checked_mul(c)?)),
                    })
                })
            }
            _ => None,
        };
        let Some((dst, (source, factor, term))) = made.filter(|made| made.1.1 > 0) else { return false };
        self.forms.insert(dst, (source, factor, term));
        let most = (u64::MAX - term) / factor;
        match self.most.iter_mut().find(|known| known.0 == source) {
            Some(known) => known.1 = known.1.min(most),
            None => self.most.push((source, most)),
        }
        true
    }
}

/// Whether it fails, of what has no bound.
fn failure_of(kernel: &mut Kernel, inst: &Inst) -> Option<Inst> {
    use Inst::*;
    let number = |kernel: &Kernel, r: Reg| kernel.constant(r).and_then(Literal::as_i128);
    let signed = |kernel: &mut Kernel, x: i128| Some(constant(kernel, Literal::I64(x.try_into().ok()?)));
    let fails = new_reg(kernel, DType::Bool);
    let whole = Interval::of(DType::I64);
    Some(match *inst {
        // The sum is less than either term.
        AddUsize { dst, a, .. } => LtU { dst: fails, a: dst, b: a },
        SubUsize { a, b, .. } => LtU { dst: fails, a, b },
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
