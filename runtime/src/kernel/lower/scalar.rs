//! Scalar ops.

use super::{Fact, Lower, Result, Unsupported};
use crate::dtype::{DType, Literal};
use crate::graph::{Node, SiteId};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Call, TrapKind};
use crate::kernel::ranges::{Form, Interval, SHORT};
use crate::op::{BinaryOp, CmpOp, Op, UnaryOp, scalar};

/// The destination is filled in when the instruction is placed.
const DST: Reg = Reg(0);

/// No index and no length is as large.
const FAR: i128 = 1 << 48;

impl Lower<'_> {
    pub(super) fn scalar_node(&mut self, node: &Node) -> Result<Reg> {
        if let Op::Const(literal) = node.op {
            return self.constant(literal);
        }
        let x: Vec<Reg> = node.inputs.iter().map(|&v| self.scalar(v)).collect::<Result<_>>()?;
        match &node.op {
            Op::Unary(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::MulAdd | Op::Cast(_) => {
                self.element(&node.op, &x, node.site)
            }
            // Of scalars, these change nothing.
            Op::Broadcast(_) | Op::Reshape(_) | Op::Transpose(_) => Ok(x[0]),
            _ => Err(Unsupported),
        }
    }

    /// An elementwise op on one element of each operand.
    pub(super) fn element(&mut self, op: &Op, x: &[Reg], site: SiteId) -> Result<Reg> {
        match op {
            Op::Unary(op) => self.unary(*op, x[0], site),
            Op::Binary(op) => self.binary(*op, x[0], x[1], site),
            Op::Compare(op) => self.compare(*op, x[0], x[1]),
            Op::Select => self.select(x[0], x[1], x[2]),
            Op::MulAdd => {
                let (dst, a, b, c) = (DST, x[0], x[1], x[2]);
                match self.info(a).dtype {
                    DType::F64 => self.pure(Inst::FmaF64 { dst, a, b, c }, DType::F64, 0, (0, 0)),
                    DType::F32 => self.pure(Inst::FmaF32 { dst, a, b, c }, DType::F32, 0, (0, 0)),
                    _ => Err(Unsupported),
                }
            }
            Op::Cast(to) => self.cast(x[0], *to),
            _ => Err(Unsupported),
        }
    }

    /// A computation that never fails.
    pub(super) fn plain(&mut self, inst: Inst, dtype: DType) -> Result<Reg> {
        self.pure(inst, dtype, 0, (0, 0))
    }

    fn unary(&mut self, op: UnaryOp, a: Reg, site: SiteId) -> Result<Reg> {
        let dtype = self.info(a).dtype;
        if let Some(x) = self.info(a).constant
            && let Ok(y) = scalar::unary(op, x)
        {
            return self.constant(y);
        }
        let dst = DST;
        let result = op.result(dtype).ok_or(Unsupported)?;
        let inst = match (op, dtype) {
            (UnaryOp::Neg, DType::F64) => Inst::NegF64 { dst, a },
            (UnaryOp::Abs, DType::F64) => Inst::AbsF64 { dst, a },
            (UnaryOp::Sqrt, DType::F64) => Inst::SqrtF64 { dst, a },
            (UnaryOp::Neg, DType::F32) => Inst::NegF32 { dst, a },
            (UnaryOp::Abs, DType::F32) => Inst::AbsF32 { dst, a },
            (UnaryOp::Sqrt, DType::F32) => Inst::SqrtF32 { dst, a },
            (UnaryOp::Not, DType::Bool) => {
                let b = self.constant(Literal::Bool(true))?;
                let r = self.plain(Inst::XorI { dst, a, b }, DType::Bool)?;
                self.regs[r.index()].fact.get_or_insert(Fact::Not(a));
                return Ok(r);
            }
            (UnaryOp::Neg, DType::I32 | DType::I64) => {
                let zero = self.constant(Literal::zero(dtype))?;
                if Interval::point(0).sub(self.info(a).range).within(Interval::of(dtype)) {
                    return self.binary(BinaryOp::Sub, zero, a, site);
                }
                return self.call(Call::Unary(op, dtype), a, a, result, true, site);
            }
            (UnaryOp::CountOnes | UnaryOp::LeadingZeros | UnaryOp::TrailingZeros, _) => {
                return self.count_bits(op, a);
            }
            (_, DType::F64) if result == DType::F64 => Inst::Math { dst, a, op },
            _ => {
                let fails = scalar::unary_may_fail(op, dtype);
                return self.call(Call::Unary(op, dtype), a, a, result, fails, site);
            }
        };
        self.plain(inst, result)
    }

    fn call(&mut self, call: Call, a: Reg, b: Reg, result: DType, fails: bool, site: SiteId) -> Result<Reg> {
        let id = self.call_id(call);
        if fails {
            let trap = self.trap(site, TrapKind::Call(call));
            self.failing(Inst::Call { dst: DST, a, b, id }, result, trap)
        } else {
            self.plain(Inst::CallPure { dst: DST, a, b, id }, result)
        }
    }

    pub(super) fn binary(&mut self, op: BinaryOp, a: Reg, b: Reg, site: SiteId) -> Result<Reg> {
        if let (Some(x), Some(y)) = (self.info(a).constant, self.info(b).constant)
            && let Ok(z) = scalar::binary(op, x, y)
        {
            return self.constant(z);
        }
        match self.info(a).dtype {
            DType::F64 => self.binary_f64(op, a, b, site),
            DType::F32 => self.binary_f32(op, a, b, site),
            dtype => self.binary_int(op, dtype, a, b, site),
        }
    }

    fn binary_f64(&mut self, op: BinaryOp, a: Reg, b: Reg, site: SiteId) -> Result<Reg> {
        let dst = DST;
        let inst = match op {
            BinaryOp::Add => Inst::AddF64 { dst, a, b },
            BinaryOp::Sub => Inst::SubF64 { dst, a, b },
            BinaryOp::Mul => Inst::MulF64 { dst, a, b },
            BinaryOp::Div => Inst::DivF64 { dst, a, b },
            BinaryOp::Min => Inst::MinF64 { dst, a, b },
            BinaryOp::Max => Inst::MaxF64 { dst, a, b },
            _ if op.result(DType::F64).is_none() => return Err(Unsupported),
            BinaryOp::DivEuclid | BinaryOp::RemEuclid => {
                let call = Call::Binary(op, DType::F64, self.info(b).dtype);
                return self.call(call, a, b, DType::F64, false, site);
            }
            _ => Inst::Math2 { dst, a, b, op },
        };
        self.plain(inst, DType::F64)
    }

    fn binary_f32(&mut self, op: BinaryOp, a: Reg, b: Reg, site: SiteId) -> Result<Reg> {
        let dst = DST;
        let inst = match op {
            BinaryOp::Add => Inst::AddF32 { dst, a, b },
            BinaryOp::Sub => Inst::SubF32 { dst, a, b },
            BinaryOp::Mul => Inst::MulF32 { dst, a, b },
            BinaryOp::Div => Inst::DivF32 { dst, a, b },
            BinaryOp::Min => Inst::MinF32 { dst, a, b },
            BinaryOp::Max => Inst::MaxF32 { dst, a, b },
            _ if op.result(DType::F32).is_none() => return Err(Unsupported),
            _ => {
                let call = Call::Binary(op, DType::F32, self.info(b).dtype);
                return self.call(call, a, b, DType::F32, false, site);
            }
        };
        self.plain(inst, DType::F32)
    }

    fn binary_int(&mut self, op: BinaryOp, dtype: DType, a: Reg, b: Reg, site: SiteId) -> Result<Reg> {
        if op.result(dtype).is_none() {
            return Err(Unsupported);
        }
        let dst = DST;
        let signed = matches!(dtype, DType::I32 | DType::I64);
        match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => self.int_arithmetic(op, dtype, a, b, site),
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                let inst = match op {
                    BinaryOp::And => Inst::AndI { dst, a, b },
                    BinaryOp::Or => Inst::OrI { dst, a, b },
                    _ => Inst::XorI { dst, a, b },
                };
                let r = self.plain(inst, dtype)?;
                self.narrow(r, self.info(a).range.bits(op, self.info(b).range));
                let fact = match op {
                    BinaryOp::And => Some(Fact::And(a, b)),
                    BinaryOp::Or => Some(Fact::Or(a, b)),
                    _ => None,
                };
                if dtype == DType::Bool {
                    let info = &mut self.regs[r.index()];
                    info.fact = info.fact.or(fact);
                }
                Ok(r)
            }
            BinaryOp::Min | BinaryOp::Max => {
                let (x, y) = (self.info(a).range, self.info(b).range);
                let (low_a, low_b) = (x.hi <= y.lo, y.hi <= x.lo);
                match op {
                    BinaryOp::Min if low_a => return Ok(a),
                    BinaryOp::Min if low_b => return Ok(b),
                    BinaryOp::Max if low_a => return Ok(b),
                    BinaryOp::Max if low_b => return Ok(a),
                    _ => {}
                }
                let inst = match (op, signed) {
                    (BinaryOp::Min, true) => Inst::MinS { dst, a, b },
                    (BinaryOp::Min, false) => Inst::MinU { dst, a, b },
                    (_, true) => Inst::MaxS { dst, a, b },
                    (_, false) => Inst::MaxU { dst, a, b },
                };
                let r = self.plain(inst, dtype)?;
                let range = match op {
                    BinaryOp::Min => Interval::new(x.lo.min(y.lo), x.hi.min(y.hi)),
                    _ => Interval::new(x.lo.max(y.lo), x.hi.max(y.hi)),
                };
                self.narrow(r, range);
                Ok(r)
            }
            BinaryOp::WrappingAdd | BinaryOp::WrappingSub | BinaryOp::WrappingMul => {
                self.wrapping_int(op, dtype, a, b, site)
            }
            BinaryOp::Shl | BinaryOp::Shr if self.info(b).range.within(Interval::bit_of(dtype)) => {
                self.shift(op, dtype, a, b)
            }
            BinaryOp::RotateLeft => self.rotate(dtype, a, b),
            BinaryOp::RotateRight => {
                let zero = self.constant(Literal::U32(0))?;
                let back = self.wrapping_int(BinaryOp::WrappingSub, DType::U32, zero, b, site)?;
                self.rotate(dtype, a, back)
            }
            BinaryOp::Div | BinaryOp::Rem => {
                let (x, y) = (self.info(a).range, self.info(b).range);
                if op == BinaryOp::Rem && x.lo >= 0 && y.lo > x.hi {
                    return Ok(a);
                }
                let inst = match (op, dtype) {
                    (BinaryOp::Div, DType::I32) => Inst::DivI32 { dst, a, b },
                    (BinaryOp::Div, DType::I64) => Inst::DivI64 { dst, a, b },
                    (BinaryOp::Div, _) => Inst::DivU { dst, a, b },
                    (_, DType::I32) => Inst::RemI32 { dst, a, b },
                    (_, DType::I64) => Inst::RemI64 { dst, a, b },
                    (_, _) => Inst::RemU { dst, a, b },
                };
                let trap = self.trap(site, TrapKind::Binary { op, dtype });
                let r = self.failing(inst, dtype, trap)?;
                // Where it did not fail:
                let range = match op {
                    BinaryOp::Rem if x.lo >= 0 && y.lo >= 0 => Interval::new(0, x.hi.min(y.hi - 1).max(0)),
                    BinaryOp::Rem if y.lo >= 0 => Interval::new(1 - y.hi.max(1), (y.hi - 1).max(0)),
                    BinaryOp::Div if x.lo >= 0 && y.lo >= 0 => Interval::new(0, x.hi),
                    _ => Interval::of(dtype),
                };
                self.narrow(r, range);
                Ok(r)
            }
            _ => {
                let fails = scalar::binary_may_fail(op, dtype);
                let range = match op {
                    BinaryOp::RemEuclid if self.info(b).range.lo >= 0 => {
                        Interval::new(0, (self.info(b).range.hi - 1).max(0))
                    }
                    _ => Interval::of(dtype),
                };
                let r = self.call(Call::Binary(op, dtype, self.info(b).dtype), a, b, dtype, fails, site)?;
                self.narrow(r, range);
                Ok(r)
            }
        }
    }

    /// A register's range is at most this.
    pub(super) fn narrow(&mut self, r: Reg, range: Interval) {
        let info = &mut self.regs[r.index()];
        info.range = info.range.and(range);
    }

    /// `+`, `-`, `*` of integers: unchecked where the result is known to fit.
    fn int_arithmetic(&mut self, op: BinaryOp, dtype: DType, a: Reg, b: Reg, site: SiteId) -> Result<Reg> {
        let apply = |x: Interval, y: Interval| match op {
            BinaryOp::Add => x.add(y),
            BinaryOp::Sub => x.sub(y),
            _ => x.mul(y),
        };
        let (fa, fb) = (self.form(a), self.form(b));
        let form = match op {
            BinaryOp::Add => fa.add(&fb),
            BinaryOp::Sub => fa.sub(&fb),
            _ if fa.terms.is_empty() => fb.scale(fa.constant),
            _ if fb.terms.is_empty() => fa.scale(fb.constant),
            _ => None,
        };
        let form = form.filter(|f| f.terms.len() <= SHORT);
        let whole = Interval::of(dtype);
        let plain = apply(self.info(a).range, self.info(b).range);
        let ((ra, pa), (rb, pb)) = (self.range(a), self.range(b));
        let mut refined = apply(ra, rb);
        let mut proof = pa.max(pb);
        if let Some(form) = &form {
            let (by_form, form_proof) = self.form_range(form);
            if !refined.within(by_form) {
                refined = refined.and(by_form);
                proof = proof.max(form_proof);
            }
        }
        let dst = DST;
        let (r, range) = if plain.within(whole) || refined.within(whole) {
            let inst = match op {
                BinaryOp::Add => Inst::AddI { dst, a, b },
                BinaryOp::Sub => Inst::SubI { dst, a, b },
                _ => Inst::MulI { dst, a, b },
            };
            // What is tested here bounds it where nothing else does.
            let bounded = |x: Interval| x.within(Interval::new(-FAR, FAR));
            let tested = !plain.within(whole) || (!bounded(plain) && bounded(refined.and(whole)));
            let (range, proof) = if tested { (refined.and(whole), proof) } else { (plain, 0) };
            // The form is exact only where the result fits, so what relies on a fact keeps to its scope.
            // The version keeps it apart from an address computed with the same instruction.
            let known = self.regs.len();
            let r = self.pure(inst, dtype, proof, (u32::MAX, 0))?;
            if proof > 0 && r.index() < known {
                // Made before, perhaps where less was known: what holds only here is not noted.
                return Ok(r);
            }
            (r, range)
        } else {
            let inst = checked(op, dtype, a, b).ok_or(Unsupported)?;
            let trap = self.trap(site, TrapKind::Binary { op, dtype });
            let r = self.failing(inst, dtype, trap)?;
            // It passed: the result fits, and that tells something of the operands.
            if let Some(form) = form.as_ref().filter(|f| f.as_offset().is_some()) {
                self.regs[r.index()].form.get_or_insert(form.clone());
            }
            self.refine(r, whole);
            (r, plain.and(whole))
        };
        let info = &mut self.regs[r.index()];
        info.range = info.range.and(range);
        if let Some(form) = form
            && form != Form::leaf(r)
        {
            info.form.get_or_insert(form);
        }
        Ok(r)
    }

    pub(super) fn cast(&mut self, a: Reg, to: DType) -> Result<Reg> {
        let from = self.info(a).dtype;
        if let Some(x) = self.info(a).constant {
            return self.constant(x.cast(to));
        }
        if from == to {
            return Ok(a);
        }
        let dst = DST;
        let unsigned_wide =
            matches!(from, DType::U64 | DType::Usize) && self.info(a).range.hi > i128::from(i64::MAX);
        let inst = match (from, to) {
            (DType::F64, DType::Bool) => {
                let b = self.constant(Literal::F64(0.0))?;
                Inst::NeF64 { dst, a, b }
            }
            (DType::F32, DType::Bool) => {
                let b = self.constant(Literal::F32(0.0))?;
                Inst::NeF32 { dst, a, b }
            }
            (_, DType::Bool) => {
                let b = self.constant(Literal::zero(from))?;
                return self.compare(CmpOp::Ne, a, b);
            }
            (DType::F64, DType::F32) => Inst::F64ToF32 { dst, a },
            (DType::F32, DType::F64) => Inst::F32ToF64 { dst, a },
            (DType::F32, _) => {
                // Exact, so the second step alone rounds or saturates.
                let wide = self.plain(Inst::F32ToF64 { dst, a }, DType::F64)?;
                return self.cast(wide, to);
            }
            (DType::F64, DType::I32) => Inst::F64ToI32 { dst, a },
            (DType::F64, DType::U32) => Inst::F64ToU32 { dst, a },
            (DType::F64, DType::I64) => Inst::F64ToI64 { dst, a },
            (DType::F64, DType::U64 | DType::Usize) => Inst::F64ToUsize { dst, a },
            (_, DType::F64) if unsigned_wide => Inst::U64ToF64 { dst, a },
            (_, DType::F64) => Inst::S64ToF64 { dst, a },
            (_, DType::F32) if unsigned_wide => Inst::U64ToF32 { dst, a },
            (_, DType::F32) => Inst::S64ToF32 { dst, a },
            _ => return self.cast_int(a, to),
        };
        self.plain(inst, to)
    }

    fn cast_int(&mut self, a: Reg, to: DType) -> Result<Reg> {
        let range = self.info(a).range;
        let dst = DST;
        let fits = range.within(Interval::of(to));
        let inst = match to {
            DType::I32 if !fits => Inst::Sext32 { dst, a },
            DType::U32 if !fits => Inst::Zext32 { dst, a },
            _ => Inst::Mov { dst, a },
        };
        // The version keeps casts to different types apart.
        let r = self.pure(inst, to, 0, (u32::MAX - 1 - to as u32, 0))?;
        if fits {
            self.narrow(r, range);
            let form = self.form(a);
            self.regs[r.index()].form.get_or_insert(form);
        }
        Ok(r)
    }
}

