//! Negations go into the sums that take them in: `-(-x * y)` is `x * y`, and `a + -x * y` is `a - x * y`. Reverse passes are
//! full of them. Nothing is rounded otherwise: only the sign of a NaN, which Rust leaves open, may differ.

use super::copies::{REGISTERS, rename_reads};
use super::flatten::writes;
use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, for_each_code, for_each_reg};
use super::promote::new_reg;
use crate::hash::{HashMap, HashSet};

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let writes = writes(&mut code, kernel.regs.len());
    let welcome = welcome(kernel, &mut code);
    let mut signs = Signs { writes, welcome, negated: HashMap::default(), renamed: HashMap::default() };
    for_each_code(&mut code, &mut |list| signs.list(kernel, list));
    rename_reads(&mut code, &mut kernel.results, &signs.renamed);
    kernel.code = code;
}

struct Signs {
    writes: Vec<u32>,
    /// Products whose sign everyone who reads them takes in.
    welcome: HashSet<Reg>,
    /// Registers that hold another one's value with the other sign.
    negated: HashMap<Reg, Reg>,
    renamed: HashMap<Reg, Reg>,
}

impl Signs {
    fn list(&mut self, kernel: &mut Kernel, list: &mut Code) {
        for item in std::mem::take(list) {
            match item {
                Item::Inst(inst, None) => self.inst(kernel, inst, list),
                item => list.push(item),
            }
        }
    }

    /// What the instruction becomes.
    fn inst(&mut self, kernel: &mut Kernel, mut inst: Inst, list: &mut Code) {
        inst.for_each_reg(|role, r| {
            if role == Role::Read {
                *r = self.renamed.get(r).copied().unwrap_or(*r);
            }
        });
        let sign = |r: Reg| self.negated.get(&r).copied();
        let single = inst.dst().is_some_and(|dst| self.writes.get(dst.index()).is_none_or(|&n| n == 1));
        let room = kernel.regs.len() <= REGISTERS;
        let Some((float, op, dst, a, b)) = parts(&inst).filter(|_| single && room) else {
            list.push(inst.into());
            return;
        };
        let made = match (op, sign(a), sign(b)) {
            (Op::Neg, Some(x), _) => {
                self.renamed.insert(dst, x);
                return;
            }
            (Op::Neg, None, _) => {
                // Where it is read, the other one still holds what it held here.
                if self.writes.get(a.index()).is_none_or(|&n| n <= 1) {
                    self.negated.insert(dst, a);
                }
                inst
            }
            (Op::Add, _, Some(y)) => float.inst(Op::Sub, dst, a, y),
            (Op::Add, Some(x), None) => float.inst(Op::Sub, dst, b, x),
            (Op::Sub, _, Some(y)) => float.inst(Op::Add, dst, a, y),
            (Op::Mul | Op::Div, Some(x), Some(y)) => float.inst(op, dst, x, y),
            (Op::Mul | Op::Div, x, y) if (x.is_some() || y.is_some()) && self.welcome.contains(&dst) => {
                let product = new_reg(kernel, kernel.regs[dst.index()]);
                list.push(float.inst(op, product, x.unwrap_or(a), y.unwrap_or(b)).into());
                self.negated.insert(dst, product);
                float.inst(Op::Neg, dst, product, product)
            }
            _ => inst,
        };
        list.push(made.into());
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Neg,
    Add,
    Sub,
    Mul,
    Div,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Float {
    F64,
    F32,
}

impl Float {
    fn inst(self, op: Op, dst: Reg, a: Reg, b: Reg) -> Inst {
        match (self, op) {
            (Float::F64, Op::Neg) => Inst::NegF64 { dst, a },
            (Float::F64, Op::Add) => Inst::AddF64 { dst, a, b },
            (Float::F64, Op::Sub) => Inst::SubF64 { dst, a, b },
            (Float::F64, Op::Mul) => Inst::MulF64 { dst, a, b },
            (Float::F64, Op::Div) => Inst::DivF64 { dst, a, b },
            (Float::F32, Op::Neg) => Inst::NegF32 { dst, a },
            (Float::F32, Op::Add) => Inst::AddF32 { dst, a, b },
            (Float::F32, Op::Sub) => Inst::SubF32 { dst, a, b },
            (Float::F32, Op::Mul) => Inst::MulF32 { dst, a, b },
            (Float::F32, Op::Div) => Inst::DivF32 { dst, a, b },
        }
    }
}

/// The instruction apart, if it is one of these; the operand of a negation twice.
fn parts(inst: &Inst) -> Option<(Float, Op, Reg, Reg, Reg)> {
    Some(match *inst {
        Inst::NegF64 { dst, a } => (Float::F64, Op::Neg, dst, a, a),
        Inst::AddF64 { dst, a, b } => (Float::F64, Op::Add, dst, a, b),
        Inst::SubF64 { dst, a, b } => (Float::F64, Op::Sub, dst, a, b),
        Inst::MulF64 { dst, a, b } => (Float::F64, Op::Mul, dst, a, b),
        Inst::DivF64 { dst, a, b } => (Float::F64, Op::Div, dst, a, b),
        Inst::NegF32 { dst, a } => (Float::F32, Op::Neg, dst, a, a),
        Inst::AddF32 { dst, a, b } => (Float::F32, Op::Add, dst, a, b),
        Inst::SubF32 { dst, a, b } => (Float::F32, Op::Sub, dst, a, b),
        Inst::MulF32 { dst, a, b } => (Float::F32, Op::Mul, dst, a, b),
        Inst::DivF32 { dst, a, b } => (Float::F32, Op::Div, dst, a, b),
        _ => return None,
    })
}

/// The registers whose sign everyone who reads them takes in: sums, negations, and products of which the same holds.
fn welcome(kernel: &Kernel, code: &mut Code) -> HashSet<Reg> {
    let mut readers: HashMap<Reg, Vec<Inst>> = HashMap::default();
    let mut reads: HashMap<Reg, usize> = HashMap::default();
    let mut products = Vec::new();
    for_each_reg(code, &mut |role, r| {
        if role != Role::Write {
            *reads.entry(*r).or_default() += 1;
        }
    });
    kernel.results.iter().for_each(|r| *reads.entry(*r).or_default() += 1);
    for_each_code(code, &mut |list| {
        for item in list.iter() {
            let Item::Inst(inst, None) = item else { continue };
            let Some((_, op, dst, ..)) = parts(inst) else { continue };
            inst.reads().for_each(|r| readers.entry(r).or_default().push(*inst));
            if matches!(op, Op::Mul | Op::Div) {
                products.push(dst);
            }
        }
    });
    let mut found = HashSet::default();
    // From the last product to the first: who reads one mostly stands behind it.
    for dst in products.into_iter().rev() {
        let insts = readers.get(&dst).map_or(&[][..], Vec::as_slice);
        let takes = |inst: &Inst| match parts(inst) {
            Some((_, Op::Neg | Op::Add, ..)) => true,
            Some((_, Op::Sub, _, a, b)) => b == dst && a != dst,
            Some((_, _, product, ..)) => found.contains(&product),
            None => false,
        };
        if reads.get(&dst) == Some(&insts.len()) && insts.iter().all(takes) {
            found.insert(dst);
        }
    }
    found
}
