//! Element accesses: bounds checks that are left out where they are proven, and address arithmetic.

use super::{Lower, Result, Unsupported};
use crate::dtype::{DType, Literal};
use crate::graph::{SiteId, ValueId};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Item, TrapKind};
use crate::kernel::ranges::{Form, Interval};
use crate::op::{Axis, StoreMode};
use std::sync::Arc;

/// Where a block lies in its array.
pub(super) struct Block {
    /// The address of its first element.
    pub start: Form,
    /// Length and distance in the array, of each axis of the block.
    pub axes: Vec<(usize, i64)>,
    /// The scope on whose facts the bounds rely.
    pub proof: usize,
}

/// An element of an array at an address that was proven to lie inside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::kernel) struct Address {
    pub base: Reg,
    pub idx: Reg,
    pub off: i32,
}

/// Distances between neighbours along each axis of a row-major array.
pub(super) fn strides(shape: &[usize]) -> Result<Vec<i64>> {
    let mut strides = vec![1i64; shape.len()];
    for k in (1..shape.len()).rev() {
        let n = i64::try_from(shape[k]).map_err(|_| Unsupported)?;
        strides[k - 1] = strides[k].checked_mul(n.max(1)).ok_or(Unsupported)?;
    }
    Ok(strides)
}

impl Lower<'_> {
    /// Checks the indices of an access and works out where the block lies.
    pub(super) fn block(
        &mut self,
        shape: &[usize],
        axes: &[Axis],
        indices: &[ValueId],
        name: &Option<Arc<str>>,
        site: SiteId,
    ) -> Result<Block> {
        let strides = strides(shape)?;
        let mut block = Block { start: Form::constant(0), axes: Vec::new(), proof: 0 };
        let mut indices = indices.iter();
        for (k, &axis) in axes.iter().enumerate() {
            let position = match axis {
                Axis::Range { start, .. } => Form::constant(i64::try_from(start).map_err(|_| Unsupported)?),
                Axis::At | Axis::Window { .. } => {
                    let idx = self.scalar(*indices.next().ok_or(Unsupported)?)?;
                    let window = axis.block_len().unwrap_or(1);
                    let proof = self.check_index(idx, k, shape[k], window, name, site)?;
                    block.proof = block.proof.max(proof);
                    self.form(idx)
                }
            };
            let scaled = position.scale(strides[k]).ok_or(Unsupported)?;
            block.start = block.start.add(&scaled).ok_or(Unsupported)?;
            match axis {
                Axis::At => {}
                Axis::Window { len } => block.axes.push((len, strides[k])),
                Axis::Range { len, step, .. } => {
                    let step = i64::try_from(step).map_err(|_| Unsupported)?;
                    block.axes.push((len, strides[k].checked_mul(step).ok_or(Unsupported)?));
                }
            }
        }
        Ok(block)
    }

    /// Makes sure that `window` positions from `idx` on lie within an axis of length `len`; gives the scope
    /// on whose facts that relies.
    pub(super) fn check_index(
        &mut self,
        idx: Reg,
        axis: usize,
        len: usize,
        window: usize,
        name: &Option<Arc<str>>,
        site: SiteId,
    ) -> Result<usize> {
        // Valid are `0 ..= len - window`; a window longer than its axis does not pass the verifier.
        let valid = Interval::new(0, len as i128 - window as i128);
        if self.info(idx).range.within(valid) {
            return Ok(0);
        }
        let (range, proof) = self.range(idx);
        if range.within(valid) {
            return Ok(proof);
        }
        let dtype = self.info(idx).dtype;
        let limit = self.constant(Literal::Usize((valid.hi + 1).max(0) as usize))?;
        let kind = TrapKind::Index { name: name.clone(), axis, len, window, dtype };
        let trap = self.trap(site, kind);
        self.scope().code.push(Item::Inst(Inst::CheckIndex { idx, len: limit }, Some(trap)));
        self.refine(idx, valid);
        Ok(self.depth())
    }

    /// The registers of an address: what varies slowest is added up first, outside the inner loops.
    pub(super) fn address(&mut self, form: &Form) -> Result<Address> {
        let mut terms: Vec<(usize, Reg, i64)> =
            form.terms.iter().map(|&(r, c)| (self.info(r).depth, r, c)).collect();
        // Among equally deep ones a plain register comes last: it needs no multiplication.
        terms.sort_by_key(|&(depth, r, c)| (depth, c == 1, r));
        let (constant, off) = match i32::try_from(form.constant) {
            Ok(off) => (None, off),
            Err(_) => (Some(form.constant), 0),
        };
        let mut parts = Vec::new();
        if let Some(x) = constant {
            parts.push(self.number(x)?);
        }
        for (_, r, c) in terms {
            let part = if c == 1 {
                r
            } else {
                let b = self.number(c)?;
                self.wrapping(Inst::MulI { dst: Reg(0), a: r, b })?
            };
            parts.push(part);
        }
        let zero = self.number(0)?;
        let idx = parts.pop().unwrap_or(zero);
        let mut parts = parts.into_iter();
        let mut base = parts.next().unwrap_or(zero);
        for b in parts {
            base = self.wrapping(Inst::AddI { dst: Reg(0), a: base, b })?;
        }
        Ok(Address { base, idx, off })
    }

    /// Address arithmetic: exact modulo 2^64, which is enough as the address itself is in range.
    fn wrapping(&mut self, inst: Inst) -> Result<Reg> {
        self.pure(inst, DType::I64, 0, (0, 0))
    }

    /// Reads an element of the array value `v`.
    pub(super) fn load(&mut self, v: ValueId, form: &Form, proof: usize) -> Result<Reg> {
        let buf = self.slot(v)?;
        let Address { base, idx, off } = self.address(form)?;
        let dtype = self.graph.ty(v).dtype;
        let inst = load_inst(dtype, buf, Address { base, idx, off });
        // Versions are told apart by their value's number; 0 is for what is not a load.
        self.pure(inst, dtype, proof, (v.0 + 1, self.content_depth(v)))
    }

    /// Writes an element of a slot.
    pub(super) fn store(&mut self, buf: Buf, dtype: DType, form: &Form, val: Reg) -> Result<()> {
        let Address { base, idx, off } = self.address(form)?;
        let inst = match dtype.size() {
            8 => Inst::Store8 { val, buf, base, idx, off },
            4 => Inst::Store4 { val, buf, base, idx, off },
            _ => Inst::Store1 { val, buf, base, idx, off },
        };
        self.scope().code.push(inst.into());
        Ok(())
    }

    /// The old element of the version `old` that `buf` still holds, combined with `val`.
    pub(super) fn combined(
        &mut self,
        mode: StoreMode,
        buf: Buf,
        dtype: DType,
        form: &Form,
        val: Reg,
        site: SiteId,
    ) -> Result<Reg> {
        let Some(op) = mode.combine() else { return Ok(val) };
        let old = self.load_now(buf, dtype, form)?;
        self.binary(op, old, val, site)
    }

    /// Reads an element of a slot at this very place in the code.
    pub(super) fn load_now(&mut self, buf: Buf, dtype: DType, form: &Form) -> Result<Reg> {
        let address = self.address(form)?;
        let dst = self.new_reg(dtype, self.depth())?;
        let mut inst = load_inst(dtype, buf, address);
        inst.for_each_reg(|role, r| {
            if role == crate::kernel::inst::Role::Write {
                *r = dst;
            }
        });
        self.scope().code.push(inst.into());
        Ok(dst)
    }
}

pub(in crate::kernel) fn load_inst(dtype: DType, buf: Buf, at: Address) -> Inst {
    let Address { base, idx, off } = at;
    let dst = Reg(0);
    match dtype {
        DType::F64 | DType::I64 | DType::U64 | DType::Usize => Inst::Load8 { dst, buf, base, idx, off },
        DType::F32 | DType::U32 => Inst::Load4 { dst, buf, base, idx, off },
        DType::I32 => Inst::Load4S { dst, buf, base, idx, off },
        DType::Bool => Inst::Load1 { dst, buf, base, idx, off },
    }
}
