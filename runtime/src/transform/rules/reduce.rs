//! Derivatives of reductions. Products are loops by now.

use super::super::emit::Emit;
use super::Contributions;
use crate::error::Result;
use crate::graph::{Node, ValueId};
use crate::op::{Axis, CmpOp, Op, ReduceOp};

/// A reduced array over the shape that it was reduced from.
fn spread(w: &mut dyn Emit, y: ValueId, shape: &[usize], axes: &[usize]) -> Result<ValueId> {
    let kept: Vec<usize> =
        shape.iter().enumerate().map(|(k, &n)| if axes.contains(&k) { 1 } else { n }).collect();
    let y = w.reshape(y, &kept)?;
    w.broadcast(y, shape)
}

/// Which elements are the extremum, and how many are.
fn extrema(w: &mut dyn Emit, node: &Node, axes: &[usize]) -> Result<(ValueId, ValueId)> {
    let (x, y) = (w.primal(node.inputs[0])?, w.primal(node.outputs[0])?);
    let ty = w.ty(x);
    let y = spread(w, y, &ty.shape, axes)?;
    let is = w.compare(CmpOp::Eq, x, y)?;
    let ones = w.cast(is, ty.dtype)?;
    let count = w.sum(ones, axes.to_vec())?;
    Ok((is, count))
}

pub(super) fn jvp(
    w: &mut dyn Emit,
    node: &Node,
    op: ReduceOp,
    axes: &[usize],
    tangents: &[Option<ValueId>],
) -> Result<ValueId> {
    let Some(tangent) = tangents[0] else { return super::zero_of(w, node) };
    match op {
        ReduceOp::Sum => w.sum(tangent, axes.to_vec()),
        ReduceOp::Min | ReduceOp::Max => {
            let (is, count) = extrema(w, node, axes)?;
            let mine = w.masked(is, tangent)?;
            let sum = w.sum(mine, axes.to_vec())?;
            w.div(sum, count)
        }
        _ => Err(super::super::has_no_rule(&node.op)),
    }
}

pub(super) fn vjp(
    w: &mut dyn Emit,
    node: &Node,
    op: ReduceOp,
    axes: &[usize],
    d: ValueId,
    to: &mut Contributions<'_>,
) -> Result<()> {
    let shape = w.ty(node.inputs[0]).shape;
    let value = match op {
        ReduceOp::Sum => spread(w, d, &shape, axes)?,
        ReduceOp::Min | ReduceOp::Max => {
            // Elements that tie share it.
            let (is, count) = extrema(w, node, axes)?;
            let share = w.div(d, count)?;
            let share = spread(w, share, &shape, axes)?;
            w.masked(is, share)?
        }
        _ => return Err(super::super::has_no_rule(&node.op)),
    };
    to.give(0, value);
    Ok(())
}

/// The sum from the other end.
pub(super) fn cumsum_vjp(
    w: &mut dyn Emit,
    axis: usize,
    d: ValueId,
    to: &mut Contributions<'_>,
) -> Result<()> {
    let shape = w.ty(d).shape;
    let mut axes: Vec<Axis> = shape.iter().map(|&n| Axis::full(n)).collect();
    axes[axis] = Axis::Range { start: shape[axis].saturating_sub(1), len: shape[axis], step: -1 };
    let flipped = w.slice(d, axes.clone())?;
    let summed = w.push(Op::CumSum { axis }, &[flipped])?;
    let value = w.slice(summed, axes)?;
    to.give(0, value);
    Ok(())
}
