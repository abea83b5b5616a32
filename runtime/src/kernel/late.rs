//! What comes late is taken in last. A checksum by a table, `c = (c >> 8) ^ table[(c ^ byte) & 255]`, waits in each iteration
//! for the element, takes it into `c`, and takes the byte in before it can ask for the next one. With both parts of `c`
//! carried, `s` and `t`, the byte is taken into `s` while the element `t` is still on its way: `(s ^ byte) ^ t` instead of
//! `(s ^ t) ^ byte`. Integers have the same bits either way.

use super::copies::REGISTERS;
use super::flatten::writes;
use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel, for_each_code};
use super::marks::folds::constant;
use super::promote::new_reg;
use crate::dtype::{DType, Literal};
use std::collections::BTreeSet;

/// In every loop that is a plain list of instructions and runs in order.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let writes = writes(&mut code, kernel.regs.len());
    let once = |r: Reg| writes.get(r.index()) == Some(&1);
    for_each_code(&mut code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            let before = match &mut list[k] {
                Item::Loop(l) => take_last(kernel, &once, &mut l.body, &mut l.moves),
                Item::While(w) => take_last(kernel, &once, &mut w.body, &mut w.moves),
                _ => None,
            };
            let before = before.unwrap_or_default();
            let n = before.len();
            list.splice(k..k, before);
            k += n + 1;
        }
    });
    kernel.code = code;
}

/// Rewrites the body of a loop; gives the code in front of it.
fn take_last(
    kernel: &mut Kernel,
    once: &dyn Fn(Reg) -> bool,
    body: &mut Code,
    moves: &mut Vec<(Reg, Reg)>,
) -> Option<Code> {
    let insts = body.iter().map(|item| match item {
        Item::Inst(inst, _) => Some(*inst),
        _ => None,
    });
    let insts: Vec<Inst> = insts.collect::<Option<_>>()?;
    let (carry, Parts { early, late, users }) = moves.iter().find_map(|&(carry, next)| {
        let integer = !matches!(kernel.regs[carry.index()], DType::F64 | DType::F32 | DType::Bool);
        let parts = Times::of(&insts, carry).parts(next)?;
        (integer && once(parts.early) && once(parts.late)).then_some((carry, parts))
    })?;
    if kernel.regs.len() + 3 + users.len() > REGISTERS {
        return None;
    }
    let dtype = kernel.regs[carry.index()];
    let zero = constant(kernel, Literal::zero(dtype));
    let [first, second] = [(); 2].map(|()| new_reg(kernel, dtype));
    for &(k, other) in users.iter().rev() {
        let Item::Inst(Inst::XorI { dst, .. }, trap) = body[k] else { continue };
        let sum = new_reg(kernel, dtype);
        body[k] = Item::Inst(Inst::XorI { dst, a: sum, b: second }, trap);
        body.insert(k, Inst::XorI { dst: sum, a: first, b: other }.into());
    }
    moves.extend([(first, early), (second, late)]);
    Some(vec![Inst::Mov { dst: first, a: carry }.into(), Inst::Mov { dst: second, a: zero }.into()])
}

/// A carry that is cut in two.
struct Parts {
    /// What its next value is made of.
    early: Reg,
    late: Reg,
    /// The instructions that take it into a place, each with what it takes in besides.
    users: Vec<(usize, Reg)>,
}

/// When the registers of an iteration are known, seen from a carry.
struct Times<'a> {
    insts: &'a [Inst],
    carry: Reg,
    /// Made of elements whose place depends on the carry.
    late: BTreeSet<Reg>,
    /// The places of these elements are made of these.
    places: BTreeSet<Reg>,
}

impl<'a> Times<'a> {
    fn of(insts: &'a [Inst], carry: Reg) -> Self {
        let (mut made, mut late) = (BTreeSet::from([carry]), BTreeSet::new());
        let mut places = BTreeSet::new();
        for inst in insts {
            let Some(dst) = inst.dst() else { continue };
            let of_carry = inst.reads().any(|r| made.contains(&r));
            if of_carry {
                made.insert(dst);
            }
            if of_carry && inst.is_load() {
                places.extend(inst.reads());
            }
            if (of_carry && inst.is_load()) || inst.reads().any(|r| late.contains(&r)) {
                late.insert(dst);
            }
        }
        for inst in insts.iter().rev() {
            if inst.dst().is_some_and(|dst| places.contains(&dst)) {
                places.extend(inst.reads());
            }
        }
        Self { insts, carry, late, places }
    }

    /// What the carry is cut into.
    fn parts(&self, next: Reg) -> Option<Parts> {
        let (a, b) = self.insts.iter().find_map(|inst| match *inst {
            Inst::XorI { dst, a, b } if dst == next => Some((a, b)),
            _ => None,
        })?;
        let (early, late) = match (self.late.contains(&a), self.late.contains(&b)) {
            (false, true) => (a, b),
            (true, false) => (b, a),
            _ => return None,
        };
        let users = self.insts.iter().enumerate().filter_map(|(k, inst)| match *inst {
            Inst::XorI { dst, a, b } if self.places.contains(&dst) => {
                let other = if a == self.carry { b } else { a };
                let takes = (a == self.carry) != (b == self.carry) && !self.late.contains(&other);
                takes.then_some((k, other))
            }
            _ => None,
        });
        let users: Vec<(usize, Reg)> = users.collect();
        (!users.is_empty()).then_some(Parts { early, late, users })
    }
}