fn checked(op: BinaryOp, dtype: DType, a: Reg, b: Reg) -> Option<Inst> {
    let dst = DST;
    Some(match (op, dtype) {
        (BinaryOp::Add, DType::I32) => Inst::AddI32 { dst, a, b },
        (BinaryOp::Add, DType::U32) => Inst::AddU32 { dst, a, b },
        (BinaryOp::Add, DType::I64) => Inst::AddI64 { dst, a, b },
        (BinaryOp::Add, DType::U64 | DType::Usize) => Inst::AddUsize { dst, a, b },
        (BinaryOp::Sub, DType::I32) => Inst::SubI32 { dst, a, b },
        (BinaryOp::Sub, DType::U32) => Inst::SubU32 { dst, a, b },
        (BinaryOp::Sub, DType::I64) => Inst::SubI64 { dst, a, b },
        (BinaryOp::Sub, DType::U64 | DType::Usize) => Inst::SubUsize { dst, a, b },
        (BinaryOp::Mul, DType::I32) => Inst::MulI32 { dst, a, b },
        (BinaryOp::Mul, DType::U32) => Inst::MulU32 { dst, a, b },
        (BinaryOp::Mul, DType::I64) => Inst::MulI64 { dst, a, b },
        (BinaryOp::Mul, DType::U64 | DType::Usize) => Inst::MulUsize { dst, a, b },
        _ => return None,
    })
}
