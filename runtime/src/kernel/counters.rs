//! Counters need no overflow check: what starts below 2^62 and grows by at most 16 an instruction would have to be counted
//! for years to leave 64 bits, so `steps += 1` becomes the plain addition. That is one check less in loops whose number
//! of iterations nothing bounds, and makes such a count a reduction, which takes its terms in any order.

use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel, for_each_code};
use super::ranges::Interval;
use crate::dtype::DType;

/// What a counter may grow by at once.
const STEP: i128 = 16;

/// Where it may start: 2^58 instructions of a nanosecond, nine years, are left.
const START: i128 = 1 << 62;

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let slow = slow(kernel, &mut code);
    let is_slow = |r: Reg| slow[r.index()];
    let steps = |a: Reg, b: Reg| is_slow(a) && is_step(kernel, b);
    for_each_code(&mut code, &mut |list| {
        for item in list {
            let Item::Inst(inst, trap) = item else { continue };
            let plain = match *inst {
                Inst::AddI64 { dst, a, b } | Inst::AddUsize { dst, a, b } if steps(a, b) || steps(b, a) => {
                    Inst::AddI { dst, a, b }
                }
                Inst::SubI64 { dst, a, b } if steps(a, b) => Inst::SubI { dst, a, b },
                _ => continue,
            };
            (*inst, *trap) = (plain, None);
        }
    });
    kernel.code = code;
}

fn is_step(kernel: &Kernel, r: Reg) -> bool {
    kernel.ranges[r.index()].within(Interval::new(-STEP, STEP))
}

/// By register: every value that it has is below the start, or that of another such register and at most a step more.
fn slow(kernel: &Kernel, code: &mut Code) -> Vec<bool> {
    let known = |r: Reg| kernel.ranges[r.index()].within(Interval::new(-START, START));
    let wide = |r: Reg| matches!(kernel.regs[r.index()], DType::I64 | DType::U64 | DType::Usize);
    // From which registers each gets its values; `None`: in another way.
    let mut sources: Vec<(Reg, Option<Vec<Reg>>)> = Vec::new();
    let mut set = vec![false; kernel.regs.len()];
    let mut from = |to: Reg, sources_of: Option<Vec<Reg>>| {
        set[to.index()] = true;
        sources.push((to, sources_of));
    };
    for_each_code(code, &mut |list| {
        for item in list {
            match item {
                Item::Inst(inst, _) => {
                    if let Some(dst) = inst.dst() {
                        from(dst, of_inst(kernel, inst));
                    }
                }
                Item::Loop(l) => {
                    from(l.iv, None);
                    l.moves.iter().for_each(|&(to, value)| from(to, Some(vec![value])));
                    l.mark.folds.iter().for_each(|fold| from(fold.carry, None));
                }
                Item::While(w) => w.moves.iter().for_each(|&(to, value)| from(to, Some(vec![value]))),
                Item::Branch(b) => {
                    let moves = b.arms.iter().flat_map(|arm| &arm.1);
                    moves.for_each(|&(to, value)| from(to, Some(vec![value])));
                }
            }
        }
    });
    // All that are set by now are slow, until one of their sources is not.
    let regs = (0..kernel.regs.len()).map(|k| Reg(k as u16));
    let mut slow: Vec<bool> = regs.map(|r| known(r) || (wide(r) && set[r.index()])).collect();
    loop {
        let mut changed = false;
        for (to, values) in &sources {
            let fine = values.as_ref().is_some_and(|values| values.iter().all(|r| slow[r.index()]));
            if slow[to.index()] && !known(*to) && !fine {
                slow[to.index()] = false;
                changed = true;
            }
        }
        if !changed {
            return slow;
        }
    }
}

/// Where an instruction takes its value from, give or take a step.
fn of_inst(kernel: &Kernel, inst: &Inst) -> Option<Vec<Reg>> {
    use Inst::*;
    match *inst {
        Mov { a, .. } => Some(vec![a]),
        Select { b, c, .. } => Some(vec![b, c]),
        MinS { a, b, .. } | MaxS { a, b, .. } | MinU { a, b, .. } | MaxU { a, b, .. } => Some(vec![a, b]),
        AddI { a, b, .. } | AddI64 { a, b, .. } | AddUsize { a, b, .. } if is_step(kernel, b) => {
            Some(vec![a])
        }
        AddI { a, b, .. } | AddI64 { a, b, .. } | AddUsize { a, b, .. } if is_step(kernel, a) => {
            Some(vec![b])
        }
        SubI { a, b, .. } | SubI64 { a, b, .. } | SubUsize { a, b, .. } if is_step(kernel, b) => {
            Some(vec![a])
        }
        _ => None,
    }
}
