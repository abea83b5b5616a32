//! Products that are added once become fused multiply-adds, with one rounding in place of two.
//!
//! Only on request, see [`with_fma`](crate::backend::with_fma). The pass runs on the lowered kernel, before any
//! engine's own passes, so that every engine fuses the same pairs. Sums that a loop carries, in a scalar or in an
//! element, keep their product: they become reductions and matrix products, which have an order of their own.

use super::inst::{Buf, Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, for_each_code, for_each_reg};
use super::passes::count_uses;
use super::ranges::Interval;
use crate::dtype::DType;
use std::collections::{HashMap, HashSet};

pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let count = kernel.regs.len();
    let mut writes = vec![0u32; count];
    for_each_reg(&mut code, &mut |role, r| {
        if role != Role::Read {
            writes[r.index()] += 1;
        }
    });
    let mut carried = HashSet::new();
    for_each_code(&mut code, &mut |list| {
        for item in list {
            match item {
                Item::Loop(l) => carried.extend(l.moves.iter().map(|m| m.0)),
                Item::While(w) => carried.extend(w.moves.iter().map(|m| m.0)),
                Item::Inst(..) | Item::Branch(_) => {}
            }
        }
    });
    let uses = count_uses(&mut code, count, &kernel.results);
    let mut made_by = HashMap::new();
    for_each_code(&mut code, &mut |list| {
        for item in list {
            if let Item::Inst(inst, _) = item
                && let Some(dst) = inst.dst().filter(|dst| writes[dst.index()] == 1)
            {
                made_by.insert(dst, *inst);
            }
        }
    });
    let facts = Facts { uses, writes, carried, made_by };
    visit(kernel, &facts, &mut code, &mut Vec::new());
    kernel.code = code;
}

/// Of the kernel before the pass.
struct Facts {
    uses: Vec<u32>,
    writes: Vec<u32>,
    /// Registers that a loop hands to its next iteration.
    carried: HashSet<Reg>,
    /// What sets a register that is set once.
    made_by: HashMap<Reg, Inst>,
}

impl Facts {
    /// The address of an element depends on the index of every loop around it: no loop carries the element. The
    /// index of a `while` is none, and nothing depends on it.
    fn new_each_time(&self, (_, base, idx, _): Element, around: &[Option<Reg>]) -> bool {
        let (mut seen, mut todo) = (HashSet::new(), vec![base, idx]);
        while let Some(r) = todo.pop() {
            if seen.insert(r)
                && let Some(inst) = self.made_by.get(&r)
            {
                todo.extend(inst.reads());
            }
        }
        around.iter().all(|iv| iv.is_some_and(|iv| seen.contains(&iv)))
    }
}

/// Fuses in a list and those inside; `around` are the indices of the loops around it.
fn visit(kernel: &mut Kernel, facts: &Facts, list: &mut Code, around: &mut Vec<Option<Reg>>) {
    fuse(kernel, facts, list, around);
    for item in list {
        match item {
            Item::Inst(..) => {}
            Item::Loop(l) => {
                around.push(Some(l.iv));
                visit(kernel, facts, &mut l.body, around);
                around.pop();
            }
            Item::While(w) => {
                around.push(None);
                visit(kernel, facts, &mut w.head, around);
                visit(kernel, facts, &mut w.body, around);
                around.pop();
            }
            Item::Branch(b) => {
                for (arm, _) in &mut b.arms {
                    visit(kernel, facts, arm, around);
                }
            }
        }
    }
}

/// A product that may still be fused: where it stands, and its factors.
struct Product {
    at: usize,
    a: Reg,
    b: Reg,
}

type Element = (Buf, Reg, Reg, i32);

