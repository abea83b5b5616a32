//! Derivatives of matrix products.

use super::super::emit::Emit;
use super::Contributions;
use crate::error::Result;
use crate::graph::{Node, ValueId};
use crate::op::Op;

pub(super) fn dot_jvp(w: &mut dyn Emit, node: &Node, tangents: &[Option<ValueId>]) -> Result<ValueId> {
    let (a, b) = (node.inputs[0], node.inputs[1]);
    let left = match tangents[0] {
        Some(da) => {
            let b = w.primal(b)?;
            Some(w.push(Op::Dot, &[da, b])?)
        }
        None => None,
    };
    let right = match tangents[1] {
        Some(db) => {
            let a = w.primal(a)?;
            Some(w.push(Op::Dot, &[a, db])?)
        }
        None => None,
    };
    match (left, right) {
        (Some(left), Some(right)) => w.add(left, right),
        (Some(one), None) | (None, Some(one)) => Ok(one),
        (None, None) => super::zero_of(w, node),
    }
}

pub(super) fn dot_vjp(w: &mut dyn Emit, node: &Node, d: ValueId, to: &mut Contributions<'_>) -> Result<()> {
    let (a, b) = (node.inputs[0], node.inputs[1]);
    let (a_ty, b_ty) = (w.ty(a), w.ty(b));
    if to.wants(0) {
        let b = w.primal(b)?;
        let value = match (a_ty.rank(), b_ty.rank()) {
            (1, 1) => times_scalar(w, d, b)?,
            // y_i = sum_k a_ik b_k
            (2, 1) => outer(w, d, b)?,
            (1, _) => w.push(Op::Dot, &[b, d])?,
            _ => {
                let transposed = w.transpose(b, vec![1, 0])?;
                w.push(Op::Dot, &[d, transposed])?
            }
        };
        to.give(0, value);
    }
    if to.wants(1) {
        let a = w.primal(a)?;
        let value = match (a_ty.rank(), b_ty.rank()) {
            (1, 1) => times_scalar(w, d, a)?,
            (2, 1) => w.push(Op::Dot, &[d, a])?,
            (1, _) => outer(w, a, d)?,
            _ => {
                let transposed = w.transpose(a, vec![1, 0])?;
                w.push(Op::Dot, &[transposed, d])?
            }
        };
        to.give(1, value);
    }
    Ok(())
}

fn times_scalar(w: &mut dyn Emit, scalar: ValueId, x: ValueId) -> Result<ValueId> {
    let shape = w.ty(x).shape;
    let scalar = w.broadcast(scalar, &shape)?;
    w.mul(scalar, x)
}

/// `a_i b_j`
fn outer(w: &mut dyn Emit, a: ValueId, b: ValueId) -> Result<ValueId> {
    let (m, n) = (w.ty(a).shape[0], w.ty(b).shape[0]);
    let column = w.reshape(a, &[m, 1])?;
    let (column, row) = (w.broadcast(column, &[m, n])?, w.broadcast(b, &[m, n])?);
    w.mul(column, row)
}
