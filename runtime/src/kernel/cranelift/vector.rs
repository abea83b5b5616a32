//! Groups of iterations in vectors of 128 bits, lane by lane what the scalar code computes.

use super::super::inst::{Inst, Reg};
use super::super::ir::{self, Loop};
use super::folds::width;
use super::function::{Function, type_of};
use super::lanes::{How, Plan, Shape, VECTOR, count};
use super::memory::Element;
use super::scalar::Arith;
use super::tiles::Buffers;
use crate::hash::HashMap;
use crate::op::{BinaryOp, UnaryOp};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Type, Value, types};

/// The vectors of the registers that have some.
pub(super) type Vectors = HashMap<Reg, Vec<Value>>;

/// The vector of a scalar type.
pub(super) fn vector_of(ty: Type) -> Type {
    match ty {
        types::F32 => types::F32X4,
        types::F64 => types::F64X2,
        _ => types::I64X2,
    }
}

fn mask_type(width: usize) -> Type {
    if width == 4 { types::I32X4 } else { types::I64X2 }
}

/// An access of whole vectors: elements are aligned, vectors of them need not be.
fn unaligned(flags: MemFlagsData) -> MemFlagsData {
    let plain = MemFlagsData::new().with_notrap().with_alias_region(flags.alias_region());
    if flags.readonly() { plain.with_readonly() } else { plain }
}

