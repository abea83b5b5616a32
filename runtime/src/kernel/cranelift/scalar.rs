//! One instruction at a time. Those that never fail are here.

use super::super::inst::{Inst, Reg};
use super::super::ir::TrapId;
use super::function::Function;
use super::helpers;
use super::memory::Element;
use crate::dtype::DType;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_module::Module;

const F64: Type = types::F64;
const F32: Type = types::F32;
const I64: Type = types::I64;

impl Function<'_, '_> {
    pub fn inst(&mut self, inst: &Inst, trap: Option<TrapId>) {
        use Inst::*;
        if inst.may_fail() {
            return self.failing(inst, trap);
        }
        let (dst, value) = match *inst {
            AddF64 { dst, a, b } => (dst, self.float_op(Arith::Add, F64, a, b)),
            SubF64 { dst, a, b } => (dst, self.float_op(Arith::Sub, F64, a, b)),
            MulF64 { dst, a, b } => (dst, self.float_op(Arith::Mul, F64, a, b)),
            DivF64 { dst, a, b } => (dst, self.float_op(Arith::Div, F64, a, b)),
            MinF64 { dst, a, b } => (dst, self.float_op(Arith::Min, F64, a, b)),
            MaxF64 { dst, a, b } => (dst, self.float_op(Arith::Max, F64, a, b)),
            AddF32 { dst, a, b } => (dst, self.float_op(Arith::Add, F32, a, b)),
            SubF32 { dst, a, b } => (dst, self.float_op(Arith::Sub, F32, a, b)),
            MulF32 { dst, a, b } => (dst, self.float_op(Arith::Mul, F32, a, b)),
            DivF32 { dst, a, b } => (dst, self.float_op(Arith::Div, F32, a, b)),
            MinF32 { dst, a, b } => (dst, self.float_op(Arith::Min, F32, a, b)),
            MaxF32 { dst, a, b } => (dst, self.float_op(Arith::Max, F32, a, b)),
            AddI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().iadd(x, y))
            }
            SubI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().isub(x, y))
            }
            MulI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().imul(x, y))
            }
            AddW { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().iadd(x, y))
            }
            SubW { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().isub(x, y))
            }
            MulW { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().imul(x, y))
            }
            ShlI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().ishl(x, y))
            }
            ShrS { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().sshr(x, y))
            }
            ShrU { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().ushr(x, y))
            }
            Rotl32 { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                let low = self.b.ins().ireduce(types::I32, x);
                let turned = self.b.ins().rotl(low, y);
                (dst, self.b.ins().uextend(I64, turned))
            }
            Rotl64 { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().rotl(x, y))
            }
            PopI { dst, a } => {
                let x = self.bits(a);
                (dst, self.b.ins().popcnt(x))
            }
            ClzI { dst, a } => {
                let x = self.bits(a);
                (dst, self.b.ins().clz(x))
            }
            CtzI { dst, a } => {
                let x = self.bits(a);
                (dst, self.b.ins().ctz(x))
            }
            AndI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().band(x, y))
            }
            OrI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().bor(x, y))
            }
            XorI { dst, a, b } => {
                let (x, y) = (self.bits(a), self.bits(b));
                (dst, self.b.ins().bxor(x, y))
            }
            MinS { dst, a, b } => (dst, self.choose(IntCC::SignedLessThan, a, b)),
            MaxS { dst, a, b } => (dst, self.choose(IntCC::SignedGreaterThan, a, b)),
            MinU { dst, a, b } => (dst, self.choose(IntCC::UnsignedLessThan, a, b)),
            MaxU { dst, a, b } => (dst, self.choose(IntCC::UnsignedGreaterThan, a, b)),
            EqI { dst, a, b } => (dst, self.compare(IntCC::Equal, a, b)),
            NeI { dst, a, b } => (dst, self.compare(IntCC::NotEqual, a, b)),
            LtS { dst, a, b } => (dst, self.compare(IntCC::SignedLessThan, a, b)),
            LeS { dst, a, b } => (dst, self.compare(IntCC::SignedLessThanOrEqual, a, b)),
            LtU { dst, a, b } => (dst, self.compare(IntCC::UnsignedLessThan, a, b)),
            LeU { dst, a, b } => (dst, self.compare(IntCC::UnsignedLessThanOrEqual, a, b)),
            EqF64 { dst, a, b } => (dst, self.compare_floats(FloatCC::Equal, F64, a, b)),
            NeF64 { dst, a, b } => (dst, self.compare_floats(FloatCC::NotEqual, F64, a, b)),
            LtF64 { dst, a, b } => (dst, self.compare_floats(FloatCC::LessThan, F64, a, b)),
            LeF64 { dst, a, b } => (dst, self.compare_floats(FloatCC::LessThanOrEqual, F64, a, b)),
            EqF32 { dst, a, b } => (dst, self.compare_floats(FloatCC::Equal, F32, a, b)),
            NeF32 { dst, a, b } => (dst, self.compare_floats(FloatCC::NotEqual, F32, a, b)),
            LtF32 { dst, a, b } => (dst, self.compare_floats(FloatCC::LessThan, F32, a, b)),
            LeF32 { dst, a, b } => (dst, self.compare_floats(FloatCC::LessThanOrEqual, F32, a, b)),
            Mov { dst, a } => (dst, self.get(a)),
            NegF64 { dst, a } | NegF32 { dst, a } => {
                let x = self.get_as(a, super::function::type_of(self.dtype(dst)));
                (dst, self.b.ins().fneg(x))
            }
            AbsF64 { dst, a } | AbsF32 { dst, a } => {
                let x = self.get_as(a, super::function::type_of(self.dtype(dst)));
                (dst, self.b.ins().fabs(x))
            }
            SqrtF64 { dst, a } | SqrtF32 { dst, a } => {
                let x = self.get_as(a, super::function::type_of(self.dtype(dst)));
                (dst, self.b.ins().sqrt(x))
            }
            S64ToF64 { dst, a } => (dst, self.float_of(F64, true, a)),
            U64ToF64 { dst, a } => (dst, self.float_of(F64, false, a)),
            S64ToF32 { dst, a } => (dst, self.float_of(F32, true, a)),
            U64ToF32 { dst, a } => (dst, self.float_of(F32, false, a)),
            F64ToF32 { dst, a } => {
                let x = self.get_as(a, F64);
                (dst, self.b.ins().fdemote(F32, x))
            }
            F32ToF64 { dst, a } => {
                let x = self.get_as(a, F32);
                (dst, self.b.ins().fpromote(F64, x))
            }
            F64ToI32 { dst, a } => {
                let x = self.get_as(a, F64);
                let n = self.b.ins().fcvt_to_sint_sat(types::I32, x);
                (dst, self.b.ins().sextend(I64, n))
            }
            F64ToU32 { dst, a } => {
                let x = self.get_as(a, F64);
                let n = self.b.ins().fcvt_to_uint_sat(types::I32, x);
                (dst, self.b.ins().uextend(I64, n))
            }
            F64ToI64 { dst, a } => {
                let x = self.get_as(a, F64);
                (dst, self.b.ins().fcvt_to_sint_sat(I64, x))
            }
            F64ToUsize { dst, a } => {
                let x = self.get_as(a, F64);
                (dst, self.b.ins().fcvt_to_uint_sat(I64, x))
            }
            Sext32 { dst, a } => {
                let x = self.bits(a);
                let low = self.b.ins().ireduce(types::I32, x);
                (dst, self.b.ins().sextend(I64, low))
            }
            Zext32 { dst, a } => {
                let x = self.bits(a);
                let low = self.b.ins().ireduce(types::I32, x);
                (dst, self.b.ins().uextend(I64, low))
            }
            Load8 { dst, buf, base, idx, off } => {
                return self.load(dst, Element { buf, base, idx, off }, 8, false);
            }
            Load4 { dst, buf, base, idx, off } => {
                return self.load(dst, Element { buf, base, idx, off }, 4, false);
            }
            Load4S { dst, buf, base, idx, off } => {
                return self.load(dst, Element { buf, base, idx, off }, 4, true);
            }
            Load1 { dst, buf, base, idx, off } => {
                return self.load(dst, Element { buf, base, idx, off }, 1, false);
            }
            Store8 { val, buf, base, idx, off } => {
                return self.store(val, Element { buf, base, idx, off }, 8);
            }
            Store4 { val, buf, base, idx, off } => {
                return self.store(val, Element { buf, base, idx, off }, 4);
            }
            Store1 { val, buf, base, idx, off } => {
                return self.store(val, Element { buf, base, idx, off }, 1);
            }
            Select { dst, a, b, c } => {
                let ty = super::function::type_of(self.dtype(dst));
                let (cond, x, y) = (self.bits(a), self.get_as(b, ty), self.get_as(c, ty));
                (dst, self.b.ins().select(cond, x, y))
            }
            FmaF64 { dst, a, b, c } => (dst, self.fma(F64, a, b, c)),
            FmaF32 { dst, a, b, c } => (dst, self.fma(F32, a, b, c)),
            Math { dst, a, op } => {
                let x = self.get_as(a, F64);
                (dst, self.unary_float(op, F64, x))
            }
            Math2 { dst, a, b, op } => {
                let (x, y) = (self.get_as(a, F64), self.get(b));
                let power = self.unit.kernel.short_power(b);
                (dst, self.binary_float(op, F64, x, y, power))
            }
            CallPure { dst, a, b, id } => {
                let call = self.unit.kernel.calls[id as usize];
                (dst, self.pure_call(call, a, b))
            }
            CopyBuf { dst, src } => return self.copy(dst, src),
            SwapBuf { a, b } => return self.swap(a, b),
            Matmul { .. } => return self.product(inst),
            // `support` let no other instruction pass, and those that fail went to `failing`.
            _ => return,
        };
        self.set(dst, value);
    }

    fn float_op(&mut self, op: Arith, ty: Type, a: Reg, b: Reg) -> Value {
        let (x, y) = (self.get_as(a, ty), self.get_as(b, ty));
        self.arith(op, x, y)
    }

    /// An operation on two scalars, or lane by lane on two vectors.
    pub fn arith(&mut self, op: Arith, x: Value, y: Value) -> Value {
        match op {
            Arith::Add => self.b.ins().fadd(x, y),
            Arith::Sub => self.b.ins().fsub(x, y),
            Arith::Mul => self.b.ins().fmul(x, y),
            Arith::Div => self.b.ins().fdiv(x, y),
            Arith::Min => self.min_max(FloatCC::LessThan, x, y),
            Arith::Max => self.min_max(FloatCC::GreaterThan, x, y),
        }
    }

    /// `y cc x ? y : x`, and `y` where `x` is not a number: what Rust's `min` and `max` do here.
    fn min_max(&mut self, cc: FloatCC, x: Value, y: Value) -> Value {
        let better = match cc {
            FloatCC::LessThan => self.b.ins().fcmp(FloatCC::LessThan, y, x),
            // In this form, Cranelift knows the instruction for it.
            _ => self.b.ins().fcmp(FloatCC::LessThan, x, y),
        };
        let best = self.pick(better, y, x);
        let unordered = self.b.ins().fcmp(FloatCC::Unordered, x, x);
        self.pick(unordered, y, best)
    }

    /// `cond ? x : y`, lane by lane.
    pub fn pick(&mut self, cond: Value, x: Value, y: Value) -> Value {
        let ty = self.b.func.dfg.value_type(x);
        if !ty.is_vector() {
            return self.b.ins().select(cond, x, y);
        }
        let flags = MemFlagsData::new().with_endianness(cranelift_codegen::ir::Endianness::Little);
        let mask = self.b.ins().bitcast(ty, flags, cond);
        self.b.ins().bitselect(mask, x, y)
    }

    fn choose(&mut self, cc: IntCC, a: Reg, b: Reg) -> Value {
        let (x, y) = (self.bits(a), self.bits(b));
        let first = self.b.ins().icmp(cc, x, y);
        self.b.ins().select(first, x, y)
    }

    fn compare(&mut self, cc: IntCC, a: Reg, b: Reg) -> Value {
        let (x, y) = (self.bits(a), self.bits(b));
        self.b.ins().icmp(cc, x, y)
    }

    fn compare_floats(&mut self, cc: FloatCC, ty: Type, a: Reg, b: Reg) -> Value {
        let (x, y) = (self.get_as(a, ty), self.get_as(b, ty));
        self.b.ins().fcmp(cc, x, y)
    }

    /// An integer register as a float. Unsigned numbers that have room for a sign are cheaper as signed ones.
    pub fn float_of(&mut self, ty: Type, signed: bool, a: Reg) -> Value {
        let x = self.bits(a);
        let range = self.unit.kernel.ranges[a.index()];
        let fits = range.lo >= 0 && range.hi <= i128::from(i64::MAX);
        match signed || (fits && self.dtype(a) != DType::Bool) {
            true => self.b.ins().fcvt_from_sint(ty, x),
            false => self.b.ins().fcvt_from_uint(ty, x),
        }
    }

    /// `a * b + c` with one rounding.
    fn fma(&mut self, ty: Type, a: Reg, b: Reg, c: Reg) -> Value {
        let args = [self.get_as(a, ty), self.get_as(b, ty), self.get_as(c, ty)];
        if self.unit.module.isa().has_native_fma() {
            return self.b.ins().fma(args[0], args[1], args[2]);
        }
        let address = match ty {
            F32 => helpers::fma32 as *const () as i64,
            _ => helpers::fma64 as *const () as i64,
        };
        let address = self.number(address);
        self.call(address, &[ty; 3], Some(ty), &args).unwrap_or(args[2])
    }
}

/// Arithmetic of floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
}
