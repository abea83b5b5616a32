//! Carried scalars that are reductions: `s = s + x` (of floats, or of integers that cannot overflow) once or several times per iteration, also in loops and
//! branches inside, with `s` seen nowhere else.

use crate::dtype::{DType, Literal};
use crate::hash::HashSet;
use crate::kernel::inst::{Inst, Reg, Role};
use crate::kernel::ir::{Code, Fold, Item, Kernel, Loop, for_each_reg};
use crate::kernel::math::reduce::Combine;
use crate::kernel::promote::new_reg;

/// Takes every carry out of the loop as a fold; `None` (and the loop as it was) when one of them is none.
pub(in crate::kernel) fn extract(kernel: &mut Kernel, l: &mut Loop) -> Option<()> {
    let mut work = l.clone();
    for (carry, result) in std::mem::take(&mut work.moves) {
        let fold = one(kernel, &mut work, carry, result)?;
        work.mark.folds.push(fold);
    }
    *l = work;
    Some(())
}

fn one(kernel: &mut Kernel, l: &mut Loop, carry: Reg, result: Reg) -> Option<Fold> {
    let dtype = kernel.regs[carry.index()];
    let ordered = dtype.is_float() && crate::kernel::optimize::native_arithmetic();
    if ordered || dtype == DType::Bool || carry == result {
        return None;
    }
    let mut body = l.body.clone();
    unmask(kernel, &mut body, carry, result)?;
    let combine = chain(&body, carry, result)?;
    // What another fold adds must not be a sum so far of this one.
    let sums = written_from(&body, carry);
    if l.mark.folds.iter().any(|f| f.value == carry || sums.contains(&f.value)) {
        return None;
    }
    // A single step gives its other operand away.
    let single = body.iter().position(|item| {
        matches!(item, Item::Inst(inst, None) if inst.dst() == Some(result) && inst.reads().any(|r| r == carry))
    });
    let value = match single {
        Some(k) => {
            let Item::Inst(inst, _) = body[k] else { return None };
            let (_, other, negated) = step(&inst, carry)?;
            match negated {
                false => {
                    body.remove(k);
                    other
                }
                true => {
                    let dst = new_reg(kernel, dtype);
                    let neg = match dtype {
                        DType::F64 => Inst::NegF64 { dst, a: other },
                        _ => Inst::NegF32 { dst, a: other },
                    };
                    body[k] = neg.into();
                    dst
                }
            }
        }
        None => {
            let identity = constant(kernel, identity(combine, dtype));
            replace_reads(&mut body, carry, identity);
            result
        }
    };
    l.body = body;
    Some(Fold { carry, value, combine, dtype })
}

pub(in crate::kernel) fn constant(kernel: &mut Kernel, literal: Literal) -> Reg {
    if let Some(k) = kernel.constants.iter().position(|c| c.is_some_and(|c| c == literal)) {
        return Reg(k as u16);
    }
    let r = new_reg(kernel, literal.dtype());
    kernel.constants[r.index()] = Some(literal);
    r
}

/// The value that changes nothing.
fn identity(combine: Combine, dtype: DType) -> Literal {
    if !dtype.is_float() {
        return Literal::zero(dtype);
    }
    let x = match combine {
        Combine::Add => -0.0,
        Combine::Mul => 1.0,
        Combine::Min | Combine::Max => f64::NAN,
    };
    Literal::F64(x).cast(dtype)
}

/// `inst` combines `carry` with another register: how, with which, and whether that is negated.
fn step(inst: &Inst, carry: Reg) -> Option<(Combine, Reg, bool)> {
    use Inst::*;
    let (combine, a, b) = match *inst {
        // Of integers only where it cannot overflow, so that the order does not matter.
        AddF64 { a, b, .. } | AddF32 { a, b, .. } | AddI { a, b, .. } => (Combine::Add, a, b),
        MulF64 { a, b, .. } | MulF32 { a, b, .. } => (Combine::Mul, a, b),
        MinF64 { a, b, .. } | MinF32 { a, b, .. } => (Combine::Min, a, b),
        MaxF64 { a, b, .. } | MaxF32 { a, b, .. } => (Combine::Max, a, b),
        SubF64 { a, b, .. } | SubF32 { a, b, .. } if a == carry && b != carry => {
            return Some((Combine::Add, b, true));
        }
        _ => return None,
    };
    match (a == carry, b == carry) {
        (true, false) => Some((combine, b, false)),
        (false, true) => Some((combine, a, false)),
        _ => None,
    }
}

/// The registers that depend on `from` in a list of items.
fn written_from(code: &Code, from: Reg) -> HashSet<Reg> {
    let mut found: HashSet<Reg> = std::iter::once(from).collect();
    for item in code {
        let (mut reads, mut writes) = (false, Vec::new());
        let mut item = [item.clone()];
        for_each_reg(&mut item, &mut |role, r| match role {
            Role::Read => reads |= found.contains(r),
            Role::Write => writes.push(*r),
            Role::Update => {
                reads |= found.contains(r);
                writes.push(*r);
            }
        });
        if reads {
            found.extend(writes);
        }
    }
    found
}

fn readers(code: &Code, r: Reg) -> usize {
    let mut code = code.clone();
    let mut count = 0;
    for_each_reg(&mut code, &mut |role, x| count += usize::from(role != Role::Write && *x == r));
    count
}

