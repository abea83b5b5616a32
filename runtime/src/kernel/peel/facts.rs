//! What is known of the conditions and remainders of a kernel, by the forms of their operands.

use super::super::flatten::{for_each_inst, writes};
use super::super::forms::Forms;
use super::super::inst::{Inst, Reg};
use super::super::ir::{Branch, Kernel, Selector};
use super::super::marks::folds;
use super::super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};
use crate::hash::HashMap;
use crate::op::CmpOp;

/// What a loop would be simpler without.
pub(super) enum Target {
    /// Of a branch, or of the choice of an index.
    Condition(Reg),
    Remainder(Inst),
}

/// Where the integers of a kernel come from.
pub(super) struct Facts {
    pub forms: Forms,
    definitions: HashMap<Reg, Inst>,
    /// Of the loops around.
    pub counters: Vec<Reg>,
}

impl Facts {
    pub fn of(kernel: &Kernel) -> Facts {
        let mut code = kernel.code.clone();
        let writes = writes(&mut code, kernel.regs.len());
        let mut definitions = HashMap::default();
        for_each_inst(&mut code, &mut |inst| {
            definitions.extend(inst.dst().filter(|r| writes[r.index()] == 1).map(|r| (r, *inst)));
        });
        Facts { forms: Forms::of(kernel), definitions, counters: Vec::new() }
    }

    /// Nothing is left to find out at run time.
    pub fn is_decided(&self, kernel: &Kernel, forms: &Forms, target: &Target) -> bool {
        match *target {
            Target::Condition(r) => self.condition(kernel, forms, r).is_some(),
            Target::Remainder(inst) => self.remainder(kernel, forms, &inst).is_some(),
        }
    }

    /// The arm that is taken.
    pub fn taken(&self, kernel: &Kernel, forms: &Forms, b: &Branch) -> Option<usize> {
        let Selector::Bool(cond) = b.selector else { return None };
        Some(usize::from(!self.condition(kernel, forms, cond)?))
    }

    /// The instruction without what is decided.
    pub fn simple(&self, kernel: &mut Kernel, forms: &Forms, inst: &Inst) -> Option<Inst> {
        match *inst {
            Inst::Select { dst, a, b, c } => {
                let chosen = if self.condition(kernel, forms, a)? { b } else { c };
                Some(Inst::Mov { dst, a: chosen })
            }
            _ => {
                let dst = inst.dst()?;
                let (a, whole) = self.remainder(kernel, forms, inst)?;
                let b = folds::constant(kernel, whole_of(kernel.regs[dst.index()], whole)?);
                Some(if whole == 0 { Inst::Mov { dst, a } } else { Inst::SubI { dst, a, b } })
            }
        }
    }

    fn condition(&self, kernel: &Kernel, forms: &Forms, r: Reg) -> Option<bool> {
        if let Some(Literal::Bool(x)) = kernel.constant(r) {
            return Some(x);
        }
        let of = |r: Reg| self.condition(kernel, forms, r);
        let is_bool = |r: Reg| kernel.regs[r.index()] == DType::Bool;
        match *self.definitions.get(&r)? {
            Inst::Mov { a, .. } => of(a),
            Inst::AndI { a, b, .. } if is_bool(r) => match (of(a), of(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (x, y) => Some(x? && y?),
            },
            Inst::OrI { a, b, .. } if is_bool(r) => match (of(a), of(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (x, y) => Some(x? || y?),
            },
            Inst::XorI { a, b, .. } if is_bool(r) => Some(of(a)? != of(b)?),
            Inst::Select { a, b, c, .. } => of(if of(a)? { b } else { c }),
            Inst::EqI { a, b, .. } if !is_bool(a) => self.compare(kernel, forms, CmpOp::Eq, a, b),
            Inst::NeI { a, b, .. } if !is_bool(a) => self.compare(kernel, forms, CmpOp::Ne, a, b),
            Inst::LtS { a, b, .. } | Inst::LtU { a, b, .. } => self.compare(kernel, forms, CmpOp::Lt, a, b),
            Inst::LeS { a, b, .. } | Inst::LeU { a, b, .. } => self.compare(kernel, forms, CmpOp::Le, a, b),
            _ => None,
        }
    }

    fn compare(&self, kernel: &Kernel, forms: &Forms, op: CmpOp, a: Reg, b: Reg) -> Option<bool> {
        let difference = self.form(kernel, forms, a)?.sub(&self.form(kernel, forms, b)?)?;
        Interval::decide(op, forms.values_inside(&difference, &self.counters)?, Interval::point(0))
    }

    /// `a` and the multiple of `b` to take off it, of `a % b`.
    fn remainder(&self, kernel: &Kernel, forms: &Forms, inst: &Inst) -> Option<(Reg, i64)> {
        let integer = |r: Reg| kernel.constant(r).and_then(Literal::as_i128);
        let (a, b) = match *inst {
            Inst::RemU { a, b, .. } | Inst::RemI32 { a, b, .. } | Inst::RemI64 { a, b, .. } => {
                (a, integer(b)?)
            }
            // Of a power of two.
            Inst::AndI { a, b, .. } if kernel.regs[a.index()] != DType::Bool => (a, integer(b)? + 1),
            _ => return None,
        };
        if b < 1 || (matches!(inst, Inst::AndI { .. }) && b & (b - 1) != 0) {
            return None;
        }
        let values = forms.values_inside(&self.form(kernel, forms, a)?, &self.counters)?;
        let same = values.lo >= 0 && values.lo / b == values.hi / b;
        same.then_some((a, i64::try_from(values.lo / b * b).ok()?))
    }

    /// The form of a register that holds what its form says: a negative number that is cast to an unsigned type is another
    /// number there.
    fn form(&self, kernel: &Kernel, forms: &Forms, r: Reg) -> Option<Form> {
        let form = forms.form(kernel, r);
        let values = forms.values_inside(&form, &self.counters)?;
        values.within(Interval::of(kernel.regs[r.index()])).then_some(form)
    }
}

fn whole_of(dtype: DType, x: i64) -> Option<Literal> {
    Some(match dtype {
        DType::I32 => Literal::I32(i32::try_from(x).ok()?),
        DType::U32 => Literal::U32(u32::try_from(x).ok()?),
        DType::I64 => Literal::I64(x),
        DType::U64 => Literal::U64(u64::try_from(x).ok()?),
        DType::Usize => Literal::Usize(usize::try_from(x).ok()?),
        _ => return None,
    })
}
