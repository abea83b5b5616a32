//! Mathematics: written out where that is exact and cheap, else from the library of functions, else by the
//! definition of the op.

use super::super::inst::Reg;
use super::super::ir::{Call, TrapId};
use super::super::library::{Context, Function as Library};
use super::function::{Function, plain, type_of};
use super::helpers;
use crate::dtype::DType;
use crate::op::{BinaryOp, UnaryOp};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use cranelift_module::Module;
use std::mem::offset_of;

impl Function<'_, '_> {
    pub fn unary_float(&mut self, op: UnaryOp, ty: Type, x: Value) -> Value {
        if let Some(value) = self.inline_unary(op, ty, x) {
            return value;
        }
        let dtype = if ty == types::F32 { DType::F32 } else { DType::F64 };
        let call = Call::Unary(op, dtype);
        match Library::scalar_of(call).and_then(Library::address) {
            Some(address) => {
                let address = self.number(address as i64);
                self.call(address, &[ty], Some(ty), &[x]).unwrap_or(x)
            }
            None => {
                let bits = self.convert(x, types::I64);
                let result = self.by_definition(call, bits, bits).0;
                self.convert(result, result_type(op.result(dtype), ty))
            }
        }
    }

    /// Also of vectors, where they have the instruction.
    pub fn inline_unary(&mut self, op: UnaryOp, ty: Type, x: Value) -> Option<Value> {
        use UnaryOp::*;
        let lane = ty.lane_type();
        Some(match op {
            Neg => self.b.ins().fneg(x),
            Abs => self.b.ins().fabs(x),
            Sqrt => self.b.ins().sqrt(x),
            Floor | Ceil | Trunc | RoundTiesEven => self.rounded(op, ty, x)?,
            Fract => {
                let whole = self.rounded(Trunc, ty, x)?;
                self.b.ins().fsub(x, whole)
            }
            Round => {
                // Half away from zero; the number below a half keeps those below it from being rounded up.
                let half = match lane {
                    types::F32 => f64::from(0.5f32.next_down()),
                    _ => 0.5f64.next_down(),
                };
                let half = self.splat(ty, half);
                let half = self.b.ins().fcopysign(half, x);
                let moved = self.b.ins().fadd(x, half);
                self.rounded(Trunc, ty, moved)?
            }
            Recip => {
                let one = self.splat(ty, 1.0);
                self.b.ins().fdiv(one, x)
            }
            ToDegrees => self.scale(ty, x, 1f64.to_degrees(), 1f32.to_degrees()),
            ToRadians => self.scale(ty, x, 1f64.to_radians(), 1f32.to_radians()),
            Signum => {
                let one = self.splat(ty, 1.0);
                let sign = self.b.ins().fcopysign(one, x);
                let nan = self.b.ins().fcmp(FloatCC::Unordered, x, x);
                self.pick(nan, x, sign)
            }
            _ if ty.is_vector() => return None,
            IsNan => self.b.ins().fcmp(FloatCC::Unordered, x, x),
            IsInfinite | IsFinite => {
                let cc = if op == IsFinite { FloatCC::LessThan } else { FloatCC::Equal };
                let size = self.b.ins().fabs(x);
                let infinite = self.float(ty, f64::INFINITY);
                self.b.ins().fcmp(cc, size, infinite)
            }
            IsSignNegative | IsSignPositive => {
                let bits = self.convert(x, types::I64);
                let sign = self.b.ins().ushr_imm_u(bits, if ty == types::F32 { 31 } else { 63 });
                match op {
                    IsSignNegative => sign,
                    _ => self.b.ins().bxor_imm_u(sign, 1),
                }
            }
            _ => return None,
        })
    }

    /// A constant in every lane.
    fn splat(&mut self, ty: Type, x: f64) -> Value {
        let scalar = self.float(ty.lane_type(), x);
        if ty.is_vector() { self.b.ins().splat(ty, scalar) } else { scalar }
    }

    fn scale(&mut self, ty: Type, x: Value, double: f64, single: f32) -> Value {
        let factor = if ty.lane_type() == types::F32 { f64::from(single) } else { double };
        let factor = self.splat(ty, factor);
        self.b.ins().fmul(x, factor)
    }

