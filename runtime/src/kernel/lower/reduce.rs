//! Reductions, in the order of additions that the array library has: the readings agree to the bit.

use super::access::strides;
use super::block::dot;
use super::{Lower, Result, Unsupported};
use crate::dtype::{DType, Literal, Type};
use crate::graph::{Node, SiteId, ValueId};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ranges::Form;
use crate::op::{ArgOp, BinaryOp, CmpOp, ReduceOp};

/// Sums and dot products of contiguous floats keep this many partial sums, as `ndarray` does.
const PARTS: usize = 8;

impl Lower<'_> {
    pub(super) fn reduce(
        &mut self,
        node: &Node,
        op: ReduceOp,
        axes: &[usize],
        out: ValueId,
        ty: &Type,
    ) -> Result<()> {
        let (x, site) = (node.inputs[0], node.site);
        let from = self.graph.ty(x).clone();
        let own = strides(&from.shape)?;
        let kept: Vec<usize> = (0..from.rank()).filter(|k| !axes.contains(k)).collect();
        let kept_steps: Vec<i64> = kept.iter().map(|&k| own[k]).collect();
        let mut dims: Vec<usize> = axes.iter().map(|&k| from.shape[k]).collect();
        let mut steps: Vec<i64> = axes.iter().map(|&k| own[k]).collect();
        if kept.is_empty() {
            (dims, steps) = (vec![from.count()], vec![1]);
        }
        let count: usize = dims.iter().product();
        let float_sum = op == ReduceOp::Sum && from.dtype.is_float();
        if float_sum && dims.len() > 1 {
            // One axis after the other; the op-by-op engine does that.
            return Err(Unsupported);
        }
        let in_parts = float_sum && steps == [1] && (kept.is_empty() || axes == [from.rank() - 1]);
        let one = |this: &mut Self, at: &[Form]| {
            let start = dot(at, &kept_steps)?;
            if in_parts {
                return this.sum_in_parts(count, from.dtype, site, &mut |this, k| {
                    let address = start.add(k).ok_or(Unsupported)?;
                    this.load(x, &address, 0)
                });
            }
            let first = match op {
                ReduceOp::Sum => this.constant(Literal::zero(from.dtype))?,
                ReduceOp::Prod => this.constant(Literal::one(from.dtype))?,
                ReduceOp::All => this.constant(Literal::Bool(true))?,
                ReduceOp::Any => this.constant(Literal::Bool(false))?,
                ReduceOp::Min | ReduceOp::Max if count == 0 => return Err(Unsupported),
                ReduceOp::Min | ReduceOp::Max => this.load(x, &start, 0)?,
            };
            let result = this.folds(&dims, vec![first], &mut |this, acc, at| {
                let address = start.add(&dot(at, &steps)?).ok_or(Unsupported)?;
                let element = this.load(x, &address, 0)?;
                Ok(vec![this.accumulate(op, acc[0], element, site)?])
            })?;
            Ok(result[0])
        };
        if ty.is_scalar() {
            let r = one(self, &[])?;
            self.scalars.insert(out, r);
            return Ok(());
        }
        self.fill(out, ty, &mut |this, at, _| one(this, at))
    }

    fn accumulate(&mut self, op: ReduceOp, acc: Reg, x: Reg, site: SiteId) -> Result<Reg> {
        let op = match op {
            ReduceOp::Sum => BinaryOp::Add,
            ReduceOp::Prod => BinaryOp::Mul,
            ReduceOp::All => BinaryOp::And,
            ReduceOp::Any => BinaryOp::Or,
            ReduceOp::Min => BinaryOp::Min,
            ReduceOp::Max => BinaryOp::Max,
        };
        let r = self.binary(op, acc, x, site)?;
        if !self.info(x).dtype.is_float() || !matches!(op, BinaryOp::Min | BinaryOp::Max) {
            return Ok(r);
        }
        // A NaN anywhere gives NaN.
        let nan = self.compare(CmpOp::Ne, x, x)?;
        let r = self.select(nan, x, r)?;
        let nan = self.compare(CmpOp::Ne, acc, acc)?;
        self.select(nan, acc, r)
    }

    /// The sum of `count` floats; `term` gives the one at a position.
    fn sum_in_parts(
        &mut self,
        count: usize,
        dtype: DType,
        site: SiteId,
        term: &mut dyn FnMut(&mut Self, &Form) -> Result<Reg>,
    ) -> Result<Reg> {
        let zero = self.constant(Literal::zero(dtype))?;
        let add = |this: &mut Self, a: Reg, b: Reg| this.binary(BinaryOp::Add, a, b, site);
        let parts = self.folds(&[count / PARTS], vec![zero; PARTS], &mut |this, acc, at| {
            let chunk = at[0].scale(PARTS as i64).ok_or(Unsupported)?;
            (0..PARTS)
                .map(|k| {
                    let position = chunk.add(&Form::constant(k as i64)).ok_or(Unsupported)?;
                    let x = term(this, &position)?;
                    add(this, acc[k], x)
                })
                .collect()
        })?;
        let mut sum = zero;
        for k in 0..PARTS / 2 {
            let pair = add(self, parts[k], parts[k + PARTS / 2])?;
            sum = add(self, sum, pair)?;
        }
        for k in count / PARTS * PARTS..count {
            let x = term(self, &Form::constant(k as i64))?;
            sum = add(self, sum, x)?;
        }
        Ok(sum)
    }

    /// The dot product of two vectors. Matrix products go to the op-by-op engine: Candle is faster at them.
    pub(super) fn dot_product(&mut self, node: &Node, out: ValueId, ty: &Type) -> Result<()> {
        if !ty.is_scalar() {
            return Err(Unsupported);
        }
        let (a, b, site) = (node.inputs[0], node.inputs[1], node.site);
        let count = self.graph.ty(a).count();
        let mut term = |this: &mut Self, at: &Form| {
            let (x, y) = (this.load(a, at, 0)?, this.load(b, at, 0)?);
            this.binary(BinaryOp::Mul, x, y, site)
        };
        let r = if ty.dtype.is_float() {
            self.sum_in_parts(count, ty.dtype, site, &mut term)?
        } else {
            let zero = self.constant(Literal::zero(ty.dtype))?;
            let sum = self.folds(&[count], vec![zero], &mut |this, acc, at| {
                let x = term(this, &at[0])?;
                Ok(vec![this.binary(BinaryOp::Add, acc[0], x, site)?])
            })?;
            sum[0]
        };
        self.scalars.insert(out, r);
        Ok(())
    }

    /// The position of the first smallest or largest element, or of the first NaN.
    pub(super) fn arg_reduce(&mut self, x: ValueId, op: ArgOp, out: ValueId) -> Result<()> {
        let ty = self.graph.ty(x).clone();
        let first = self.load(x, &Form::constant(0), 0)?;
        let zero = self.constant(Literal::Usize(0))?;
        let better = if op == ArgOp::ArgMin { CmpOp::Lt } else { CmpOp::Gt };
        let best = self.folds(&[ty.count() - 1], vec![first, zero], &mut |this, best, at| {
            let next = at[0].add(&Form::constant(1)).ok_or(Unsupported)?;
            let new = this.load(x, &next, 0)?;
            let at = this.position(&next)?;
            let mut take = this.compare(better, new, best[0])?;
            if ty.dtype.is_float() {
                let nan = this.compare(CmpOp::Ne, new, new)?;
                take = this.plain(Inst::OrI { dst: Reg(0), a: take, b: nan }, DType::Bool)?;
                let kept = this.compare(CmpOp::Eq, best[0], best[0])?;
                take = this.plain(Inst::AndI { dst: Reg(0), a: take, b: kept }, DType::Bool)?;
            }
            Ok(vec![this.select(take, new, best[0])?, this.select(take, at, best[1])?])
        })?;
        self.scalars.insert(out, best[1]);
        Ok(())
    }

    /// A position as a `usize` register.
    fn position(&mut self, form: &Form) -> Result<Reg> {
        let Some((r, off)) = form.as_offset() else {
            let k = usize::try_from(form.constant).map_err(|_| Unsupported)?;
            return self.constant(Literal::Usize(k));
        };
        let b = self.constant(Literal::Usize(usize::try_from(off).map_err(|_| Unsupported)?))?;
        self.plain(Inst::AddI { dst: Reg(0), a: r, b }, DType::Usize)
    }

    /// Running sums along an axis.
    pub(super) fn running_sum(&mut self, node: &Node, axis: usize, out: ValueId, ty: &Type) -> Result<()> {
        let (x, site) = (node.inputs[0], node.site);
        let own = strides(&ty.shape)?;
        let buf = self.temporary(ty)?;
        let len = ty.shape[axis];
        let others: Vec<usize> = (0..ty.rank()).filter(|&k| k != axis && len > 0).collect();
        let dims: Vec<usize> = others.iter().map(|&k| ty.shape[k]).collect();
        let steps: Vec<i64> = others.iter().map(|&k| own[k]).collect();
        let empty = ty.count() == 0;
        let mut lane = |this: &mut Self, at: &[Form]| {
            let start = dot(at, &steps)?;
            let first = this.load(x, &start, 0)?;
            this.store(buf, ty.dtype, &start, first)?;
            this.folds(&[len - 1], vec![first], &mut |this, acc, at| {
                let next =
                    at[0].add(&Form::constant(1)).and_then(|k| k.scale(own[axis])).ok_or(Unsupported)?;
                let address = start.add(&next).ok_or(Unsupported)?;
                let element = this.load(x, &address, 0)?;
                let sum = this.binary(BinaryOp::Add, acc[0], element, site)?;
                this.store(buf, ty.dtype, &address, sum)?;
                Ok(vec![sum])
            })?;
            Ok(())
        };
        if !empty {
            self.nest(&dims, &mut lane)?;
        }
        let depth = self.depth();
        self.hold(buf, out, depth);
        Ok(())
    }
}