impl<'k> Function<'_, 'k> {
    /// Runs whole groups of the iterations from the index on; gives how many iterations these are. `around`
    /// runs a group: it is given what runs the instructions.
    pub fn groups(
        &mut self,
        l: &'k Loop,
        plan: &Plan,
        trips: Value,
        around: impl FnOnce(&mut Self, &mut Vectors),
    ) -> Value {
        let start = self.bits(l.iv);
        let whole = self.b.ins().band_imm_s(trips, -(plan.group as i64));
        let distance = self.b.ins().imul_imm_s(whole, l.stride);
        let end = self.b.ins().iadd(start, distance);
        let (top, exit) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(whole, top, &[], exit, &[]);
        self.b.switch_to_block(top);
        self.in_loop(l.iv, &[&l.body], &[], |f| {
            let first = f.bits(l.iv);
            around(f, &mut Vectors::default());
            let step = l.stride.wrapping_mul(plan.group as i64);
            let next = f.b.ins().iadd_imm_s(first, step);
            f.set(l.iv, next);
            let more = f.b.ins().icmp(IntCC::NotEqual, next, end);
            f.b.ins().brif(more, top, &[], exit, &[]);
        });
        self.b.seal_block(top);
        self.continue_in(exit);
        whole
    }

    /// A vector loop without buffers, up to an index: groups, then the rest one by one.
    pub fn vectors(&mut self, l: &'k Loop, plan: &Plan, trips: Value, end: Value) {
        let whole = self.groups(l, plan, trips, |f, v| f.group(plan, v));
        let (rest, exit) = (self.b.create_block(), self.b.create_block());
        let done = self.b.ins().icmp(IntCC::Equal, whole, trips);
        self.b.ins().brif(done, exit, &[], rest, &[]);
        self.continue_in(rest);
        self.plain_loop(l, end, |_| ());
        self.b.ins().jump(exit, &[]);
        self.continue_in(exit);
    }

    /// Loads vectors from the buffers of registers; `at` is the first element.
    pub fn read_vectors(
        &mut self,
        plan: &Plan,
        v: &mut Vectors,
        buffers: &Buffers,
        reads: &[Reg],
        at: Value,
    ) {
        for &r in reads {
            let ty = vector_of(type_of(self.dtype(r)));
            let bytes = self.scaled(at, width(self.dtype(r)));
            let place = self.b.ins().iadd(buffers[&r], bytes);
            let flags = unaligned(MemFlagsData::new());
            let loads = (0..plan.group / count(ty.lane_type()))
                .map(|j| self.b.ins().load(ty, flags, place, (VECTOR * j) as i32))
                .collect();
            v.insert(r, loads);
        }
    }

    /// Puts vectors into the buffers of registers.
    pub fn write_vectors(&mut self, plan: &Plan, v: &Vectors, buffers: &Buffers, writes: &[Reg], at: Value) {
        for &r in writes {
            let values = self.lanes_of(plan, v, r);
            let bytes = self.scaled(at, width(self.dtype(r)));
            let place = self.b.ins().iadd(buffers[&r], bytes);
            let flags = unaligned(MemFlagsData::new());
            for (j, value) in values.into_iter().enumerate() {
                self.b.ins().store(flags, value, place, (VECTOR * j) as i32);
            }
        }
    }

    /// Runs the instructions for one group; the index is that of its first iteration.
    pub fn group(&mut self, plan: &Plan, v: &mut Vectors) {
        for (inst, how) in &plan.insts {
            match how {
                How::Once => self.inst(inst, None),
                How::Strided(step) => self.strided(plan, v, inst, *step),
                How::Each => self.each_lane(plan, v, inst),
                How::Vector => {
                    if let Some(dst) = inst.dst()
                        && let Some(values) = self.vector(plan, v, inst, dst)
                    {
                        v.insert(dst, values);
                    }
                }
            }
        }
    }

    /// A register as vectors of its own type; truth values become 0 and 1.
    pub fn lanes_of(&mut self, plan: &Plan, v: &Vectors, r: Reg) -> Vec<Value> {
        let ty = type_of(self.dtype(r));
        let (vector, lanes) = (vector_of(ty), count(ty));
        let n = plan.group / lanes;
        match plan.shape(r) {
            Shape::Lanes => v[&r].clone(),
            Shape::Mask(8) => {
                let one = self.number(1);
                let one = self.b.ins().splat(types::I64X2, one);
                v[&r].iter().map(|&mask| self.b.ins().band(mask, one)).collect()
            }
            Shape::Mask(_) => {
                let one = self.number(1);
                let one = self.b.ins().splat(types::I64X2, one);
                let mut all = Vec::new();
                for &mask in &v[&r] {
                    let (low, high) = (self.b.ins().uwiden_low(mask), self.b.ins().uwiden_high(mask));
                    all.extend([low, high].map(|half| self.b.ins().band(half, one)));
                }
                all
            }
            Shape::Line(growth) => {
                let scalar = self.get(r);
                let first = self.b.ins().splat(vector, scalar);
                if growth == 0 {
                    return vec![first; n];
                }
                (0..n as i64)
                    .map(|j| {
                        let steps = [2 * j, 2 * j + 1].map(|k| k.wrapping_mul(growth).to_le_bytes());
                        let bytes: Vec<u8> = steps.concat();
                        let constant = self.b.func.dfg.constants.insert(bytes.into());
                        let steps = self.b.ins().vconst(types::I64X2, constant);
                        self.b.ins().iadd(first, steps)
                    })
                    .collect()
            }
        }
    }

    /// A truth value as masks.
    fn masks_of(&mut self, plan: &Plan, v: &Vectors, r: Reg, width: usize) -> Vec<Value> {
        let ty = mask_type(width);
        match plan.shape(r) {
            Shape::Mask(_) => v[&r].clone(),
            Shape::Line(_) => {
                let bits = self.bits(r);
                let set = self.b.ins().icmp_imm_s(IntCC::NotEqual, bits, 0);
                let wide = self.convert(set, types::I64);
                let wide = self.b.ins().ineg(wide);
                let wide = self.b.ins().splat(types::I64X2, wide);
                let mask = self.recast(wide, ty);
                vec![mask; plan.group * width / VECTOR]
            }
            Shape::Lanes => {
                let zero = self.number(0);
                let zero = self.b.ins().splat(types::I64X2, zero);
                v[&r].iter().map(|&x| self.b.ins().icmp(IntCC::NotEqual, x, zero)).collect()
            }
        }
    }

    fn recast(&mut self, value: Value, ty: Type) -> Value {
        if self.b.func.dfg.value_type(value) == ty {
            return value;
        }
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.b.ins().bitcast(ty, flags, value)
    }

    /// An operation on two registers, vector by vector.
    fn zip(
        &mut self,
        plan: &Plan,
        v: &Vectors,
        (a, b): (Reg, Reg),
        mut f: impl FnMut(&mut Self, Value, Value) -> Value,
    ) -> Vec<Value> {
        let (x, y) = (self.lanes_of(plan, v, a), self.lanes_of(plan, v, b));
        x.into_iter().zip(y).map(|(x, y)| f(self, x, y)).collect()
    }

    fn map(
        &mut self,
        plan: &Plan,
        v: &Vectors,
        a: Reg,
        mut f: impl FnMut(&mut Self, Value) -> Option<Value>,
    ) -> Option<Vec<Value>> {
        self.lanes_of(plan, v, a).into_iter().map(|x| f(self, x)).collect()
    }

    fn vector(&mut self, plan: &Plan, v: &Vectors, inst: &Inst, dst: Reg) -> Option<Vec<Value>> {
        use Inst::*;
        let float = vector_of(type_of(self.dtype(dst)));
        let arith = |f: &mut Self, op: Arith, a, b| f.zip(plan, v, (a, b), |f, x, y| f.arith(op, x, y));
        let floats =
            |f: &mut Self, cc: FloatCC, a, b| f.zip(plan, v, (a, b), |f, x, y| f.b.ins().fcmp(cc, x, y));
        let ints =
            |f: &mut Self, cc: IntCC, a, b| f.zip(plan, v, (a, b), |f, x, y| f.compare_vectors(cc, x, y));
        let choose = |f: &mut Self, cc: IntCC, a, b| {
            f.zip(plan, v, (a, b), |f, x, y| {
                let first = f.compare_vectors(cc, x, y);
                f.b.ins().bitselect(first, x, y)
            })
        };
        Some(match *inst {
            AddF64 { a, b, .. } | AddF32 { a, b, .. } => arith(self, Arith::Add, a, b),
            SubF64 { a, b, .. } | SubF32 { a, b, .. } => arith(self, Arith::Sub, a, b),
            MulF64 { a, b, .. } | MulF32 { a, b, .. } => arith(self, Arith::Mul, a, b),
            DivF64 { a, b, .. } | DivF32 { a, b, .. } => arith(self, Arith::Div, a, b),
            MinF64 { a, b, .. } | MinF32 { a, b, .. } => arith(self, Arith::Min, a, b),
            MaxF64 { a, b, .. } | MaxF32 { a, b, .. } => arith(self, Arith::Max, a, b),
            AddI { a, b, .. } | AddW { a, b, .. } => {
                self.zip(plan, v, (a, b), |f, x, y| f.b.ins().iadd(x, y))
            }
            SubI { a, b, .. } | SubW { a, b, .. } => {
                self.zip(plan, v, (a, b), |f, x, y| f.b.ins().isub(x, y))
            }
            MulI { a, b, .. } | MulW { a, b, .. } => {
                self.zip(plan, v, (a, b), |f, x, y| f.b.ins().imul(x, y))
            }
            AndI { a, b, .. } | OrI { a, b, .. } | XorI { a, b, .. } => {
                let op = |f: &mut Self, x, y| match inst {
                    AndI { .. } => f.b.ins().band(x, y),
                    OrI { .. } => f.b.ins().bor(x, y),
                    _ => f.b.ins().bxor(x, y),
                };
                match plan.shape(dst) {
                    Shape::Mask(width) => {
                        let x = self.masks_of(plan, v, a, width);
                        let y = self.masks_of(plan, v, b, width);
                        x.into_iter().zip(y).map(|(x, y)| op(self, x, y)).collect()
                    }
                    _ => self.zip(plan, v, (a, b), op),
                }
            }
            MinS { a, b, .. } => choose(self, IntCC::SignedLessThan, a, b),
            MaxS { a, b, .. } => choose(self, IntCC::SignedGreaterThan, a, b),
            MinU { a, b, .. } => choose(self, IntCC::UnsignedLessThan, a, b),
            MaxU { a, b, .. } => choose(self, IntCC::UnsignedGreaterThan, a, b),
            EqI { a, b, .. } => ints(self, IntCC::Equal, a, b),
            NeI { a, b, .. } => ints(self, IntCC::NotEqual, a, b),
            LtS { a, b, .. } => ints(self, IntCC::SignedLessThan, a, b),
            LeS { a, b, .. } => ints(self, IntCC::SignedLessThanOrEqual, a, b),
            LtU { a, b, .. } => ints(self, IntCC::UnsignedLessThan, a, b),
            LeU { a, b, .. } => ints(self, IntCC::UnsignedLessThanOrEqual, a, b),
            EqF64 { a, b, .. } | EqF32 { a, b, .. } => floats(self, FloatCC::Equal, a, b),
            NeF64 { a, b, .. } | NeF32 { a, b, .. } => floats(self, FloatCC::NotEqual, a, b),
            LtF64 { a, b, .. } | LtF32 { a, b, .. } => floats(self, FloatCC::LessThan, a, b),
            LeF64 { a, b, .. } | LeF32 { a, b, .. } => floats(self, FloatCC::LessThanOrEqual, a, b),
            Mov { a, .. } => v[&a].clone(),
            NegF64 { a, .. } | NegF32 { a, .. } => {
                self.map(plan, v, a, |f, x| f.inline_unary(UnaryOp::Neg, float, x))?
            }
            AbsF64 { a, .. } | AbsF32 { a, .. } => {
                self.map(plan, v, a, |f, x| f.inline_unary(UnaryOp::Abs, float, x))?
            }
            SqrtF64 { a, .. } | SqrtF32 { a, .. } => {
                self.map(plan, v, a, |f, x| f.inline_unary(UnaryOp::Sqrt, float, x))?
            }
            Math { a, op, .. } => self.map(plan, v, a, |f, x| f.inline_unary(op, float, x))?,
            Math2 { a, b, op: BinaryOp::Powi, .. } => self.short_powers(plan, v, float, a, b)?,
            CallPure { a, b, id, .. } => match self.unit.kernel.calls[id as usize] {
                ir::Call::Unary(op, _) => self.map(plan, v, a, |f, x| f.inline_unary(op, float, x))?,
                ir::Call::Binary(..) => self.short_powers(plan, v, float, a, b)?,
            },
            Select { a, b, c, .. } => {
                let (x, y) = (self.lanes_of(plan, v, b), self.lanes_of(plan, v, c));
                let pairs: Vec<_> = x.into_iter().zip(y).collect();
                if let Shape::Line(_) = plan.shape(a) {
                    let cond = self.bits(a);
                    return Some(pairs.into_iter().map(|(x, y)| self.b.ins().select(cond, x, y)).collect());
                }
                let width = type_of(self.dtype(dst)).bytes() as usize;
                let masks = self.masks_of(plan, v, a, width);
                masks.into_iter().zip(pairs).map(|(mask, (x, y))| self.pick(mask, x, y)).collect()
            }
            FmaF64 { a, b, c, .. } | FmaF32 { a, b, c, .. } => {
                let z = self.lanes_of(plan, v, c);
                let mut z = z.into_iter();
                self.zip(plan, v, (a, b), |f, x, y| match z.next() {
                    Some(z) => f.b.ins().fma(x, y, z),
                    None => x,
                })
            }
            _ => return None,
        })
    }

    fn short_powers(&mut self, plan: &Plan, v: &Vectors, ty: Type, a: Reg, b: Reg) -> Option<Vec<Value>> {
        let n = self.unit.kernel.short_power(b)?;
        self.map(plan, v, a, |f, x| Some(f.power(ty, x, n)))
    }

    /// Unsigned numbers compare as signed ones whose first bit is flipped.
    fn compare_vectors(&mut self, cc: IntCC, x: Value, y: Value) -> Value {
        if cc == cc.unsigned() && !matches!(cc, IntCC::Equal | IntCC::NotEqual) {
            let flip = self.number(i64::MIN);
            let flip = self.b.ins().splat(types::I64X2, flip);
            let (x, y) = (self.b.ins().bxor(x, flip), self.b.ins().bxor(y, flip));
            let signed = match cc {
                IntCC::UnsignedLessThan => IntCC::SignedLessThan,
                IntCC::UnsignedGreaterThan => IntCC::SignedGreaterThan,
                _ => IntCC::SignedLessThanOrEqual,
            };
            return self.b.ins().icmp(signed, x, y);
        }
        self.b.ins().icmp(cc, x, y)
    }

    /// The lanes of a vector in reverse order.
    fn reversed(&mut self, value: Value) -> Value {
        let ty = self.b.func.dfg.value_type(value);
        let size = ty.lane_type().bytes() as u8;
        let mask: Vec<u8> =
            (0..VECTOR as u8).map(|k| VECTOR as u8 - size - k / size * size + k % size).collect();
        let bytes = self.recast(value, types::I8X16);
        let mask = self.b.func.dfg.immediates.push(mask.into());
        let turned = self.b.ins().shuffle(bytes, bytes, mask);
        self.recast(turned, ty)
    }

    /// An access whose address grows by the same from each iteration to the next.
    fn strided(&mut self, plan: &Plan, v: &mut Vectors, inst: &Inst, step: i64) {
        let (element, register, signed) = match *inst {
            Inst::Load8 { dst, buf, base, idx, off } | Inst::Load4 { dst, buf, base, idx, off } => {
                (Element { buf, base, idx, off }, dst, false)
            }
            Inst::Load4S { dst, buf, base, idx, off } => (Element { buf, base, idx, off }, dst, true),
            Inst::Store8 { val, buf, base, idx, off } | Inst::Store4 { val, buf, base, idx, off } => {
                (Element { buf, base, idx, off }, val, false)
            }
            _ => return,
        };
        let ty = type_of(self.dtype(register));
        let (vector, lanes) = (vector_of(ty), count(ty));
        let size = self.unit.kernel.slots[element.buf.index()].dtype.size() as i64;
        let flags = self.access(element.buf);
        let whole = unaligned(flags);
        let place = self.address(element);
        // The elements before a place, where the index counts down.
        let place_of = |f: &mut Self, elements: i64| -> (Value, i32) {
            let offset = i64::from(place.1) + elements * size;
            match i32::try_from(offset) {
                Ok(offset) => (place.0, offset),
                Err(_) => (f.b.ins().iadd_imm_s(place.0, offset), 0),
            }
        };
        let stored = if inst.is_store() { self.lanes_of(plan, v, register) } else { Vec::new() };
        let mut loaded = Vec::new();
        for j in 0..plan.group / lanes {
            let first = (j * lanes) as i64 * step;
            if step.abs() != 1 {
                let mut value = stored.get(j).copied();
                for k in 0..lanes {
                    let (at, offset) = place_of(self, first + k as i64 * step);
                    if inst.is_store() {
                        if let Some(value) = value {
                            let lane = self.b.ins().extractlane(value, k as u8);
                            self.b.ins().store(flags, lane, at, offset);
                        }
                    } else {
                        let lane = self.b.ins().load(ty, flags, at, offset);
                        value = Some(self.with_lane(vector, value, k, lane));
                    }
                }
                if !inst.is_store() {
                    loaded.extend(value);
                }
                continue;
            }
            let lowest = if step < 0 { first - (lanes as i64 - 1) } else { first };
            let (at, offset) = place_of(self, lowest);
            if let Some(&value) = stored.get(j) {
                let value = if step < 0 { self.reversed(value) } else { value };
                self.b.ins().store(whole, value, at, offset);
                continue;
            }
            let value = match (size as u32 == ty.bytes(), signed) {
                (true, _) => self.b.ins().load(vector, whole, at, offset),
                (false, true) => self.b.ins().sload32x2(whole, at, offset),
                (false, false) => self.b.ins().uload32x2(whole, at, offset),
            };
            loaded.push(if step < 0 { self.reversed(value) } else { value });
        }
        if !inst.is_store() {
            v.insert(register, loaded);
        }
    }

    /// A vector with one lane more; the first comes first.
    fn with_lane(&mut self, ty: Type, vector: Option<Value>, k: usize, lane: Value) -> Value {
        match vector {
            None => self.b.ins().splat(ty, lane),
            Some(vector) => self.b.ins().insertlane(vector, lane, k as u8),
        }
    }

    /// An instruction that has no form for vectors.
    fn each_lane(&mut self, plan: &Plan, v: &mut Vectors, inst: &Inst) {
        let mut reads: Vec<Reg> = inst.reads().filter(|&r| plan.shape(r) != Shape::Line(0)).collect();
        reads.sort_unstable();
        reads.dedup();
        let operands: Vec<(Reg, Shape, Vec<Value>)> = reads
            .into_iter()
            .map(|r| match plan.shape(r) {
                Shape::Line(growth) => (r, Shape::Line(growth), vec![self.get(r)]),
                shape => (r, shape, self.lanes_of(plan, v, r)),
            })
            .collect();
        let mut result: Vec<Value> = Vec::new();
        for k in 0..plan.group {
            for (r, shape, values) in &operands {
                let value = match shape {
                    Shape::Line(growth) => self.b.ins().iadd_imm_s(values[0], growth.wrapping_mul(k as i64)),
                    _ => {
                        let lanes = count(type_of(self.dtype(*r)));
                        self.b.ins().extractlane(values[k / lanes], (k % lanes) as u8)
                    }
                };
                self.set(*r, value);
            }
            self.inst(inst, None);
            if let Some(dst) = inst.dst() {
                let ty = type_of(self.dtype(dst));
                let (vector, lane) = (vector_of(ty), self.get(dst));
                let (j, k) = (k / count(ty), k % count(ty));
                let value = self.with_lane(vector, result.get(j).copied(), k, lane);
                result.truncate(j);
                result.push(value);
            }
        }
        // The index and what follows from it are again those of the first iteration.
        for (r, shape, values) in &operands {
            if let Shape::Line(_) = shape {
                self.set(*r, values[0]);
            }
        }
        if let Some(dst) = inst.dst() {
            v.insert(dst, result);
        }
    }
}