    fn rounded(&mut self, op: UnaryOp, ty: Type, x: Value) -> Option<Value> {
        if self.unit.module.isa().has_round() {
            return Some(match op {
                UnaryOp::Floor => self.b.ins().floor(x),
                UnaryOp::Ceil => self.b.ins().ceil(x),
                UnaryOp::Trunc => self.b.ins().trunc(x),
                _ => self.b.ins().nearest(x),
            });
        }
        let address = match ty {
            types::F32 => helpers::rounding32(op) as *const () as i64,
            types::F64 => helpers::rounding64(op) as *const () as i64,
            _ => return None,
        };
        let address = self.number(address);
        self.call(address, &[ty], Some(ty), &[x])
    }

    /// `power` is the second operand where it is a power that is written out.
    pub fn binary_float(&mut self, op: BinaryOp, ty: Type, x: Value, y: Value, power: Option<i64>) -> Value {
        let dtype = if ty == types::F32 { DType::F32 } else { DType::F64 };
        let second = if op == BinaryOp::Powi { DType::I32 } else { dtype };
        match op {
            BinaryOp::Copysign => return self.b.ins().fcopysign(x, y),
            BinaryOp::Powi => {
                if let Some(n) = power {
                    return self.power(ty, x, n);
                }
                let address = match ty {
                    types::F32 => helpers::powi32 as *const () as i64,
                    _ => helpers::powi64 as *const () as i64,
                };
                let address = self.number(address);
                return self.call(address, &[ty, types::I64], Some(ty), &[x, y]).unwrap_or(x);
            }
            _ => {}
        }
        let call = Call::Binary(op, dtype, second);
        match Library::scalar_of(call).and_then(Library::address) {
            Some(address) => {
                let address = self.number(address as i64);
                self.call(address, &[ty; 2], Some(ty), &[x, y]).unwrap_or(x)
            }
            None => {
                let (a, b) = (self.convert(x, types::I64), self.convert(y, types::I64));
                let result = self.by_definition(call, a, b).0;
                self.convert(result, ty)
            }
        }
    }

    /// The products that `powi` makes, in its order. Also lane by lane.
    pub fn power(&mut self, ty: Type, x: Value, n: i64) -> Value {
        let one = self.splat(ty, 1.0);
        let (mut rest, mut square, mut product) = (n.unsigned_abs(), x, None);
        loop {
            if rest & 1 == 1 {
                product = Some(match product {
                    None => square,
                    Some(product) => self.b.ins().fmul(product, square),
                });
            }
            rest >>= 1;
            if rest == 0 {
                break;
            }
            square = self.b.ins().fmul(square, square);
        }
        let product = product.unwrap_or(one);
        if n < 0 { self.b.ins().fdiv(one, product) } else { product }
    }

    /// A call that never fails.
    pub fn pure_call(&mut self, call: Call, a: Reg, b: Reg) -> Value {
        match call {
            Call::Unary(op, dtype) if dtype.is_float() => {
                let x = self.get_as(a, type_of(dtype));
                self.unary_float(op, type_of(dtype), x)
            }
            Call::Binary(op, dtype, second) if dtype.is_float() => {
                let ty = type_of(dtype);
                let (x, y) = (self.get_as(a, ty), self.get_as(b, type_of(second)));
                let power = self.unit.kernel.short_power(b);
                self.binary_float(op, ty, x, y, power)
            }
            Call::Unary(UnaryOp::Not, dtype) if dtype != DType::Bool => {
                let x = self.bits(a);
                let inverse = self.b.ins().bnot(x);
                match dtype {
                    DType::U32 => self.b.ins().band_imm_u(inverse, i64::from(u32::MAX)),
                    _ => inverse,
                }
            }
            Call::Unary(op @ (UnaryOp::SwapBytes | UnaryOp::ReverseBits), dtype) => {
                let ty = if dtype.size() == 4 { types::I32 } else { types::I64 };
                let x = self.bits(a);
                let x = if ty == types::I32 { self.b.ins().ireduce(ty, x) } else { x };
                let y = if op == UnaryOp::SwapBytes { self.b.ins().bswap(x) } else { self.b.ins().bitrev(x) };
                match dtype {
                    DType::I32 => self.b.ins().sextend(types::I64, y),
                    DType::U32 => self.b.ins().uextend(types::I64, y),
                    _ => y,
                }
            }
            _ => {
                let (x, y) = (self.bits(a), self.bits(b));
                self.by_definition(call, x, y).0
            }
        }
    }

    pub fn failing_call(&mut self, call: Call, dst: Reg, a: Reg, b: Reg, trap: Option<TrapId>) {
        if let Some(value) = self.euclid(call, a, b, trap) {
            return self.set(dst, value);
        }
        let (x, y) = (self.bits(a), self.bits(b));
        let (value, failed) = self.by_definition(call, x, y);
        self.fail_if(failed, trap, &[a, b]);
        self.set(dst, value);
    }

