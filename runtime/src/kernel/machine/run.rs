//! The interpreter: all `unsafe` of the scalar machine.
//!
//! # Safety argument
//!
//! A [`Machine`](super::Machine) is built from bytecode that [`validate`] accepted: every register is below
//! the number of registers, every slot below the number of slots, every table index in its table, every
//! jump lands on an instruction, and the last instruction is `Halt`. So the program counter stays in the
//! code, and register and slot accesses in their tables.
//!
//! An element access lies inside its buffer because the lowering put a `CheckIndex` before it or proved
//! its bounds from the loops around it; and because a slot always has a buffer of its own dtype and shape
//! (table entries are exchanged only between slots of one type, which `validate` checks). Buffers are
//! distinct; those that are only read are never stored to, copied to or exchanged, which `validate` checks
//! too.

use super::flatten::Flat;
use super::strip;
use crate::dtype::{DType, Literal};
use crate::kernel::engine::Table;
use crate::kernel::inst::{Buf, Inst};
use crate::kernel::ir::{Call, SlotInfo};
use crate::op::{BinaryOp, UnaryOp, index, scalar};

/// What the machine runs.
pub(in crate::kernel) struct Interpreter<'p> {
    pub flat: &'p Flat,
    pub calls: &'p [Call],
    pub slots: &'p [SlotInfo],
}

/// Checks what the interpreter relies on; `Err` is the position of an instruction that is not valid.
pub(in crate::kernel) fn validate(flat: &Flat, slots: &[SlotInfo], calls: usize) -> Result<(), usize> {
    let n = flat.code.len() as i64;
    if flat.registers > usize::from(u16::MAX) + 1 || flat.code.last() != Some(&Inst::Halt) {
        return Err(flat.code.len());
    }
    let lands = |at: usize, to: i32| (0..n).contains(&(at as i64 + i64::from(to)));
    let writable = |b: Buf| slots[b.index()].writable();
    let same = |a: Buf, b: Buf| {
        slots[a.index()].dtype == slots[b.index()].dtype && slots[a.index()].shape == slots[b.index()].shape
    };
    let valid = |(at, &inst): (usize, &Inst)| {
        let mut inst = inst;
        let mut ok = true;
        inst.for_each_reg(|_, r| ok &= r.index() < flat.registers);
        ok &= inst.bufs().into_iter().flatten().all(|b| b.index() < slots.len());
        if let Some(&mut to) = inst.target() {
            ok &= lands(at, to);
        }
        ok && match inst {
            Inst::Store8 { buf, .. } | Inst::AddTo8 { buf, .. } => {
                writable(buf) && slots[buf.index()].dtype.size() == 8
            }
            Inst::Store4 { buf, .. } => writable(buf) && slots[buf.index()].dtype.size() == 4,
            Inst::Store1 { buf, .. } => writable(buf) && slots[buf.index()].dtype.size() == 1,
            Inst::CopyBuf { dst, src } => writable(dst) && same(dst, src),
            Inst::SwapBuf { a, b } => writable(a) && writable(b) && same(a, b),
            Inst::Matmul { .. } => false,
            Inst::Call { id, .. } | Inst::CallPure { id, .. } => (id as usize) < calls,
            Inst::JumpTable { id, .. } => flat
                .tables
                .get(id as usize)
                .is_some_and(|t| !t.is_empty() && t.iter().all(|&to| lands(at, to))),
            Inst::Strip { id, .. } => {
                flat.strips.get(id as usize).is_some_and(|plan| plan.validate(flat.registers, slots, calls))
            }
            _ => true,
        }
    };
    match flat.code.iter().enumerate().position(|item| !valid(item)) {
        Some(at) => Err(at),
        None => Ok(()),
    }
}

pub(in crate::kernel) fn math(op: UnaryOp, x: f64) -> f64 {
    match op {
        UnaryOp::Sin => x.sin(),
        UnaryOp::Cos => x.cos(),
        UnaryOp::Exp => x.exp(),
        UnaryOp::Ln => x.ln(),
        UnaryOp::Floor => x.floor(),
        UnaryOp::Recip => x.recip(),
        _ => match scalar::unary(op, Literal::F64(x)) {
            Ok(y) => y.as_f64(),
            // The lowering emits `Math` only for ops from f64 to f64.
            Err(_) => f64::NAN,
        },
    }
}

