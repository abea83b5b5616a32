//! Ops on whole arrays and blocks: loop nests over their elements, made of the same instructions as the
//! user's own loops.

use super::access::strides;
use super::{Kind, Lower, Result, Unsupported};
use crate::dtype::{DType, Literal};
use crate::graph::{Node, SiteId, Type, ValueId};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Item, Loop};
use crate::kernel::ranges::{Form, Interval};
use crate::op::{Op, StoreMode};

/// Nests of at most this many elements are written out without loops.
const UNROLLED: usize = 4;

/// A loop nest being emitted: the counters of its loops, outermost first.
struct Nest {
    /// Length and counter of every loop; axes of length 1 and unrolled nests have none.
    loops: Vec<(usize, Reg)>,
}

impl Lower<'_> {
    pub(super) fn array_node(&mut self, node: &Node) -> Result<()> {
        let out = *node.outputs.first().ok_or(Unsupported)?;
        let ty = self.graph.ty(out).clone();
        match &node.op {
            Op::Load { axes, name } => {
                let (&array, indices) = node.inputs.split_first().ok_or(Unsupported)?;
                let shape = self.graph.ty(array).shape.clone();
                let block = self.block(&shape, axes, indices, name, node.site)?;
                if ty.is_scalar() {
                    let r = self.load(array, &block.start, block.proof)?;
                    self.scalars.insert(out, r);
                    return Ok(());
                }
                let (start, proof) = (block.start, block.proof);
                let steps: Vec<i64> = block.axes.iter().map(|a| a.1).collect();
                self.fill(out, &ty, &mut |this, at, _| {
                    let address = start.add(&dot(at, &steps)?).ok_or(Unsupported)?;
                    this.load(array, &address, proof)
                })
            }
            Op::Store { axes, mode, name } => {
                let (&array, rest) = node.inputs.split_first().ok_or(Unsupported)?;
                let (&value, indices) = rest.split_last().ok_or(Unsupported)?;
                let block = self.block(&ty.shape, axes, indices, name, node.site)?;
                self.rely_on(block.proof);
                let buf = self.store_target(array, &[value])?;
                let (mode, site, dtype) = (*mode, node.site, ty.dtype);
                if self.graph.ty(value).is_scalar() {
                    let val = self.scalar(value)?;
                    self.store_combined(buf, dtype, &block.start, mode, val, site)?;
                } else {
                    let dims: Vec<usize> = block.axes.iter().map(|a| a.0).collect();
                    let steps: Vec<i64> = block.axes.iter().map(|a| a.1).collect();
                    let from = strides(&dims)?;
                    self.nest(&dims, &mut |this, at| {
                        let val = this.load(value, &dot(at, &from)?, 0)?;
                        let address = block.start.add(&dot(at, &steps)?).ok_or(Unsupported)?;
                        this.store_combined(buf, dtype, &address, mode, val, site)
                    })?;
                }
                let depth = self.depth();
                self.hold(buf, out, depth);
                Ok(())
            }
            Op::Take { name } => {
                let (array, indices) = (node.inputs[0], node.inputs[1]);
                let shape = self.graph.ty(array).shape.clone();
                let rank = self.graph.ty(indices).rank();
                let (outer, inner) = (strides(&ty.shape[..rank])?, strides(&shape[1..])?);
                let (name, site) = (name.clone(), node.site);
                self.fill(out, &ty, &mut |this, at, _| {
                    let idx = this.load(indices, &dot(&at[..rank], &outer)?, 0)?;
                    let row = this.row(&shape, idx, &name, site)?;
                    let address = row.0.add(&dot(&at[rank..], &inner)?).ok_or(Unsupported)?;
                    this.load(array, &address, row.1)
                })
            }
            Op::Put { mode, name } => {
                let (array, indices, values) = (node.inputs[0], node.inputs[1], node.inputs[2]);
                let buf = self.store_target(array, &[indices, values])?;
                let dims = self.graph.ty(values).shape.clone();
                let (from, inner) = (strides(&dims)?, strides(&ty.shape[1..])?);
                let (mode, name, site) = (*mode, name.clone(), node.site);
                self.nest(&dims, &mut |this, at| {
                    let idx = this.load(indices, &at[0], 0)?;
                    let row = this.row(&ty.shape, idx, &name, site)?;
                    let address = row.0.add(&dot(&at[1..], &inner)?).ok_or(Unsupported)?;
                    let val = this.load(values, &dot(at, &from)?, 0)?;
                    this.store_combined(buf, ty.dtype, &address, mode, val, site)
                })?;
                let depth = self.depth();
                self.hold(buf, out, depth);
                Ok(())
            }
            Op::Empty(_) => {
                let buf = self.temporary(&ty)?;
                let depth = self.depth();
                self.hold(buf, out, depth);
                Ok(())
            }
            Op::Iota { dtype, .. } => {
                let dtype = *dtype;
                self.fill(out, &ty, &mut |this, at, _| {
                    let i = this.counter_value(&at[0])?;
                    this.cast(i, dtype)
                })
            }
            Op::Unary(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::MulAdd | Op::Cast(_) => {
                let flat = Type::new(ty.dtype, [ty.count()]);
                let (inputs, op, site) = (node.inputs.clone(), node.op.clone(), node.site);
                self.fill_as(out, &ty, &flat, &mut |this, at, _| {
                    let x: Vec<Reg> =
                        inputs.iter().map(|&v| this.load(v, &at[0], 0)).collect::<Result<_>>()?;
                    this.element(&op, &x, site)
                })
            }
            Op::Broadcast(_) | Op::Transpose(_) | Op::Reshape(_) => self.rearrange(node, out, &ty),
            Op::Stack => {
                let parts: Vec<(ValueId, usize)> =
                    node.inputs.iter().map(|&v| (v, self.graph.ty(v).count())).collect();
                self.join(out, &ty, &parts, 1)
            }
            Op::Concat { axis } => {
                let rows: usize = ty.shape[..*axis].iter().product();
                let parts: Vec<(ValueId, usize)> = node
                    .inputs
                    .iter()
                    .map(|&v| (v, self.graph.ty(v).shape[*axis..].iter().product()))
                    .collect();
                self.join(out, &ty, &parts, rows)
            }
            Op::Reduce { op, axes } => self.reduce(node, *op, axes, out, &ty),
            Op::ArgReduce(op) => self.arg_reduce(node.inputs[0], *op, out),
            Op::CumSum { axis } => self.running_sum(node, *axis, out, &ty),
            Op::Dot => self.dot_product(node, out, &ty),
            _ => Err(Unsupported),
        }
    }

    /// The slot in which to build a new version of `array`. A slot that an operand shares is not reused.
    fn store_target(&mut self, array: ValueId, operands: &[ValueId]) -> Result<Buf> {
        let slot = self.slot(array)?;
        let shared = operands.iter().any(|&v| self.slot(v).is_ok_and(|s| s == slot));
        if !shared {
            return self.slot_to_overwrite(array);
        }
        let ty = self.graph.ty(array).clone();
        let dst = self.temporary(&ty)?;
        self.scope().code.push(Inst::CopyBuf { dst, src: slot }.into());
        Ok(dst)
    }

    fn store_combined(
        &mut self,
        buf: Buf,
        dtype: DType,
        address: &Form,
        mode: StoreMode,
        val: Reg,
        site: SiteId,
    ) -> Result<()> {
        let val = self.combined(mode, buf, dtype, address, val, site)?;
        self.store(buf, dtype, address, val)
    }

    /// The address of row `idx` and the scope on whose facts it relies.
    fn row(
        &mut self,
        shape: &[usize],
        idx: Reg,
        name: &Option<std::sync::Arc<str>>,
        site: SiteId,
    ) -> Result<(Form, usize)> {
        let stride = strides(shape)?[0];
        let proof = self.check_index(idx, 0, shape[0], 1, name, site)?;
        Ok((self.form(idx).scale(stride).ok_or(Unsupported)?, proof))
    }

    /// The value of a loop counter (or a sum with one) as a register.
    fn counter_value(&mut self, form: &Form) -> Result<Reg> {
        match (form.as_offset(), form.terms.is_empty()) {
            (Some((r, 0)), _) => Ok(r),
            (_, true) => self.number(form.constant),
            _ => Err(Unsupported),
        }
    }

    /// Makes the array `out` element by element; `f` gets the position along each axis.
    pub(super) fn fill(&mut self, out: ValueId, ty: &Type, f: &mut Element<'_, Self>) -> Result<()> {
        self.fill_as(out, ty, ty, f)
    }

    /// The same, walking it as if it had the shape of `walk`.
    fn fill_as(&mut self, out: ValueId, ty: &Type, walk: &Type, f: &mut Element<'_, Self>) -> Result<()> {
        let buf = self.temporary(ty)?;
        let to = strides(&walk.shape)?;
        self.nest(&walk.shape, &mut |this, at| {
            let val = f(this, at, buf)?;
            this.store(buf, ty.dtype, &dot(at, &to)?, val)
        })?;
        let depth = self.depth();
        self.hold(buf, out, depth);
        Ok(())
    }

    /// Broadcast, transpose, reshape: every element of the result is one of the operand.
    fn rearrange(&mut self, node: &Node, out: ValueId, ty: &Type) -> Result<()> {
        let x = node.inputs[0];
        let from = self.graph.ty(x).clone();
        if from.is_scalar() {
            let val = self.scalar(x)?;
            let flat = Type::new(ty.dtype, [ty.count()]);
            return self.fill_as(out, ty, &flat, &mut |_, _, _| Ok(val));
        }
        let own = strides(&from.shape)?;
        let (walk, steps): (Type, Vec<i64>) = match &node.op {
            Op::Reshape(_) => (Type::new(ty.dtype, [ty.count()]), vec![1]),
            Op::Transpose(perm) => (ty.clone(), perm.iter().map(|&p| own[p]).collect()),
            _ => {
                let new = ty.rank() - from.rank();
                let steps = (0..ty.rank())
                    .map(|k| if k < new || from.shape[k - new] == 1 { 0 } else { own[k - new] })
                    .collect();
                (ty.clone(), steps)
            }
        };
        if ty.is_scalar() {
            let r = self.load(x, &Form::constant(0), 0)?;
            self.scalars.insert(out, r);
            return Ok(());
        }
        self.fill_as(out, ty, &walk, &mut |this, at, _| this.load(x, &dot(at, &steps)?, 0))
    }

    /// `rows` rows, each made of consecutive elements of every part: `(array or scalar, elements per row)`.
    fn join(&mut self, out: ValueId, ty: &Type, parts: &[(ValueId, usize)], rows: usize) -> Result<()> {
        let buf = self.temporary(ty)?;
        let width: usize = parts.iter().map(|p| p.1).sum();
        let mut offset = 0;
        for &(v, len) in parts {
            let (to, from) = ([width as i64, 1], [len as i64, 1]);
            self.nest(&[rows, len], &mut |this, at| {
                let val = match this.graph.ty(v).is_scalar() {
                    true => this.scalar(v)?,
                    false => this.load(v, &dot(at, &from)?, 0)?,
                };
                let address = Form::constant(offset).add(&dot(at, &to)?).ok_or(Unsupported)?;
                this.store(buf, ty.dtype, &address, val)
            })?;
            offset += len as i64;
        }
        let depth = self.depth();
        self.hold(buf, out, depth);
        Ok(())
    }

    /// Calls `f` for every position of a nest, in row-major order.
    pub(super) fn nest(
        &mut self,
        dims: &[usize],
        f: &mut dyn FnMut(&mut Self, &[Form]) -> Result<()>,
    ) -> Result<()> {
        if dims.contains(&0) {
            return Ok(());
        }
        if dims.iter().product::<usize>() <= UNROLLED {
            return unrolled(dims, &mut |at| f(self, at));
        }
        let (nest, at) = self.open_nest(dims)?;
        f(self, &at)?;
        self.close_nest(nest, Vec::new());
        Ok(())
    }

    /// Folds several values over every position of a nest, in row-major order.
    pub(super) fn folds(
        &mut self,
        dims: &[usize],
        first: Vec<Reg>,
        f: &mut FoldBody<'_, Self>,
    ) -> Result<Vec<Reg>> {
        if dims.contains(&0) {
            return Ok(first);
        }
        if dims.iter().product::<usize>() <= UNROLLED {
            let mut carried = first;
            unrolled(dims, &mut |at| {
                carried = f(self, &carried, at)?;
                Ok(())
            })?;
            return Ok(carried);
        }
        let depth = self.depth();
        let loops = dims.iter().filter(|&&n| n > 1).count();
        let mut carried = Vec::new();
        for a in first {
            let dst = self.new_reg(self.info(a).dtype, depth + loops)?;
            self.scope().code.push(Inst::Mov { dst, a }.into());
            carried.push(dst);
        }
        let (nest, at) = self.open_nest(dims)?;
        let next = f(self, &carried, &at)?;
        self.close_nest(nest, carried.iter().copied().zip(next).collect());
        for r in &carried {
            self.regs[r.index()].depth = depth;
        }
        Ok(carried)
    }

    fn open_nest(&mut self, dims: &[usize]) -> Result<(Nest, Vec<Form>)> {
        let mut nest = Nest { loops: Vec::new() };
        let mut at = Vec::new();
        let zero = self.number(0)?;
        for &n in dims {
            if n == 1 {
                at.push(Form::constant(0));
                continue;
            }
            let len = i64::try_from(n).map_err(|_| Unsupported)?;
            self.number(len)?;
            let iv = self.new_reg(DType::I64, self.depth() + 1)?;
            self.regs[iv.index()].range = Interval::new(0, i128::from(len) - 1);
            self.scope().code.push(Inst::Mov { dst: iv, a: zero }.into());
            self.push_scope(Kind::Nest);
            nest.loops.push((n, iv));
            at.push(Form::leaf(iv));
        }
        self.number(1)?;
        Ok((nest, at))
    }

    /// Closes the loops; `moves` happen at the end of the innermost body.
    fn close_nest(&mut self, nest: Nest, mut moves: Vec<(Reg, Reg)>) {
        for (n, iv) in nest.loops.into_iter().rev() {
            let body = self.pop_scope().code;
            let constant = |this: &Self, x: i64| this.constants[&Literal::I64(x)];
            let (end, step) = (constant(self, n as i64), constant(self, 1));
            let moves = std::mem::take(&mut moves);
            let item = Loop { moves, ..Loop::counted(iv, [end, step], n as u64, body) };
            self.scope().code.push(Item::Loop(Box::new(item)));
        }
    }
}

/// From the carried values and the position to the next carried values.
type FoldBody<'f, L> = dyn FnMut(&mut L, &[Reg], &[Form]) -> Result<Vec<Reg>> + 'f;

type Element<'f, L> = dyn FnMut(&mut L, &[Form], Buf) -> Result<Reg> + 'f;

/// `sum of position * step`
pub(super) fn dot(at: &[Form], steps: &[i64]) -> Result<Form> {
    let mut sum = Form::constant(0);
    for (form, &step) in at.iter().zip(steps) {
        sum = sum.add(&form.scale(step).ok_or(Unsupported)?).ok_or(Unsupported)?;
    }
    Ok(sum)
}

fn unrolled(dims: &[usize], f: &mut dyn FnMut(&[Form]) -> Result<()>) -> Result<()> {
    let mut at = vec![0usize; dims.len()];
    loop {
        let forms: Vec<Form> = at.iter().map(|&k| Form::constant(k as i64)).collect();
        f(&forms)?;
        let Some(axis) = (0..dims.len()).rev().find(|&k| at[k] + 1 < dims[k]) else { return Ok(()) };
        at[axis] += 1;
        at[axis + 1..].fill(0);
    }
}