    /// Negation, absolute value, and Euclidean division of integers.
    fn euclid(&mut self, call: Call, a: Reg, b: Reg, trap: Option<TrapId>) -> Option<Value> {
        match call {
            Call::Unary(op @ (UnaryOp::Neg | UnaryOp::Abs), dtype @ (DType::I32 | DType::I64)) => {
                let min = if dtype == DType::I32 { i64::from(i32::MIN) } else { i64::MIN };
                let x = self.bits(a);
                let overflow = self.b.ins().icmp_imm_s(IntCC::Equal, x, min);
                self.fail_if(overflow, trap, &[a, b]);
                let negated = self.b.ins().ineg(x);
                Some(match op {
                    UnaryOp::Neg => negated,
                    _ => {
                        let negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, x, 0);
                        self.b.ins().select(negative, negated, x)
                    }
                })
            }
            Call::Binary(op @ (BinaryOp::Shl | BinaryOp::Shr), dtype, _) => {
                let (x, y) = (self.bits(a), self.bits(b));
                let bits = 8 * dtype.size() as i64;
                // A negative distance is a large one.
                let outside = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, y, bits);
                self.fail_if(outside, trap, &[a, b]);
                let signed = dtype.is_signed();
                Some(match (op, dtype) {
                    (BinaryOp::Shr, _) if signed => self.b.ins().sshr(x, y),
                    (BinaryOp::Shr, _) => self.b.ins().ushr(x, y),
                    (_, DType::I32) => {
                        let shifted = self.b.ins().ishl(x, y);
                        let low = self.b.ins().ireduce(types::I32, shifted);
                        self.b.ins().sextend(types::I64, low)
                    }
                    (_, DType::U32) => {
                        let shifted = self.b.ins().ishl(x, y);
                        let low = self.b.ins().ireduce(types::I32, shifted);
                        self.b.ins().uextend(types::I64, low)
                    }
                    _ => self.b.ins().ishl(x, y),
                })
            }
            Call::Binary(BinaryOp::RemEuclid, DType::U32 | DType::U64 | DType::Usize, _) => {
                self.division_by_zero_fails(a, b, trap);
                let (x, y) = (self.bits(a), self.bits(b));
                Some(self.b.ins().urem(x, y))
            }
            Call::Binary(BinaryOp::DivEuclid, DType::U32 | DType::U64 | DType::Usize, _) => {
                self.division_by_zero_fails(a, b, trap);
                let (x, y) = (self.bits(a), self.bits(b));
                Some(self.b.ins().udiv(x, y))
            }
            // Of a divisor that is known to be positive.
            Call::Binary(op @ (BinaryOp::RemEuclid | BinaryOp::DivEuclid), DType::I32 | DType::I64, _)
                if self.known(b).is_some_and(|n| n > 0) =>
            {
                let (x, y) = (self.bits(a), self.bits(b));
                let rest = self.b.ins().srem(x, y);
                let negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, rest, 0);
                Some(match op {
                    BinaryOp::RemEuclid => {
                        let moved = self.b.ins().iadd(rest, y);
                        self.b.ins().select(negative, moved, rest)
                    }
                    _ => {
                        let quotient = self.b.ins().sdiv(x, y);
                        let below = self.b.ins().iadd_imm_s(quotient, -1);
                        self.b.ins().select(negative, below, quotient)
                    }
                })
            }
            _ => None,
        }
    }

    /// A call by its definition: the bits of its result, and whether it failed.
    fn by_definition(&mut self, call: Call, a: Value, b: Value) -> (Value, Value) {
        let flag = self.room(8);
        let zero = self.number(0);
        self.b.ins().store(plain(), zero, flag, 0);
        let code = self.number(helpers::call_code(call));
        let constant = plain().with_readonly();
        let at = offset_of!(Context, call) as i32;
        let address = self.b.ins().load(types::I64, constant, self.context, at);
        let result = self.call(address, &[types::I64; 4], Some(types::I64), &[code, a, b, flag]);
        let failed = self.b.ins().load(types::I64, plain(), flag, 0);
        (result.unwrap_or(zero), failed)
    }
}

/// The type of a result: a truth value is an integer.
fn result_type(result: Option<DType>, operand: Type) -> Type {
    match result {
        Some(DType::Bool) => types::I64,
        _ => operand,
    }
}