/// Fuses pairs within one list.
fn fuse(kernel: &mut Kernel, facts: &Facts, list: &mut Code, around: &[Option<Reg>]) {
    let once = |r: Reg| facts.writes[r.index()] == 1 && facts.uses[r.index()] == 1;
    let again = |r: Reg| facts.writes.get(r.index()).is_some_and(|&n| n > 1);
    // Some factor is set more than once.
    let mut changing = false;
    let mut stored: HashMap<Reg, Element> = HashMap::new();
    for item in list.iter() {
        if let Item::Inst(Inst::Store8 { val, buf, base, idx, off }, _)
        | Item::Inst(Inst::Store4 { val, buf, base, idx, off }, _) = item
        {
            stored.insert(*val, (*buf, *base, *idx, *off));
        }
    }
    let mut loaded: HashMap<Reg, Element> = HashMap::new();
    let mut products: HashMap<Reg, Product> = HashMap::new();
    let mut fused = vec![false; list.len()];
    let mut out: Vec<Item> = Vec::with_capacity(list.len());
    let mut at_of: Vec<usize> = Vec::with_capacity(list.len());
    for (at, mut item) in list.drain(..).enumerate() {
        if let Item::Inst(inst, _) = &mut item {
            match *inst {
                Inst::Load8 { dst, buf, base, idx, off } | Inst::Load4 { dst, buf, base, idx, off } => {
                    loaded.insert(dst, (buf, base, idx, off));
                }
                _ => {}
            }
            if let Some((dtype, dst, a, b, minus)) = sum(inst) {
                // An element that takes in one value after the other.
                let accumulates = |addend: Reg| {
                    facts.carried.contains(&addend)
                        || loaded.get(&addend).is_some_and(|&element| {
                            stored.get(&dst) == Some(&element) && !facts.new_each_time(element, around)
                        })
                };
                let found = [(a, b, false), (b, a, true)]
                    .into_iter()
                    .find(|&(product, addend, _)| products.contains_key(&product) && !accumulates(addend));
                let room = kernel.regs.len() < usize::from(u16::MAX);
                if let Some((product, addend, second)) = found.filter(|_| room)
                    && let Some(product) = products.remove(&product)
                {
                    let (mut factor, mut c) = (product.a, addend);
                    if minus {
                        // `c - a * b` is `(-a) * b + c`, and `a * b - c` is `a * b + (-c)`: both are exact.
                        let negated = if second { &mut factor } else { &mut c };
                        let dst = register(kernel, dtype);
                        let a = std::mem::replace(negated, dst);
                        out.push(Item::from(match dtype {
                            DType::F64 => Inst::NegF64 { dst, a },
                            _ => Inst::NegF32 { dst, a },
                        }));
                        at_of.push(at);
                    }
                    *inst = match dtype {
                        DType::F64 => Inst::FmaF64 { dst, a: factor, b: product.b, c },
                        _ => Inst::FmaF32 { dst, a: factor, b: product.b, c },
                    };
                    fused[product.at] = true;
                }
            }
        }
        // Factors that change before the sum end a product's chance.
        for_each_reg(std::slice::from_mut(&mut item), &mut |role, r| {
            if role != Role::Read && changing && again(*r) {
                products.retain(|_, p| p.a != *r && p.b != *r);
            }
        });
        if let Item::Inst(Inst::MulF64 { dst, a, b } | Inst::MulF32 { dst, a, b }, _) = item
            && once(dst)
        {
            changing |= again(a) || again(b);
            products.insert(dst, Product { at, a, b });
        }
        out.push(item);
        at_of.push(at);
    }
    list.extend(out.into_iter().zip(at_of).filter(|(_, at)| !fused[*at]).map(|(item, _)| item));
}

/// A sum (or difference) of floats: its dtype, result, operands, and whether it is a difference.
fn sum(inst: &Inst) -> Option<(DType, Reg, Reg, Reg, bool)> {
    Some(match *inst {
        Inst::AddF64 { dst, a, b } => (DType::F64, dst, a, b, false),
        Inst::SubF64 { dst, a, b } => (DType::F64, dst, a, b, true),
        Inst::AddF32 { dst, a, b } => (DType::F32, dst, a, b, false),
        Inst::SubF32 { dst, a, b } => (DType::F32, dst, a, b, true),
        _ => return None,
    })
}

fn register(kernel: &mut Kernel, dtype: DType) -> Reg {
    let r = Reg(kernel.regs.len() as u16);
    kernel.regs.push(dtype);
    kernel.ranges.push(Interval::of(dtype));
    kernel.constants.push(None);
    r
}
