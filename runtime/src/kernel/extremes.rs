//! Extremes found by comparison, `if x[i] < least { least = x[i]; at = i; }`: what is carried depends on the order,
//! so the loop is no reduction. But in a block of iterations something changes only if the least value of the block
//! is less than the one so far. So each block is first reduced, which is done several values at once, and run as
//! written only then: of random values, in a few blocks.
//!
//! The result is the same for every input: a NaN is never less, nor is it the least value of a block, and of equal
//! values the comparison decides as before, since the block runs as it was written.

use super::copies::{Copies, REGISTERS};
use super::inst::{Inst, Reg};
use super::ir::{Branch, Code, Item, Kernel, Loop, Selector};
use super::marks::folds::constant;
use super::math::reduce::BLOCK;
use super::promote::new_reg;
use super::ranges::Interval;
use crate::dtype::{DType, Literal};
use crate::graph::SiteId;
use std::collections::BTreeSet;

/// Shorter loops stay as they are.
const SHORT: u64 = 128;

/// Rewrites such loops everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    // Without reductions there is nothing to gain.
    if super::optimize::native_arithmetic() {
        return;
    }
    let mut code = std::mem::take(&mut kernel.code);
    list(kernel, &mut code);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, code: &mut Code) {
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(..) => {}
            Item::While(w) => {
                list(kernel, &mut w.head);
                list(kernel, &mut w.body);
            }
            Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| list(kernel, arm)),
            Item::Loop(l) => match find(kernel, l) {
                Some(found) => {
                    let blocks = in_blocks(kernel, &l.clone(), &found);
                    let n = blocks.len();
                    code.splice(k..=k, blocks);
                    k += n - 1;
                }
                None => list(kernel, &mut l.body),
            },
        }
        k += 1;
    }
}

type Moves = Vec<(Reg, Reg)>;

/// What such a loop compares.
struct Extreme {
    /// The comparison of `value` with `best`.
    compare: Inst,
    best: Reg,
    value: Reg,
    least: bool,
    /// What the body computes that does not depend on what is carried.
    free: Vec<Item>,
}

fn find(kernel: &Kernel, l: &Loop) -> Option<Extreme> {
    let long = l.max_trips.is_none_or(|n| n >= SHORT);
    let room = kernel.ranges[l.iv.index()].within(Interval::new(-(1 << 60), 1 << 60));
    if !long || !room || l.stride != 1 || l.moves.is_empty() || kernel.regs.len() > REGISTERS {
        return None;
    }
    let mut carried: BTreeSet<Reg> = l.moves.iter().map(|m| m.0).collect();
    let (mut free, mut tied) = (Vec::new(), Vec::new());
    for item in &l.body {
        let Item::Inst(inst, _) = item else { return None };
        if inst.is_store() || inst.bufs()[1].is_some() {
            return None;
        }
        if !inst.reads().any(|r| carried.contains(&r)) {
            free.push(item.clone());
        } else if inst.is_pure() && !inst.is_load() {
            carried.extend(inst.dst());
            tied.push(*inst);
        } else {
            return None;
        }
    }
    // One comparison, and a choice for each carry.
    let made = |r: Reg| tied.iter().find(|inst| inst.dst() == Some(r)).copied();
    let mut condition = None;
    for &(carry, next) in &l.moves {
        let Select { a, c, .. } = made(next)? else { return None };
        if c != carry || *condition.get_or_insert(a) != a {
            return None;
        }
    }
    let compare = made(condition?)?;
    if tied.len() != 1 + l.moves.len() {
        return None;
    }
    use Inst::*;
    let (LtF64 { a, b, .. } | LeF64 { a, b, .. } | LtF32 { a, b, .. } | LeF32 { a, b, .. }) = compare else {
        return None;
    };
    let least = carried.contains(&b);
    let (value, best) = if least { (a, b) } else { (b, a) };
    let takes = |&(carry, next): &(Reg, Reg)| {
        carry == best && matches!(made(next), Some(Select { b, .. }) if b == value)
    };
    (!carried.contains(&value) && l.moves.iter().any(takes)).then_some(Extreme {
        compare,
        best,
        value,
        least,
        free,
    })
}

