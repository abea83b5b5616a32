//! How the instructions of a vector loop run for a group of iterations at once: which values follow from the
//! index and stay scalars, which are kept in vectors, and which instructions are left to one lane after the
//! other.

use super::super::inst::{Inst, Reg};
use super::super::ir::{self, Loop};
use super::super::tile::growth;
use super::function::{Function, type_of};
use crate::dtype::DType;
use crate::hash::HashMap;
use crate::op::{BinaryOp, UnaryOp};
use cranelift_codegen::ir::{Type, types};
use cranelift_module::Module;

/// Bytes of a vector.
pub(super) const VECTOR: usize = 16;
/// Bodies of more instructions are not worth the time to compile them once more.
const LONGEST: usize = 160;
/// Bodies of more instructions have one vector of the widest type at a time, shorter ones two.
const LONG: usize = 32;

/// What a register holds in a group of iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Its value in the first iteration, which grows by this from each to the next. Of floats: by 0.
    Line(i64),
    Lanes,
    /// A truth value: all bits of a lane of so many bytes.
    Mask(usize),
}

/// How an instruction runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Once, for the first iteration.
    Once,
    Vector,
    /// An access whose address grows by so many elements.
    Strided(i64),
    /// One lane after the other.
    Each,
}

/// A body for a group of iterations.
#[derive(Debug)]
pub(super) struct Plan {
    /// Iterations of a group, a power of two.
    pub group: usize,
    pub insts: Vec<(Inst, How)>,
    shapes: HashMap<Reg, Shape>,
}

impl Plan {
    pub fn shape(&self, r: Reg) -> Shape {
        // Whatever the body does not set is the same in all iterations.
        self.shapes.get(&r).copied().unwrap_or(Shape::Line(0))
    }
}

/// Lanes of a vector of the type.
pub(super) fn count(ty: Type) -> usize {
    VECTOR / ty.bytes() as usize
}

impl Function<'_, '_> {
    /// Whether the instructions of a loop can and should run in groups. `reads` come from buffers; `group`
    /// is given where the order of a reduction fixes it.
    pub fn grouped(&self, l: &Loop, insts: &[Inst], reads: &[Reg], group: Option<usize>) -> Option<Plan> {
        if insts.len() > LONGEST || cfg!(target_endian = "big") {
            return None;
        }
        let mut plan = Plan { group: 0, insts: Vec::new(), shapes: HashMap::default() };
        plan.shapes.insert(l.iv, Shape::Line(l.stride));
        plan.shapes.extend(reads.iter().map(|&r| (r, Shape::Lanes)));
        let mut worth = reads.len() as i64;
        for inst in insts {
            let (how, shape) = self.how(&plan, inst)?;
            worth += match how {
                How::Once => 0,
                How::Vector if matches!(inst, Inst::MulI { .. } | Inst::MulW { .. }) => -1,
                How::Vector => 2,
                How::Strided(1 | -1) => 2,
                How::Strided(_) => -1,
                How::Each => -2,
            };
            if let Some(dst) = inst.dst()
                && plan.shapes.insert(dst, shape).is_some()
            {
                return None;
            }
            plan.insts.push((*inst, how));
        }
        let single = |r: &Reg| self.dtype(*r) == DType::F32 && plan.shape(*r) == Shape::Lanes;
        let narrow = plan.shapes.keys().any(single)
            || plan.shapes.values().any(|s| *s == Shape::Mask(4))
            || insts.iter().any(|i| matches!(i, Inst::Store4 { val, .. } if self.dtype(*val) == DType::F32));
        let unit = if narrow { 4 } else { 2 };
        plan.group = group.unwrap_or(if insts.len() > LONG { unit } else { 2 * unit });
        (worth > 0 || group.is_some()).then_some(plan)
    }

    /// The growth of an integer from one iteration to the next, where it is a number.
    fn line(&self, plan: &Plan, inst: &Inst) -> Option<i64> {
        let of = |r: Reg| match plan.shape(r) {
            Shape::Line(c) => Some(c),
            _ => None,
        };
        growth(self.unit.kernel, &of, inst)
    }

