//! Instructions that may fail.

use super::super::inst::{Inst, Reg};
use super::super::ir::TrapId;
use super::function::Function;
use super::helpers;
use crate::dtype::Literal;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// `+`, `-`, `*`
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Sub,
    Mul,
}

impl Function<'_, '_> {
    pub fn failing(&mut self, inst: &Inst, trap: Option<TrapId>) {
        use Inst::*;
        match *inst {
            AddI32 { dst, a, b } => self.signed32(Op::Add, dst, a, b, trap),
            SubI32 { dst, a, b } => self.signed32(Op::Sub, dst, a, b, trap),
            MulI32 { dst, a, b } => self.signed32(Op::Mul, dst, a, b, trap),
            AddU32 { dst, a, b } => self.unsigned32(Op::Add, dst, a, b, trap),
            SubU32 { dst, a, b } => self.unsigned32(Op::Sub, dst, a, b, trap),
            MulU32 { dst, a, b } => self.unsigned32(Op::Mul, dst, a, b, trap),
            AddI64 { dst, a, b } => self.wide(Op::Add, true, dst, a, b, trap),
            SubI64 { dst, a, b } => self.wide(Op::Sub, true, dst, a, b, trap),
            MulI64 { dst, a, b } => self.wide(Op::Mul, true, dst, a, b, trap),
            AddUsize { dst, a, b } => self.wide(Op::Add, false, dst, a, b, trap),
            SubUsize { dst, a, b } => self.wide(Op::Sub, false, dst, a, b, trap),
            MulUsize { dst, a, b } => self.wide(Op::Mul, false, dst, a, b, trap),
            DivI32 { dst, a, b } => {
                self.signed_division_fails(a, b, i64::from(i32::MIN), trap);
                let (x, y) = (self.bits(a), self.bits(b));
                let value = self.b.ins().sdiv(x, y);
                self.set(dst, value);
            }
            RemI32 { dst, a, b } => {
                self.signed_division_fails(a, b, i64::from(i32::MIN), trap);
                let (x, y) = (self.bits(a), self.bits(b));
                let value = self.b.ins().srem(x, y);
                self.set(dst, value);
            }
            DivI64 { dst, a, b } => {
                self.signed_division_fails(a, b, i64::MIN, trap);
                let (x, y) = (self.bits(a), self.bits(b));
                let value = self.b.ins().sdiv(x, y);
                self.set(dst, value);
            }
            RemI64 { dst, a, b } => {
                self.signed_division_fails(a, b, i64::MIN, trap);
                let (x, y) = (self.bits(a), self.bits(b));
                let value = self.b.ins().srem(x, y);
                self.set(dst, value);
            }
            DivU { dst, a, b } => {
                self.division_by_zero_fails(a, b, trap);
                let (x, y) = (self.bits(a), self.bits(b));
                let value = self.b.ins().udiv(x, y);
                self.set(dst, value);
            }
            RemU { dst, a, b } => {
                self.division_by_zero_fails(a, b, trap);
                let (x, y) = (self.bits(a), self.bits(b));
                let value = self.b.ins().urem(x, y);
                self.set(dst, value);
            }
            Call { dst, a, b, id } => {
                let call = self.unit.kernel.calls[id as usize];
                self.failing_call(call, dst, a, b, trap);
            }
            CheckIndex { idx, len } => {
                let (i, n) = (self.bits(idx), self.bits(len));
                let outside = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, i, n);
                self.fail_if(outside, trap, &[idx, len]);
            }
            Check { cond, .. } => {
                let holds = self.bits(cond);
                let read: Vec<Reg> = inst.reads().collect();
                self.fail_unless(holds, trap, &read);
            }
            CheckLoop { dtype, start, count, step } => {
                let args = [
                    self.number(helpers::dtype_code(dtype)),
                    self.bits(start),
                    self.bits(count),
                    self.bits(step),
                ];
                let address = self.number(helpers::loop_fits as *const () as i64);
                if let Some(fits) = self.call(address, &[types::I64; 4], Some(types::I64), &args) {
                    self.fail_unless(fits, trap, &[start, count, step]);
                }
            }
            // `may_fail` names no other.
            _ => {}
        }
    }

    fn compute(&mut self, op: Op, x: Value, y: Value) -> Value {
        match op {
            Op::Add => self.b.ins().iadd(x, y),
            Op::Sub => self.b.ins().isub(x, y),
            Op::Mul => self.b.ins().imul(x, y),
        }
    }

    /// Of numbers of 32 bits the exact result has 64, so it fits when cutting it off changes nothing.
    fn signed32(&mut self, op: Op, dst: Reg, a: Reg, b: Reg, trap: Option<TrapId>) {
        let (x, y) = (self.bits(a), self.bits(b));
        let exact = self.compute(op, x, y);
        let low = self.b.ins().ireduce(types::I32, exact);
        let cut = self.b.ins().sextend(types::I64, low);
        let overflow = self.b.ins().icmp(IntCC::NotEqual, cut, exact);
        self.fail_if(overflow, trap, &[a, b]);
        self.set(dst, exact);
    }

    fn unsigned32(&mut self, op: Op, dst: Reg, a: Reg, b: Reg, trap: Option<TrapId>) {
        let (x, y) = (self.bits(a), self.bits(b));
        // A negative difference has high bits too.
        let exact = self.compute(op, x, y);
        let high = self.b.ins().ushr_imm_u(exact, 32);
        self.fail_if(high, trap, &[a, b]);
        self.set(dst, exact);
    }

    fn wide(&mut self, op: Op, signed: bool, dst: Reg, a: Reg, b: Reg, trap: Option<TrapId>) {
        let (x, y) = (self.bits(a), self.bits(b));
        let (value, overflow) = match (op, signed) {
            (Op::Add, true) => self.b.ins().sadd_overflow(x, y),
            (Op::Sub, true) => self.b.ins().ssub_overflow(x, y),
            (Op::Mul, true) => self.b.ins().smul_overflow(x, y),
            (Op::Add, false) => {
                let sum = self.b.ins().iadd(x, y);
                (sum, self.b.ins().icmp(IntCC::UnsignedLessThan, sum, x))
            }
            (Op::Sub, false) => {
                let less = self.b.ins().icmp(IntCC::UnsignedLessThan, x, y);
                (self.b.ins().isub(x, y), less)
            }
            (Op::Mul, false) => self.b.ins().umul_overflow(x, y),
        };
        self.fail_if(overflow, trap, &[a, b]);
        self.set(dst, value);
    }

    pub fn division_by_zero_fails(&mut self, a: Reg, b: Reg, trap: Option<TrapId>) {
        let range = self.unit.kernel.ranges[b.index()];
        if range.lo <= 0 && range.hi >= 0 {
            let y = self.bits(b);
            self.fail_unless(y, trap, &[a, b]);
        }
    }

    /// A divisor of zero, and the one quotient that is too large.
    pub fn signed_division_fails(&mut self, a: Reg, b: Reg, min: i64, trap: Option<TrapId>) {
        self.division_by_zero_fails(a, b, trap);
        let ranges = &self.unit.kernel.ranges;
        let (x, y) = (ranges[a.index()], ranges[b.index()]);
        if y.lo > -1 || y.hi < -1 || x.lo > i128::from(min) {
            return;
        }
        let (x, y) = (self.bits(a), self.bits(b));
        let smallest = self.b.ins().icmp_imm_s(IntCC::Equal, x, min);
        let negates = self.b.ins().icmp_imm_s(IntCC::Equal, y, -1);
        let overflow = self.b.ins().band(smallest, negates);
        self.fail_if(overflow, trap, &[a, b]);
    }

    /// The value of a register that never changes.
    pub fn known(&self, r: Reg) -> Option<i64> {
        let number = self.unit.kernel.constant(r).and_then(Literal::as_i128);
        number.and_then(|x| i64::try_from(x).ok())
    }
}
