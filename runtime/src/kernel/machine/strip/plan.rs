//! Which loops run in strips, and how.

use super::tidy::tidy;
use super::{Access, Fold, LANES, Place, Step, StripPlan};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Item, Loop, SlotInfo};
use crate::kernel::ranges::Form;
use std::collections::HashMap;

/// What a register of the body is, as seen from a strip.
#[derive(Clone, Debug)]
enum Value {
    /// Affine in the index; without the index, the same for every lane.
    Affine(Form),
    /// One value per lane.
    Lanes(Place),
}

/// An access to an array that the loop writes, in the order of the body.
struct Touch {
    buf: Buf,
    address: Form,
    stride: i64,
    store: bool,
}

struct Planner<'a> {
    l: &'a Loop,
    slots: &'a [SlotInfo],
    constant: &'a dyn Fn(Reg) -> Option<i64>,
    values: HashMap<Reg, Value>,
    /// Vectors that hold an invariant or an affine value.
    splats: HashMap<Reg, Place>,
    affine: Vec<(Form, Place)>,
    touches: Vec<Touch>,
    accesses: Vec<Access>,
    prologue: Vec<Step>,
    steps: Vec<Step>,
    vectors: u16,
    /// Something was stored already, so nothing may fail any more.
    stored: bool,
}

/// The loop in strips, `None` where its iterations depend on each other or contain what strips do not do.
pub(in crate::kernel) fn plan(
    l: &Loop,
    slots: &[SlotInfo],
    constant: &dyn Fn(Reg) -> Option<i64>,
) -> Option<StripPlan> {
    if !l.is_straight() || l.max_trips.is_some_and(|n| n < super::WORTH) {
        return None;
    }
    let mut planner = Planner {
        l,
        slots,
        constant,
        values: HashMap::new(),
        splats: HashMap::new(),
        affine: Vec::new(),
        touches: Vec::new(),
        accesses: Vec::new(),
        prologue: Vec::new(),
        steps: Vec::new(),
        vectors: 0,
        stored: false,
    };
    planner.values.insert(l.iv, Value::Affine(Form::leaf(l.iv)));
    let insts: Vec<Inst> =
        l.body.iter().map(|item| if let Item::Inst(i, _) = item { *i } else { Inst::Halt }).collect();
    let (folds, sequential) = planner.folds(&insts)?;
    for (k, &inst) in insts.iter().enumerate() {
        if !sequential.contains(&k) {
            planner.inst(inst, &insts)?;
        }
    }
    planner.independent()?;
    for fold in folds {
        let value = planner.operand(fold.value)?;
        let mask = match fold.mask {
            Some(r) => planner.operand(r)?,
            None => Place::None,
        };
        planner.steps.push(Step::Fold(Fold {
            inst: fold.inst,
            swapped: fold.swapped,
            carry: fold.carry,
            value,
            mask,
            inverted: fold.inverted,
        }));
    }
    let mut plan = StripPlan {
        iv: l.iv,
        end: l.end,
        stride: l.stride,
        accesses: planner.accesses,
        prologue: planner.prologue,
        steps: planner.steps,
        vectors: 0,
    };
    tidy(&mut plan)?;
    Some(plan)
}

/// A carried scalar in terms of registers of the body.
struct RegFold {
    inst: Inst,
    swapped: bool,
    carry: Reg,
    value: Reg,
    mask: Option<Reg>,
    inverted: bool,
}