    /// How an instruction runs, and what it leaves in its register; `None` where that can't pay.
    fn how(&self, plan: &Plan, inst: &Inst) -> Option<(How, Shape)> {
        use Inst::*;
        if inst.may_fail() {
            return None;
        }
        if let Some(&Address { base, idx, bytes, wide, register }) = address(inst).as_ref() {
            let step = match (plan.shape(base), plan.shape(idx)) {
                (Shape::Line(x), Shape::Line(y)) => x.checked_add(y)?,
                _ => return Some((How::Each, Shape::Lanes)),
            };
            if step == 0 && inst.is_load() {
                return Some((How::Once, Shape::Line(0)));
            }
            // As wide in memory as in its register, or widened by the load.
            let same = bytes == type_of(self.dtype(register)).bytes() as usize;
            let fits = same || (step == 1 && wide);
            let near = i32::try_from(step).is_ok_and(|s| s.unsigned_abs() < 1 << 20);
            return Some(match (same, fits) {
                (_, true) if step.abs() == 1 => (How::Strided(step), Shape::Lanes),
                (true, _) if near && step != 0 => (How::Strided(step), Shape::Lanes),
                _ => (How::Each, Shape::Lanes),
            });
        }
        let dst = inst.dst()?;
        let ty = type_of(self.dtype(dst));
        if let Some(growth) = self.line(plan, inst)
            && (growth == 0 || ty == types::I64)
        {
            return Some((How::Once, Shape::Line(growth)));
        }
        let typed = |want: Type, rs: &[Reg]| rs.iter().all(|r| type_of(self.dtype(*r)) == want);
        let each = Some((How::Each, Shape::Lanes));
        let vector =
            |ok: bool, shape: Shape| Some(if ok { (How::Vector, shape) } else { (How::Each, Shape::Lanes) });
        match *inst {
            AddF64 { a, b, .. }
            | SubF64 { a, b, .. }
            | MulF64 { a, b, .. }
            | DivF64 { a, b, .. }
            | MinF64 { a, b, .. }
            | MaxF64 { a, b, .. } => vector(typed(types::F64, &[dst, a, b]), Shape::Lanes),
            AddF32 { a, b, .. }
            | SubF32 { a, b, .. }
            | MulF32 { a, b, .. }
            | DivF32 { a, b, .. }
            | MinF32 { a, b, .. }
            | MaxF32 { a, b, .. } => vector(typed(types::F32, &[dst, a, b]), Shape::Lanes),
            AndI { a, b, .. } | OrI { a, b, .. } | XorI { a, b, .. } if self.dtype(dst) == DType::Bool => {
                match (plan.shape(a), plan.shape(b)) {
                    (Shape::Mask(w), Shape::Mask(v)) => vector(w == v, Shape::Mask(w)),
                    (Shape::Mask(w), Shape::Line(_)) | (Shape::Line(_), Shape::Mask(w)) => {
                        vector(true, Shape::Mask(w))
                    }
                    (Shape::Mask(4), _) | (_, Shape::Mask(4)) => each,
                    _ => vector(true, Shape::Mask(8)),
                }
            }
            AddI { a, b, .. }
            | SubI { a, b, .. }
            | MulI { a, b, .. }
            | AddW { a, b, .. }
            | SubW { a, b, .. }
            | MulW { a, b, .. }
            | AndI { a, b, .. }
            | OrI { a, b, .. }
            | XorI { a, b, .. }
            | MinS { a, b, .. }
            | MaxS { a, b, .. }
            | MinU { a, b, .. }
            | MaxU { a, b, .. } => vector(typed(types::I64, &[dst, a, b]), Shape::Lanes),
            EqI { a, b, .. }
            | NeI { a, b, .. }
            | LtS { a, b, .. }
            | LeS { a, b, .. }
            | LtU { a, b, .. }
            | LeU { a, b, .. } => vector(typed(types::I64, &[a, b]), Shape::Mask(8)),
            EqF64 { a, b, .. } | NeF64 { a, b, .. } | LtF64 { a, b, .. } | LeF64 { a, b, .. } => {
                vector(typed(types::F64, &[a, b]), Shape::Mask(8))
            }
            EqF32 { a, b, .. } | NeF32 { a, b, .. } | LtF32 { a, b, .. } | LeF32 { a, b, .. } => {
                vector(typed(types::F32, &[a, b]), Shape::Mask(4))
            }
            Mov { a, .. } if type_of(self.dtype(a)) == ty => vector(true, plan.shape(a)),
            NegF64 { a, .. }
            | AbsF64 { a, .. }
            | SqrtF64 { a, .. }
            | NegF32 { a, .. }
            | AbsF32 { a, .. }
            | SqrtF32 { a, .. } => vector(ty != types::I64 && typed(ty, &[a]), Shape::Lanes),
            Select { a, b, c, .. } => {
                let width = ty.bytes() as usize;
                let known = match plan.shape(a) {
                    Shape::Mask(w) => w == width,
                    Shape::Lanes => width == 8 && typed(types::I64, &[a]),
                    Shape::Line(_) => true,
                };
                vector(known && typed(ty, &[b, c]), Shape::Lanes)
            }
            FmaF64 { a, b, c, .. } | FmaF32 { a, b, c, .. } => {
                let native = self.unit.module.isa().has_native_fma();
                (native && typed(ty, &[a, b, c])).then_some((How::Vector, Shape::Lanes))
            }
            Math { a, op, .. } => self.vector_unary(op, ty, a).then_some((How::Vector, Shape::Lanes)),
            Math2 { a, b, op, .. } => self.vector_binary(op, ty, a, b).then_some((How::Vector, Shape::Lanes)),
            CallPure { a, b, id, .. } => match self.unit.kernel.calls[id as usize] {
                ir::Call::Unary(op, dtype) if type_of(dtype) == ty && self.vector_unary(op, ty, a) => {
                    Some((How::Vector, Shape::Lanes))
                }
                ir::Call::Binary(op, dtype, _)
                    if type_of(dtype) == ty && self.vector_binary(op, ty, a, b) =>
                {
                    Some((How::Vector, Shape::Lanes))
                }
                // A call for every lane.
                _ => None,
            },
            S64ToF64 { .. }
            | U64ToF64 { .. }
            | S64ToF32 { .. }
            | U64ToF32 { .. }
            | F64ToF32 { .. }
            | F32ToF64 { .. }
            | F64ToI32 { .. }
            | F64ToU32 { .. }
            | F64ToI64 { .. }
            | F64ToUsize { .. }
            | Sext32 { .. }
            | Zext32 { .. }
            | Mov { .. } => each,
            _ => None,
        }
    }