pub(in crate::kernel) fn math2(op: BinaryOp, a: f64, b: u64) -> f64 {
    match op {
        BinaryOp::Powi => a.powi(b as i32),
        BinaryOp::Pow => a.powf(f64::from_bits(b)),
        BinaryOp::Atan2 => a.atan2(f64::from_bits(b)),
        BinaryOp::Hypot => a.hypot(f64::from_bits(b)),
        BinaryOp::Copysign => a.copysign(f64::from_bits(b)),
        _ => match scalar::binary(op, Literal::F64(a), Literal::F64(f64::from_bits(b))) {
            Ok(y) => y.as_f64(),
            Err(_) => f64::NAN,
        },
    }
}

/// Every value of a loop index is one of its dtype.
fn loop_fits(dtype: DType, start: u64, count: u64, step: u64) -> bool {
    let literal = |bits| Literal::from_bits(dtype, bits);
    index::loop_overflow(literal(start), literal(count), step as i64).is_none()
}

/// The value of a call, `None` where it fails.
#[inline(never)]
pub(in crate::kernel) fn call(call: Call, a: u64, b: u64) -> Option<u64> {
    let result = match call {
        Call::Unary(op, dtype) => scalar::unary(op, Literal::from_bits(dtype, a)),
        Call::Binary(op, x, y) => scalar::binary(op, Literal::from_bits(x, a), Literal::from_bits(y, b)),
    };
    result.ok().map(Literal::bits)
}