impl Planner<'_> {
    /// Recognises every carry as a fold: `carry op value`, perhaps only where a condition holds. Gives the
    /// folds and the instructions that they replace.
    fn folds(&self, insts: &[Inst]) -> Option<(Vec<RegFold>, Vec<usize>)> {
        let mut folds = Vec::new();
        let mut replaced = Vec::new();
        let definition = |r: Reg| insts.iter().position(|i| i.dst() == Some(r));
        let readers = |r: Reg| insts.iter().flat_map(|i| i.reads()).filter(|&x| x == r).count();
        for &(carry, result) in &self.l.moves {
            let moved = self.l.moves.iter().filter(|m| m.1 == result || m.1 == carry).count();
            let last = definition(result)?;
            if moved != 1 {
                return None;
            }
            let (step, mask, inverted) = match insts[last] {
                Inst::Select { a, b, c, .. } if c == carry => (b, Some(a), false),
                Inst::Select { a, b, c, .. } if b == carry => (c, Some(a), true),
                _ => (result, None, false),
            };
            let at = definition(step)?;
            let (a, b) = foldable(insts[at])?;
            let (value, swapped) = match (a == carry, b == carry) {
                (true, false) => (b, false),
                (false, true) => (a, true),
                _ => return None,
            };
            // The carry and what is made of it must not be seen anywhere else.
            let expected = if mask.is_some() { 2 } else { 1 };
            if readers(carry) != expected
                || mask == Some(carry)
                || readers(result) != 0
                || (mask.is_some() && readers(step) != 1)
            {
                return None;
            }
            replaced.extend([last, at]);
            folds.push(RegFold { inst: insts[at], swapped, carry, value, mask, inverted });
        }
        Some((folds, replaced))
    }

    fn is_carry(&self, r: Reg) -> bool {
        self.l.moves.iter().any(|m| m.0 == r)
    }

    /// What a register is; of carries, nothing that a lane could use.
    fn value(&self, r: Reg) -> Option<Value> {
        if let Some(value) = self.values.get(&r) {
            return Some(value.clone());
        }
        if self.is_carry(r) {
            return None;
        }
        Some(Value::Affine(match (self.constant)(r) {
            Some(x) => Form::constant(x),
            None => Form::leaf(r),
        }))
    }

    fn form(&self, r: Reg) -> Option<Form> {
        match self.value(r)? {
            Value::Affine(form) => Some(form),
            Value::Lanes(_) => None,
        }
    }

    fn vector(&mut self) -> Option<Place> {
        self.vectors = self.vectors.checked_add(1)?;
        Some(Place::Vector(self.vectors - 1))
    }

    /// Lanes with the value of a register.
    fn operand(&mut self, r: Reg) -> Option<Place> {
        let form = match self.value(r)? {
            Value::Lanes(place) => return Some(place),
            Value::Affine(form) => form,
        };
        // Not set in the body: the same for every lane.
        if !self.values.contains_key(&r) {
            if let Some(&place) = self.splats.get(&r) {
                return Some(place);
            }
            let dst = self.vector()?;
            self.prologue.push(Step::Splat { dst, reg: r });
            self.splats.insert(r, dst);
            return Some(dst);
        }
        if let Some((_, place)) = self.affine.iter().find(|(f, _)| *f == form) {
            return Some(*place);
        }
        let dst = self.vector()?;
        self.steps.push(Step::Affine { dst, form: form.clone() });
        self.affine.push((form, dst));
        Some(dst)
    }

    fn stored_in_loop(&self, buf: Buf, insts: &[Inst]) -> bool {
        insts.iter().any(|i| i.is_store() && i.bufs().contains(&Some(buf)))
    }

    /// The affine address of an access, and the distance between lanes.
    fn address(&self, base: Reg, idx: Reg, off: i32) -> Option<(Form, i64)> {
        let form = self.form(base)?.add(&self.form(idx)?)?.add(&Form::constant(off.into()))?;
        let slope = form.terms.iter().find(|t| t.0 == self.l.iv).map_or(0, |t| t.1);
        Some((form, slope.checked_mul(self.l.stride)?))
    }

    fn access(&mut self, buf: Buf, address: Form, stride: i64) -> Option<u16> {
        let access = Access { buf, address, stride, size: self.slots[buf.index()].dtype.size() };
        let at = match self.accesses.iter().position(|a| *a == access) {
            Some(at) => at,
            None => {
                self.accesses.push(access);
                self.accesses.len() - 1
            }
        };
        u16::try_from(at).ok()
    }

    fn inst(&mut self, inst: Inst, insts: &[Inst]) -> Option<()> {
        match inst {
            Inst::Mov { dst, a } => {
                let value = self.value(a)?;
                // A copy of an invariant keeps its register.
                let value = match value {
                    Value::Affine(_) if !self.values.contains_key(&a) => Value::Lanes(self.operand(a)?),
                    other => other,
                };
                self.values.insert(dst, value);
            }
            Inst::AddI { dst, a, b } | Inst::SubI { dst, a, b } | Inst::MulI { dst, a, b } => {
                match self.affine_result(inst, a, b) {
                    Some(form) => {
                        self.values.insert(dst, Value::Affine(form));
                    }
                    None => self.compute(inst)?,
                }
            }
            Inst::CheckIndex { idx, len } => {
                self.may_still_fail()?;
                match self.form(idx) {
                    Some(form) => self.steps.push(Step::CheckEnds { form, len }),
                    None => {
                        let idx = self.operand(idx)?;
                        self.steps.push(Step::CheckLanes { idx, len });
                    }
                }
            }
            Inst::Load8 { dst, buf, base, idx, off }
            | Inst::Load4 { dst, buf, base, idx, off }
            | Inst::Load4S { dst, buf, base, idx, off }
            | Inst::Load1 { dst, buf, base, idx, off } => {
                let stored = self.stored_in_loop(buf, insts);
                let Some((address, stride)) = self.address(base, idx, off) else {
                    if stored {
                        return None;
                    }
                    let (base, idx) = (self.operand(base)?, self.operand(idx)?);
                    let place = self.vector()?;
                    self.steps.push(Step::Gather { inst, dst: place, buf, base, idx, off });
                    self.values.insert(dst, Value::Lanes(place));
                    return Some(());
                };
                let access = self.access(buf, address.clone(), stride)?;
                let wide = self.slots[buf.index()].dtype.size() == 8;
                let place = if !stored && stride == 1 && wide {
                    Place::Memory(access)
                } else {
                    let place = self.vector()?;
                    self.steps.push(Step::Load { inst, dst: place, access });
                    place
                };
                if stored {
                    self.touches.push(Touch { buf, address, stride, store: false });
                }
                self.values.insert(dst, Value::Lanes(place));
            }
            Inst::Store8 { val, buf, base, idx, off }
            | Inst::Store4 { val, buf, base, idx, off }
            | Inst::Store1 { val, buf, base, idx, off } => {
                let (address, stride) = self.address(base, idx, off)?;
                let val = match self.operand(val)? {
                    place @ Place::Vector(_) => place,
                    memory => {
                        let dst = self.vector()?;
                        let inst = Inst::Mov { dst: Reg(0), a: Reg(0) };
                        self.steps.push(Step::Compute {
                            inst,
                            dst,
                            a: memory,
                            b: Place::None,
                            c: Place::None,
                        });
                        dst
                    }
                };
                let access = self.access(buf, address.clone(), stride)?;
                self.touches.push(Touch { buf, address, stride, store: true });
                self.steps.push(Step::Store { inst, val, access });
                self.stored = true;
            }
            _ if is_checked(inst) => self.checked(inst)?,
            _ if inst.is_pure() && !inst.is_load() => self.compute(inst)?,
            _ => return None,
        }
        Some(())
    }

    /// A strip is tested before it has an effect.
    fn may_still_fail(&self) -> Option<()> {
        (!self.stored).then_some(())
    }

    fn affine_result(&self, inst: Inst, a: Reg, b: Reg) -> Option<Form> {
        let (a, b) = (self.form(a)?, self.form(b)?);
        match inst {
            Inst::AddI { .. } | Inst::AddUsize { .. } | Inst::AddI64 { .. } => a.add(&b),
            Inst::SubI { .. } | Inst::SubUsize { .. } | Inst::SubI64 { .. } => a.sub(&b),
            _ if a.terms.is_empty() => b.scale(a.constant),
            _ if b.terms.is_empty() => a.scale(b.constant),
            _ => None,
        }
    }

    fn checked(&mut self, inst: Inst) -> Option<()> {
        self.may_still_fail()?;
        let dst = inst.dst()?;
        let mut reads = inst.reads();
        let (a, b) = (reads.next()?, reads.next()?);
        let wide = matches!(
            inst,
            Inst::AddUsize { .. }
                | Inst::SubUsize { .. }
                | Inst::MulUsize { .. }
                | Inst::AddI64 { .. }
                | Inst::SubI64 { .. }
                | Inst::MulI64 { .. }
        );
        if wide && let Some(form) = self.affine_result(inst, a, b) {
            let (a, b) = (self.form(a)?, self.form(b)?);
            self.steps.push(Step::CheckArithmetic { inst, a, b });
            self.values.insert(dst, Value::Affine(form));
            return Some(());
        }
        let (a, b) = (self.operand(a)?, self.operand(b)?);
        let place = self.vector()?;
        self.steps.push(Step::Checked { inst, dst: place, a, b });
        self.values.insert(dst, Value::Lanes(place));
        Some(())
    }

    fn compute(&mut self, inst: Inst) -> Option<()> {
        let dst = inst.dst()?;
        let mut places = [Place::None; 3];
        for (place, r) in places.iter_mut().zip(inst.reads()) {
            *place = self.operand(r)?;
        }
        let place = self.vector()?;
        let [a, b, c] = places;
        self.steps.push(Step::Compute { inst: nameless(inst), dst: place, a, b, c });
        self.values.insert(dst, Value::Lanes(place));
        Some(())
    }

    /// No iteration touches what another one of its strip writes, or in an order that strips keep.
    ///
    /// Let an access come earlier in the body than another one to the same array, and let lane `p` of the
    /// first and lane `q` of the second meet at one address: `p - q` is the distance of the two addresses
    /// in lanes. The loop does the first one first when `p <= q`, the strip always does.
    fn independent(&self) -> Option<()> {
        for (k, later) in self.touches.iter().enumerate() {
            for earlier in &self.touches[..=k] {
                if earlier.buf != later.buf || !(earlier.store || later.store) {
                    continue;
                }
                if earlier.stride != later.stride || later.stride == 0 {
                    return None;
                }
                let distance = later.address.sub(&earlier.address)?;
                if !distance.terms.is_empty() {
                    return None;
                }
                let stride = later.stride;
                if distance.constant % stride != 0 {
                    continue;
                }
                let lanes = distance.constant / stride;
                let reach = self.l.max_trips.map_or(LANES as u64, |n| n.min(LANES as u64));
                if lanes > 0 && lanes.unsigned_abs() < reach {
                    return None;
                }
            }
        }
        Some(())
    }
}

