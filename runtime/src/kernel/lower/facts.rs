//! Comparisons and selects, and what a condition tells of integers.

use super::{Fact, Lower, Result};
use crate::dtype::{DType, Literal};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ranges::{Interval, flip, negate};
use crate::op::{CmpOp, scalar};

/// The destination is filled in when the instruction is placed.
const DST: Reg = Reg(0);

impl Lower<'_> {
    pub(super) fn compare(&mut self, op: CmpOp, a: Reg, b: Reg) -> Result<Reg> {
        let dtype = self.info(a).dtype;
        if let (Some(x), Some(y)) = (self.info(a).constant, self.info(b).constant)
            && let Ok(z) = scalar::compare(op, x, y)
        {
            return self.constant(Literal::Bool(z));
        }
        if !dtype.is_float()
            && let Some(known) = Interval::decide(op, self.info(a).range, self.info(b).range)
        {
            return self.constant(Literal::Bool(known));
        }
        let (x, y, simple) = match op {
            CmpOp::Gt | CmpOp::Ge => (b, a, flip(op)),
            _ => (a, b, op),
        };
        let (dst, signed) = (DST, matches!(dtype, DType::I32 | DType::I64));
        let (a0, b0) = (a, b);
        let (a, b) = (x, y);
        let inst = match (simple, dtype) {
            (CmpOp::Eq, DType::F64) => Inst::EqF64 { dst, a, b },
            (CmpOp::Ne, DType::F64) => Inst::NeF64 { dst, a, b },
            (CmpOp::Lt, DType::F64) => Inst::LtF64 { dst, a, b },
            (_, DType::F64) => Inst::LeF64 { dst, a, b },
            (CmpOp::Eq, DType::F32) => Inst::EqF32 { dst, a, b },
            (CmpOp::Ne, DType::F32) => Inst::NeF32 { dst, a, b },
            (CmpOp::Lt, DType::F32) => Inst::LtF32 { dst, a, b },
            (_, DType::F32) => Inst::LeF32 { dst, a, b },
            (CmpOp::Eq, _) => Inst::EqI { dst, a, b },
            (CmpOp::Ne, _) => Inst::NeI { dst, a, b },
            (CmpOp::Lt, _) if signed => Inst::LtS { dst, a, b },
            (CmpOp::Lt, _) => Inst::LtU { dst, a, b },
            (_, _) if signed => Inst::LeS { dst, a, b },
            (_, _) => Inst::LeU { dst, a, b },
        };
        let r = self.plain(inst, DType::Bool)?;
        if !dtype.is_float() {
            self.regs[r.index()].fact.get_or_insert(Fact::Compare(op, a0, b0));
        }
        Ok(r)
    }

    pub(super) fn select(&mut self, cond: Reg, a: Reg, b: Reg) -> Result<Reg> {
        match self.info(cond).constant {
            Some(Literal::Bool(true)) => return Ok(a),
            Some(Literal::Bool(false)) => return Ok(b),
            _ if a == b => return Ok(a),
            _ => {}
        }
        let dtype = self.info(a).dtype;
        if self.info(b).constant == Some(Literal::Bool(false)) {
            return self.both(cond, a);
        }
        if self.info(a).constant == Some(Literal::Bool(true)) {
            return self.either(cond, b);
        }
        let r = self.plain(Inst::Select { dst: DST, a: cond, b: a, c: b }, dtype)?;
        if !dtype.is_float() {
            self.narrow(r, self.info(a).range.or(self.info(b).range));
        }
        Ok(r)
    }

    fn both(&mut self, a: Reg, b: Reg) -> Result<Reg> {
        let r = self.plain(Inst::AndI { dst: DST, a, b }, DType::Bool)?;
        self.regs[r.index()].fact.get_or_insert(Fact::And(a, b));
        Ok(r)
    }

    fn either(&mut self, a: Reg, b: Reg) -> Result<Reg> {
        let r = self.plain(Inst::OrI { dst: DST, a, b }, DType::Bool)?;
        self.regs[r.index()].fact.get_or_insert(Fact::Or(a, b));
        Ok(r)
    }

    /// What the result of a branch says whose arms give bools.
    pub(super) fn branch_fact(&mut self, result: Reg, cond: Reg, a: Reg, b: Reg) {
        let constant = |r: Reg| self.info(r).constant;
        let fact = if constant(b) == Some(Literal::Bool(false)) {
            Some(Fact::And(cond, a))
        } else if constant(a) == Some(Literal::Bool(true)) {
            Some(Fact::Or(cond, b))
        } else {
            None
        };
        self.regs[result.index()].fact = fact;
    }

    /// From here on in this scope, the bool register is `value`: refines what it says of integers.
    pub(super) fn assume(&mut self, cond: Reg, value: bool) {
        let mut todo = vec![(cond, value)];
        while let Some((cond, value)) = todo.pop() {
            match self.info(cond).fact {
                Some(Fact::Not(a)) => todo.push((a, !value)),
                Some(Fact::And(a, b)) if value => todo.extend([(a, true), (b, true)]),
                Some(Fact::Or(a, b)) if !value => todo.extend([(a, false), (b, false)]),
                Some(Fact::Compare(op, a, b)) => {
                    let op = if value { op } else { negate(op) };
                    let ((ra, _), (rb, _)) = (self.range(a), self.range(b));
                    self.refine(a, Interval::refine(op, ra, rb));
                    self.refine(b, Interval::refine(flip(op), rb, ra));
                }
                _ => {}
            }
        }
    }
}