    /// The function has an instruction for vectors.
    fn vector_unary(&self, op: UnaryOp, ty: Type, a: Reg) -> bool {
        use UnaryOp::*;
        let rounds = self.unit.module.isa().has_round();
        ty != types::I64
            && type_of(self.dtype(a)) == ty
            && match op {
                Neg | Abs | Sqrt | Recip | ToDegrees | ToRadians => true,
                Floor | Ceil | Trunc | RoundTiesEven | Fract => rounds,
                _ => false,
            }
    }

    fn vector_binary(&self, op: BinaryOp, ty: Type, a: Reg, b: Reg) -> bool {
        ty != types::I64
            && type_of(self.dtype(a)) == ty
            && op == BinaryOp::Powi
            && self.unit.kernel.short_power(b).is_some()
    }
}

/// An access to memory.
#[derive(Clone, Copy)]
struct Address {
    base: Reg,
    idx: Reg,
    bytes: usize,
    /// A load that widens.
    wide: bool,
    register: Reg,
}

fn address(inst: &Inst) -> Option<Address> {
    use Inst::*;
    Some(match *inst {
        Load8 { dst, base, idx, .. } => Address { base, idx, bytes: 8, wide: false, register: dst },
        Load4 { dst, base, idx, .. } | Load4S { dst, base, idx, .. } => {
            Address { base, idx, bytes: 4, wide: true, register: dst }
        }
        Load1 { dst, base, idx, .. } => Address { base, idx, bytes: 1, wide: false, register: dst },
        Store8 { val, base, idx, .. } => Address { base, idx, bytes: 8, wide: false, register: val },
        Store4 { val, base, idx, .. } => Address { base, idx, bytes: 4, wide: false, register: val },
        Store1 { val, base, idx, .. } => Address { base, idx, bytes: 1, wide: false, register: val },
        _ => return None,
    })
}