/// The operands of an instruction that a carry can go through.
fn foldable(inst: Inst) -> Option<(Reg, Reg)> {
    match inst {
        Inst::AddF64 { a, b, .. }
        | Inst::SubF64 { a, b, .. }
        | Inst::MulF64 { a, b, .. }
        | Inst::MinF64 { a, b, .. }
        | Inst::MaxF64 { a, b, .. }
        | Inst::AddF32 { a, b, .. }
        | Inst::MulF32 { a, b, .. }
        | Inst::MinF32 { a, b, .. }
        | Inst::MaxF32 { a, b, .. }
        | Inst::MinS { a, b, .. }
        | Inst::MaxS { a, b, .. }
        | Inst::MinU { a, b, .. }
        | Inst::MaxU { a, b, .. }
        | Inst::AndI { a, b, .. }
        | Inst::OrI { a, b, .. }
        | Inst::XorI { a, b, .. } => Some((a, b)),
        _ => None,
    }
}

fn is_checked(inst: Inst) -> bool {
    inst.may_fail() && inst.reads().count() == 2 && inst.dst().is_some() && !matches!(inst, Inst::Call { .. })
}

/// The instruction with its registers forgotten.
fn nameless(mut inst: Inst) -> Inst {
    inst.for_each_reg(|_, r| *r = Reg(0));
    inst
}