fn replace_reads(code: &mut Code, from: Reg, to: Reg) {
    for_each_reg(code, &mut |role, r| {
        if role == Role::Read && *r == from {
            *r = to;
        }
    });
}

/// `select(c, carry + x, carry)` becomes `carry + select(c, x, identity)`.
fn unmask(kernel: &mut Kernel, body: &mut Code, carry: Reg, result: Reg) -> Option<()> {
    let at = body
        .iter()
        .position(|item| matches!(item, Item::Inst(Inst::Select { dst, .. }, _) if *dst == result));
    let Some(at) = at else { return Some(()) };
    let Item::Inst(Inst::Select { a: condition, b, c, .. }, _) = body[at] else { return None };
    let (stepped, inverted) = match (b == carry, c == carry) {
        (false, true) => (b, false),
        (true, false) => (c, true),
        _ => return None,
    };
    let made =
        body.iter().position(|item| matches!(item, Item::Inst(inst, None) if inst.dst() == Some(stepped)))?;
    let Item::Inst(inst, _) = body[made] else { return None };
    let (combine, other, _) = step(&inst, carry)?;
    if readers(body, stepped) != 1 || readers(body, carry) != 2 || condition == carry || condition == stepped
    {
        return None;
    }
    let dtype = kernel.regs[carry.index()];
    let nothing = constant(kernel, identity(combine, dtype));
    let masked = new_reg(kernel, dtype);
    let (b, c) = if inverted { (nothing, other) } else { (other, nothing) };
    let mut combined = inst;
    combined.for_each_reg(|role, r| match role {
        Role::Write => *r = result,
        _ if *r == other => *r = masked,
        _ => {}
    });
    body[at] = combined.into();
    body.insert(at, Inst::Select { dst: masked, a: condition, b, c }.into());
    body.remove(made);
    Some(())
}

/// `to` is `from` combined with other values, and neither `from` nor what lies between is seen elsewhere.
fn chain(list: &Code, from: Reg, to: Reg) -> Option<Combine> {
    let mut current = from;
    let mut combine: Option<Combine> = None;
    let mut agree = |c: Combine| (*combine.get_or_insert(c) == c).then_some(());
    let mut copied = None;
    for item in list {
        match item {
            Item::Inst(inst @ Inst::Mov { dst, a }, _) if *a == current => {
                if readers(list, current) != 1 || inst.dst() != Some(*dst) {
                    return None;
                }
                current = *dst;
                copied = Some(*dst);
            }
            Item::Inst(inst, trap) if inst.reads().any(|r| r == current) => {
                let (c, other, _) = step(inst, current)?;
                if trap.is_some() || other == current || readers(list, current) != 1 {
                    return None;
                }
                agree(c)?;
                current = inst.dst()?;
                copied = None;
            }
            Item::Inst(..) => {}
            Item::Loop(l) => {
                let uses = readers(&l.body, current);
                let folded = l.mark.folds.iter().find(|f| f.carry == current);
                let moved = l.moves.iter().find(|m| m.0 == current);
                match (folded, moved) {
                    // The carry of an inner loop that starts with what we follow.
                    (Some(f), None) if copied == Some(current) && uses == 0 => agree(f.combine)?,
                    (None, Some(&(_, next))) if copied == Some(current) => {
                        agree(chain(&l.body, current, next)?)?;
                    }
                    (None, None) if uses == 0 => continue,
                    _ => return None,
                }
                // Nothing else may see what is carried.
                if readers(&vec![item.clone()], current) != readers(list, current) {
                    return None;
                }
            }
            Item::While(w) => {
                let touched = readers(&w.head, current) + readers(&w.body, current);
                if touched > 0 || w.moves.iter().any(|m| m.0 == current || m.1 == current) {
                    return None;
                }
            }
            Item::Branch(b) => {
                let joined = b.arms.iter().find_map(|(code, moves)| {
                    let by_move = moves.iter().find(|m| m.1 == current).map(|m| m.0);
                    by_move.or((readers(code, current) > 0).then_some(Reg(u16::MAX)))
                });
                if joined.is_none() {
                    continue;
                }
                // Each arm hands on what we follow, combined or as it is, in the same result.
                let passed = b.arms.iter().find_map(|(code, moves)| {
                    moves
                        .iter()
                        .find(|m| m.1 == current || (readers(code, current) > 0 && leads(code, current, m.1)))
                        .map(|m| m.0)
                })?;
                let mut uses = 0;
                for (code, moves) in &b.arms {
                    let &(_, value) = moves.iter().find(|m| m.0 == passed)?;
                    uses += readers(code, current) + moves.iter().filter(|m| m.1 == current).count();
                    if moves.iter().filter(|m| m.1 == value).count() != 1 {
                        return None;
                    }
                    if value != current {
                        agree(chain(code, current, value)?)?;
                    }
                }
                if readers(list, current) != uses {
                    return None;
                }
                current = passed;
                copied = None;
            }
        }
    }
    // What is read last is the result, by nobody in this list.
    let seen = match copied {
        Some(_) => 0,
        None => readers(list, to),
    };
    (current == to && seen == 0).then_some(combine?)
}

fn leads(code: &Code, from: Reg, to: Reg) -> bool {
    chain(code, from, to).is_some()
}