impl Interpreter<'_> {
    /// Runs the program. `Err` is the position of the instruction that failed; the registers tell why.
    ///
    /// # Safety
    ///
    /// `flat` was validated against `slots` and `calls`; `regs` has `flat.registers` entries; for every slot
    /// the table has the address of `count` valid, initialised elements of its dtype, writable unless the
    /// slot is an argument that is not taken, and buffers of different slots do not overlap (those only read
    /// may).
    pub unsafe fn run(
        &self,
        registers: &mut [u64],
        table: &mut Table,
        lanes: &mut strip::Lanes,
    ) -> Result<(), usize> {
        let code = self.flat.code.as_ptr();
        let regs = registers.as_mut_ptr();
        let bufs = table.elements.as_mut_ptr();
        let mut ip = code;

        macro_rules! reg {
            ($r:expr) => {
                // SAFETY: validated, see the module.
                *unsafe { &mut *regs.add($r.0 as usize) }
            };
        }
        macro_rules! f64s {
            ($r:expr) => {
                f64::from_bits(reg!($r))
            };
        }
        macro_rules! f32s {
            ($r:expr) => {
                f32::from_bits(reg!($r) as u32)
            };
        }
        macro_rules! address {
            ($ty:ty, $buf:expr, $base:expr, $idx:expr, $off:expr) => {{
                let at =
                    (reg!($base) as isize).wrapping_add(reg!($idx) as isize).wrapping_add(*$off as isize);
                // SAFETY: the slot is in the table, see the module.
                let start = unsafe { *bufs.add($buf.0 as usize) };
                start.cast::<$ty>().wrapping_offset(at)
            }};
        }
        macro_rules! load {
            ($ty:ty, $buf:expr, $base:expr, $idx:expr, $off:expr) => {{
                let at = address!($ty, $buf, $base, $idx, $off);
                // SAFETY: the element lies inside the slot's buffer, see the module.
                unsafe { at.read() }
            }};
        }
        macro_rules! store {
            ($ty:ty, $buf:expr, $base:expr, $idx:expr, $off:expr, $val:expr) => {{
                let at = address!($ty, $buf, $base, $idx, $off);
                let val = $val;
                // SAFETY: as above, and the slot is writable.
                unsafe { at.write(val) }
            }};
        }
        macro_rules! fail {
            () => {
                // SAFETY: `ip` points into the code.
                return Err(unsafe { ip.offset_from(code) } as usize)
            };
        }
        macro_rules! jump {
            ($to:expr) => {{
                // SAFETY: the target was validated.
                ip = unsafe { ip.offset($to as isize) };
                continue;
            }};
        }
        macro_rules! jump_if {
            ($cond:expr, $to:expr) => {
                if $cond {
                    jump!(*$to)
                }
            };
        }
        macro_rules! checked {
            ($dst:expr, $value:expr) => {
                match $value {
                    Some(value) => reg!($dst) = value as i64 as u64,
                    None => fail!(),
                }
            };
        }
        macro_rules! unsigned {
            ($dst:expr, $value:expr) => {
                match $value {
                    Some(value) => reg!($dst) = value as u64,
                    None => fail!(),
                }
            };
        }
        macro_rules! narrow {
            ($dst:expr, $ty:ty, $a:expr, $b:expr, $method:ident) => {
                match (reg!($a) as $ty).$method(reg!($b) as $ty) {
                    Some(value) => reg!($dst) = value as u64,
                    None => fail!(),
                }
            };
        }

        loop {
            // SAFETY: `ip` points to an instruction of the code.
            match unsafe { &*ip } {
                Inst::AddF64 { dst, a, b } => reg!(dst) = (f64s!(a) + f64s!(b)).to_bits(),
                Inst::SubF64 { dst, a, b } => reg!(dst) = (f64s!(a) - f64s!(b)).to_bits(),
                Inst::MulF64 { dst, a, b } => reg!(dst) = (f64s!(a) * f64s!(b)).to_bits(),
                Inst::DivF64 { dst, a, b } => reg!(dst) = (f64s!(a) / f64s!(b)).to_bits(),
                Inst::MinF64 { dst, a, b } => reg!(dst) = f64s!(a).min(f64s!(b)).to_bits(),
                Inst::MaxF64 { dst, a, b } => reg!(dst) = f64s!(a).max(f64s!(b)).to_bits(),
                Inst::AddF32 { dst, a, b } => reg!(dst) = (f32s!(a) + f32s!(b)).to_bits().into(),
                Inst::SubF32 { dst, a, b } => reg!(dst) = (f32s!(a) - f32s!(b)).to_bits().into(),
                Inst::MulF32 { dst, a, b } => reg!(dst) = (f32s!(a) * f32s!(b)).to_bits().into(),
                Inst::DivF32 { dst, a, b } => reg!(dst) = (f32s!(a) / f32s!(b)).to_bits().into(),
                Inst::MinF32 { dst, a, b } => reg!(dst) = f32s!(a).min(f32s!(b)).to_bits().into(),
                Inst::MaxF32 { dst, a, b } => reg!(dst) = f32s!(a).max(f32s!(b)).to_bits().into(),
                Inst::AddI { dst, a, b } => reg!(dst) = reg!(a).wrapping_add(reg!(b)),
                Inst::SubI { dst, a, b } => reg!(dst) = reg!(a).wrapping_sub(reg!(b)),
                Inst::MulI { dst, a, b } => reg!(dst) = reg!(a).wrapping_mul(reg!(b)),
                Inst::AddW { dst, a, b } => reg!(dst) = reg!(a).wrapping_add(reg!(b)),
                Inst::SubW { dst, a, b } => reg!(dst) = reg!(a).wrapping_sub(reg!(b)),
                Inst::MulW { dst, a, b } => reg!(dst) = reg!(a).wrapping_mul(reg!(b)),
                Inst::ShlI { dst, a, b } => reg!(dst) = reg!(a).wrapping_shl(reg!(b) as u32),
                Inst::ShrS { dst, a, b } => reg!(dst) = (reg!(a) as i64).wrapping_shr(reg!(b) as u32) as u64,
                Inst::ShrU { dst, a, b } => reg!(dst) = reg!(a).wrapping_shr(reg!(b) as u32),
                Inst::Rotl32 { dst, a, b } => {
                    reg!(dst) = u64::from((reg!(a) as u32).rotate_left(reg!(b) as u32))
                }
                Inst::Rotl64 { dst, a, b } => reg!(dst) = reg!(a).rotate_left(reg!(b) as u32),
                Inst::AddI32 { dst, a, b } => checked!(dst, (reg!(a) as i32).checked_add(reg!(b) as i32)),
                Inst::SubI32 { dst, a, b } => checked!(dst, (reg!(a) as i32).checked_sub(reg!(b) as i32)),
                Inst::MulI32 { dst, a, b } => checked!(dst, (reg!(a) as i32).checked_mul(reg!(b) as i32)),
                Inst::AddU32 { dst, a, b } => narrow!(dst, u32, a, b, checked_add),
                Inst::SubU32 { dst, a, b } => narrow!(dst, u32, a, b, checked_sub),
                Inst::MulU32 { dst, a, b } => narrow!(dst, u32, a, b, checked_mul),
                Inst::AddI64 { dst, a, b } => checked!(dst, (reg!(a) as i64).checked_add(reg!(b) as i64)),
                Inst::SubI64 { dst, a, b } => checked!(dst, (reg!(a) as i64).checked_sub(reg!(b) as i64)),
                Inst::MulI64 { dst, a, b } => checked!(dst, (reg!(a) as i64).checked_mul(reg!(b) as i64)),
                Inst::AddUsize { dst, a, b } => unsigned!(dst, reg!(a).checked_add(reg!(b))),
                Inst::SubUsize { dst, a, b } => unsigned!(dst, reg!(a).checked_sub(reg!(b))),
                Inst::MulUsize { dst, a, b } => unsigned!(dst, reg!(a).checked_mul(reg!(b))),
                Inst::DivI32 { dst, a, b } => checked!(dst, (reg!(a) as i32).checked_div(reg!(b) as i32)),
                Inst::RemI32 { dst, a, b } => checked!(dst, (reg!(a) as i32).checked_rem(reg!(b) as i32)),
                Inst::DivI64 { dst, a, b } => checked!(dst, (reg!(a) as i64).checked_div(reg!(b) as i64)),
                Inst::RemI64 { dst, a, b } => checked!(dst, (reg!(a) as i64).checked_rem(reg!(b) as i64)),
                Inst::DivU { dst, a, b } => unsigned!(dst, reg!(a).checked_div(reg!(b))),
                Inst::RemU { dst, a, b } => unsigned!(dst, reg!(a).checked_rem(reg!(b))),
                Inst::AndI { dst, a, b } => reg!(dst) = reg!(a) & reg!(b),
                Inst::OrI { dst, a, b } => reg!(dst) = reg!(a) | reg!(b),
                Inst::XorI { dst, a, b } => reg!(dst) = reg!(a) ^ reg!(b),
                Inst::MinS { dst, a, b } => reg!(dst) = (reg!(a) as i64).min(reg!(b) as i64) as u64,
                Inst::MaxS { dst, a, b } => reg!(dst) = (reg!(a) as i64).max(reg!(b) as i64) as u64,
                Inst::MinU { dst, a, b } => reg!(dst) = reg!(a).min(reg!(b)),
                Inst::MaxU { dst, a, b } => reg!(dst) = reg!(a).max(reg!(b)),
                Inst::EqI { dst, a, b } => reg!(dst) = u64::from(reg!(a) == reg!(b)),
                Inst::NeI { dst, a, b } => reg!(dst) = u64::from(reg!(a) != reg!(b)),
                Inst::LtS { dst, a, b } => reg!(dst) = u64::from((reg!(a) as i64) < reg!(b) as i64),
                Inst::LeS { dst, a, b } => reg!(dst) = u64::from(reg!(a) as i64 <= reg!(b) as i64),
                Inst::LtU { dst, a, b } => reg!(dst) = u64::from(reg!(a) < reg!(b)),
                Inst::LeU { dst, a, b } => reg!(dst) = u64::from(reg!(a) <= reg!(b)),
                Inst::EqF64 { dst, a, b } => reg!(dst) = u64::from(f64s!(a) == f64s!(b)),
                Inst::NeF64 { dst, a, b } => reg!(dst) = u64::from(f64s!(a) != f64s!(b)),
                Inst::LtF64 { dst, a, b } => reg!(dst) = u64::from(f64s!(a) < f64s!(b)),
                Inst::LeF64 { dst, a, b } => reg!(dst) = u64::from(f64s!(a) <= f64s!(b)),
                Inst::EqF32 { dst, a, b } => reg!(dst) = u64::from(f32s!(a) == f32s!(b)),
                Inst::NeF32 { dst, a, b } => reg!(dst) = u64::from(f32s!(a) != f32s!(b)),
                Inst::LtF32 { dst, a, b } => reg!(dst) = u64::from(f32s!(a) < f32s!(b)),
                Inst::LeF32 { dst, a, b } => reg!(dst) = u64::from(f32s!(a) <= f32s!(b)),
                Inst::PopI { dst, a } => reg!(dst) = reg!(a).count_ones().into(),
                Inst::ClzI { dst, a } => reg!(dst) = reg!(a).leading_zeros().into(),
                Inst::CtzI { dst, a } => reg!(dst) = reg!(a).trailing_zeros().into(),
                Inst::Mov { dst, a } => reg!(dst) = reg!(a),
                Inst::NegF64 { dst, a } => reg!(dst) = (-f64s!(a)).to_bits(),
                Inst::AbsF64 { dst, a } => reg!(dst) = f64s!(a).abs().to_bits(),
                Inst::SqrtF64 { dst, a } => reg!(dst) = f64s!(a).sqrt().to_bits(),
                Inst::NegF32 { dst, a } => reg!(dst) = (-f32s!(a)).to_bits().into(),
                Inst::AbsF32 { dst, a } => reg!(dst) = f32s!(a).abs().to_bits().into(),
                Inst::SqrtF32 { dst, a } => reg!(dst) = f32s!(a).sqrt().to_bits().into(),
                Inst::S64ToF64 { dst, a } => reg!(dst) = (reg!(a) as i64 as f64).to_bits(),
                Inst::U64ToF64 { dst, a } => reg!(dst) = (reg!(a) as f64).to_bits(),
                Inst::S64ToF32 { dst, a } => reg!(dst) = (reg!(a) as i64 as f32).to_bits().into(),
                Inst::U64ToF32 { dst, a } => reg!(dst) = (reg!(a) as f32).to_bits().into(),
                Inst::F64ToF32 { dst, a } => reg!(dst) = (f64s!(a) as f32).to_bits().into(),
                Inst::F32ToF64 { dst, a } => reg!(dst) = f64::from(f32s!(a)).to_bits(),
                Inst::F64ToI32 { dst, a } => reg!(dst) = f64s!(a) as i32 as i64 as u64,
                Inst::F64ToU32 { dst, a } => reg!(dst) = (f64s!(a) as u32).into(),
                Inst::F64ToI64 { dst, a } => reg!(dst) = f64s!(a) as i64 as u64,
                Inst::F64ToUsize { dst, a } => reg!(dst) = f64s!(a) as u64,
                Inst::Sext32 { dst, a } => reg!(dst) = reg!(a) as i32 as i64 as u64,
                Inst::Zext32 { dst, a } => reg!(dst) = (reg!(a) as u32).into(),

                Inst::IfEqI { a, b, to } => jump_if!(reg!(a) == reg!(b), to),
                Inst::IfNeI { a, b, to } => jump_if!(reg!(a) != reg!(b), to),
                Inst::IfLtS { a, b, to } => jump_if!((reg!(a) as i64) < reg!(b) as i64, to),
                Inst::IfLeS { a, b, to } => jump_if!(reg!(a) as i64 <= reg!(b) as i64, to),
                Inst::IfLtU { a, b, to } => jump_if!(reg!(a) < reg!(b), to),
                Inst::IfLeU { a, b, to } => jump_if!(reg!(a) <= reg!(b), to),
                Inst::IfEqF64 { a, b, to } => jump_if!(f64s!(a) == f64s!(b), to),
                Inst::IfNeF64 { a, b, to } => jump_if!(f64s!(a) != f64s!(b), to),
                Inst::IfLtF64 { a, b, to } => jump_if!(f64s!(a) < f64s!(b), to),
                Inst::IfLeF64 { a, b, to } => jump_if!(f64s!(a) <= f64s!(b), to),
                // Not the opposite comparison: with a NaN the jump is taken.
                #[allow(clippy::neg_cmp_op_on_partial_ord)]
                Inst::UnlessLtF64 { a, b, to } => jump_if!(!(f64s!(a) < f64s!(b)), to),
                #[allow(clippy::neg_cmp_op_on_partial_ord)]
                Inst::UnlessLeF64 { a, b, to } => jump_if!(!(f64s!(a) <= f64s!(b)), to),
                Inst::Jump { to } => jump!(*to),
                Inst::JumpIf { cond, to } => jump_if!(reg!(cond) != 0, to),
                Inst::JumpUnless { cond, to } => jump_if!(reg!(cond) == 0, to),
                Inst::JumpTable { idx, signed, id } => {
                    let table = &self.flat.tables[*id as usize];
                    let idx = reg!(idx);
                    let idx = if *signed { (idx as i64).max(0) as u64 } else { idx };
                    let last = table.len() - 1;
                    jump!(table[usize::try_from(idx).unwrap_or(last).min(last)])
                }
                Inst::LoopNext { iv, end, step, to } => {
                    let next = reg!(iv).wrapping_add(reg!(step));
                    reg!(iv) = next;
                    jump_if!(next != reg!(end), to)
                }

                Inst::Load8 { dst, buf, base, idx, off } => reg!(dst) = load!(u64, buf, base, idx, off),
                Inst::Load4 { dst, buf, base, idx, off } => {
                    reg!(dst) = load!(u32, buf, base, idx, off).into()
                }
                Inst::Load4S { dst, buf, base, idx, off } => {
                    reg!(dst) = i64::from(load!(i32, buf, base, idx, off)) as u64;
                }
                Inst::Load1 { dst, buf, base, idx, off } => reg!(dst) = load!(u8, buf, base, idx, off).into(),
                Inst::Store8 { val, buf, base, idx, off } => store!(u64, buf, base, idx, off, reg!(val)),
                Inst::Store4 { val, buf, base, idx, off } => {
                    store!(u32, buf, base, idx, off, reg!(val) as u32)
                }
                Inst::Store1 { val, buf, base, idx, off } => store!(u8, buf, base, idx, off, reg!(val) as u8),
                Inst::AddTo8 { val, buf, base, idx, off } => {
                    let at = address!(f64, buf, base, idx, off);
                    let val = f64s!(val);
                    // SAFETY: as for `load!` and `store!`.
                    unsafe { *at += val };
                }
                Inst::AddLoad8 { dst, a, buf, base, idx, off } => {
                    reg!(dst) = (f64s!(a) + load!(f64, buf, base, idx, off)).to_bits();
                }
                Inst::SubLoad8 { dst, a, buf, base, idx, off } => {
                    reg!(dst) = (f64s!(a) - load!(f64, buf, base, idx, off)).to_bits();
                }
                Inst::MulLoad8 { dst, a, buf, base, idx, off } => {
                    reg!(dst) = (f64s!(a) * load!(f64, buf, base, idx, off)).to_bits();
                }
                Inst::RsubLoad8 { dst, a, buf, base, idx, off } => {
                    reg!(dst) = (load!(f64, buf, base, idx, off) - f64s!(a)).to_bits();
                }
                Inst::Select { dst, a, b, c } => reg!(dst) = if reg!(a) != 0 { reg!(b) } else { reg!(c) },
                Inst::FmaF64 { dst, a, b, c } => reg!(dst) = f64s!(a).mul_add(f64s!(b), f64s!(c)).to_bits(),
                Inst::FmaF32 { dst, a, b, c } => {
                    reg!(dst) = f32s!(a).mul_add(f32s!(b), f32s!(c)).to_bits().into();
                }
                Inst::MulAddF64 { dst, a, b, c } => reg!(dst) = (f64s!(a) * f64s!(b) + f64s!(c)).to_bits(),
                Inst::MulSubF64 { dst, a, b, c } => reg!(dst) = (f64s!(a) * f64s!(b) - f64s!(c)).to_bits(),
                Inst::RsubMulF64 { dst, a, b, c } => reg!(dst) = (f64s!(c) - f64s!(a) * f64s!(b)).to_bits(),
                Inst::Math { dst, a, op } => reg!(dst) = math(*op, f64s!(a)).to_bits(),
                Inst::Math2 { dst, a, b, op } => reg!(dst) = math2(*op, f64s!(a), reg!(b)).to_bits(),
                Inst::Call { dst, a, b, id } | Inst::CallPure { dst, a, b, id } => {
                    match call(self.calls[*id as usize], reg!(a), reg!(b)) {
                        Some(value) => reg!(dst) = value,
                        None => fail!(),
                    }
                }
                Inst::CheckIndex { idx, len } => {
                    if reg!(idx) >= reg!(len) {
                        fail!()
                    }
                }
                Inst::Check { cond, .. } => {
                    if reg!(cond) == 0 {
                        fail!()
                    }
                }
                Inst::CheckLoop { dtype, start, count, step } => {
                    if !loop_fits(*dtype, reg!(start), reg!(count), reg!(step)) {
                        fail!()
                    }
                }
                Inst::Strip { id, to } => {
                    let plan = &self.flat.strips[*id as usize];
                    // SAFETY: the plan was validated, and its accesses are those of the loop.
                    let finished = unsafe { strip::run(plan, self.calls, regs, bufs, lanes) };
                    jump_if!(finished, to)
                }
                Inst::CopyBuf { dst, src } => {
                    let slot = &self.slots[dst.index()];
                    let bytes = slot.count() * slot.dtype.size();
                    // SAFETY: both slots have buffers of this type, and they are distinct unless dst == src.
                    unsafe {
                        let (from, to) = (*bufs.add(src.index()), *bufs.add(dst.index()));
                        std::ptr::copy(from, to, bytes);
                    }
                }
                Inst::SwapBuf { a, b } => {
                    // SAFETY: validated.
                    unsafe { std::ptr::swap(bufs.add(a.index()), bufs.add(b.index())) };
                    table.owner.swap(a.index(), b.index());
                }
                // `validate` does not let it pass.
                Inst::Matmul { .. } => fail!(),
                Inst::Halt => return Ok(()),
            }
            // SAFETY: the last instruction is `Halt`, which does not get here.
            ip = unsafe { ip.add(1) };
        }
    }
}