fn in_blocks(kernel: &mut Kernel, l: &Loop, found: &Extreme) -> Code {
    let mut code = Code::new();
    let range = kernel.ranges[l.iv.index()];
    let block = BLOCK as i64;
    let [round, mask, size] = [block - 1, -block, block].map(|x| constant(kernel, Literal::I64(x)));
    let mut int = |code: &mut Code, range: Interval, make: &dyn Fn(Reg) -> Inst| {
        let dst = new_reg(kernel, DType::I64);
        kernel.ranges[dst.index()] = range;
        code.push(make(dst).into());
        dst
    };
    let behind = Interval::new(range.lo, range.hi.saturating_add(1));
    let most = range.hi.saturating_sub(range.lo).saturating_add(1).max(1);
    // The first index behind the last block: a whole number of blocks away.
    let first = int(&mut code, range, &|dst| Inst::Mov { dst, a: l.iv });
    let count = int(&mut code, Interval::new(0, most), &|dst| Inst::SubI { dst, a: l.end, b: first });
    let wide = Interval::new(0, most + i128::from(block));
    let up = int(&mut code, wide, &|dst| Inst::AddI { dst, a: count, b: round });
    let whole = int(&mut code, wide, &|dst| Inst::AndI { dst, a: up, b: mask });
    let last = int(&mut code, behind.add(Interval::new(0, block.into())), &|dst| Inst::AddI {
        dst,
        a: first,
        b: whole,
    });
    let at = int(&mut code, range, &|dst| Inst::Mov { dst, a: first });
    let mut body = Code::new();
    let next =
        int(&mut body, behind.add(Interval::new(0, block.into())), &|dst| Inst::AddI { dst, a: at, b: size });
    let end = int(&mut body, behind, &|dst| Inst::MinS { dst, a: next, b: l.end });
    let improved = scan(kernel, l, found, at, end, &mut body);
    let (arms, moves) = arms(kernel, l, at, end);
    body.push(Item::Branch(Box::new(Branch { selector: Selector::Bool(improved), arms })));
    note(kernel, l.site);
    let trips = l.max_trips.map(|n| n.div_ceil(BLOCK as u64));
    // It stays the user's loop: its blocks depend on each other.
    code.push(Item::Loop(Box::new(Loop {
        iv: at,
        end: last,
        step: size,
        stride: block,
        max_trips: trips,
        body,
        moves,
        ..l.clone()
    })));
    code
}

/// The extreme of a block, compared with the one so far.
fn scan(kernel: &mut Kernel, l: &Loop, found: &Extreme, at: Reg, end: Reg, body: &mut Code) -> Reg {
    let dtype = kernel.regs[found.best.index()];
    let nothing = constant(kernel, Literal::F64(f64::NAN).cast(dtype));
    let extreme = new_reg(kernel, dtype);
    body.push(Inst::Mov { dst: extreme, a: nothing }.into());
    let iv = index_of_block(kernel, l, at, body);
    let mut copies = Copies::new(kernel);
    copies.rename(l.iv, iv);
    let (mut scanned, _) = copies.code(&found.free, &[], &BTreeSet::new());
    let value = copies.name(found.value);
    let dst = new_reg(kernel, dtype);
    let (a, b) = (extreme, value);
    scanned.push(
        match (dtype, found.least) {
            (DType::F64, true) => Inst::MinF64 { dst, a, b },
            (DType::F64, false) => Inst::MaxF64 { dst, a, b },
            (_, true) => Inst::MinF32 { dst, a, b },
            (_, false) => Inst::MaxF32 { dst, a, b },
        }
        .into(),
    );
    let moves = vec![(extreme, dst)];
    body.push(of_block(l, iv, end, scanned, moves));
    let improved = new_reg(kernel, DType::Bool);
    let mut compare = found.compare;
    compare.for_each_reg(|role, r| match role {
        super::inst::Role::Write => *r = improved,
        _ if *r == found.value => *r = extreme,
        _ => {}
    });
    body.push(compare.into());
    improved
}

/// The block as written, or nothing; and what is carried to the next block.
#[expect(clippy::type_complexity, reason = "the arms of a branch")]
fn arms(kernel: &mut Kernel, l: &Loop, at: Reg, end: Reg) -> (Vec<(Code, Vec<(Reg, Reg)>)>, Vec<(Reg, Reg)>) {
    let mut code = Code::new();
    let mut copies = Copies::new(kernel);
    let inner: Moves = l.moves.iter().map(|m| (m.0, copies.register(m.0))).collect();
    let after: Moves = l.moves.iter().map(|m| (m.0, copies.register(m.0))).collect();
    for &(carry, own) in &inner {
        copies.rename(carry, own);
        code.push(Inst::Mov { dst: own, a: carry }.into());
    }
    let iv = index_of_block(copies.kernel(), l, at, &mut code);
    copies.rename(l.iv, iv);
    let (run, moves) = copies.code(&l.body, &l.moves, &inner.iter().map(|m| m.1).collect());
    code.push(of_block(l, iv, end, run, moves));
    let results = |from: &Moves, of: fn(&(Reg, Reg)) -> Reg| -> Moves {
        after.iter().zip(from).map(|(result, m)| (result.1, of(m))).collect()
    };
    let arms = vec![(code, results(&inner, |m| m.1)), (Code::new(), results(&after, |m| m.0))];
    (arms, after)
}

fn index_of_block(kernel: &mut Kernel, l: &Loop, at: Reg, code: &mut Code) -> Reg {
    let iv = Copies::new(kernel).register(l.iv);
    code.push(Inst::Mov { dst: iv, a: at }.into());
    iv
}

/// A loop over a block, which is never empty.
fn of_block(l: &Loop, iv: Reg, end: Reg, body: Code, moves: Moves) -> Item {
    let max_trips = Some(l.max_trips.unwrap_or(u64::MAX).min(BLOCK as u64));
    Item::Loop(Box::new(Loop { site: None, iv, end, guard: None, max_trips, body, moves, ..l.clone() }))
}

fn note(kernel: &mut Kernel, site: Option<SiteId>) {
    let note = "an extreme found by comparison: block by block, several values at once".to_string();
    kernel.notes.extend(site.map(|site| (site, note)));
}
