//! The derivative of every op, one file per family, both modes together: the tangent of a result from those of
//! the operands, and what the cotangent of a result gives to the operands.

mod binary;
mod index;
mod linalg;
mod partial;
mod reduce;
mod shape;
mod unary;

use super::emit::Emit;
use crate::dtype::Type;
use crate::error::Result;
use crate::graph::{Graph, Node, ValueId};
use crate::op::{BinaryOp, Op, Rule, UnaryOp};
use partial::Partial;

/// Operand `k` of a node carries a derivative to its results.
pub(super) fn passes(graph: &Graph, node: &Node, k: usize) -> bool {
    let float = |v: ValueId| graph.ty(v).dtype.is_float();
    if !float(node.inputs[k]) || !node.outputs.iter().any(|&v| float(v)) {
        return false;
    }
    match node.op {
        Op::Unary(op) => !unary::is_flat(op),
        Op::Call { rule: Rule::Stop, .. } | Op::Binary(BinaryOp::DivEuclid) => false,
        Op::Binary(BinaryOp::Copysign) => k == 0,
        _ => true,
    }
}

/// The tangent of the result of a node without regions; `tangents` are those of its operands, `None` for zero.
/// At least one operand that [`passes`] has one.
pub(super) fn jvp(w: &mut dyn Emit, node: &Node, tangents: &[Option<ValueId>]) -> Result<ValueId> {
    match &node.op {
        Op::Unary(_) | Op::Binary(_) | Op::MulAdd => partial_jvp(w, node, tangents),
        Op::Cast(_) | Op::Broadcast(_) | Op::Reshape(_) | Op::Transpose(_) | Op::CumSum { .. } => {
            along(w, node, tangents)
        }
        Op::Select | Op::Concat { .. } | Op::Stack => with_zeros(w, node, tangents),
        Op::Load { .. } | Op::Take { .. } => along(w, node, tangents),
        Op::Store { .. } | Op::Put { .. } => index::store_jvp(w, node, tangents),
        Op::Reduce { op, axes } => reduce::jvp(w, node, *op, axes, tangents),
        Op::Dot => linalg::dot_jvp(w, node, tangents),
        _ => Err(super::has_no_rule(&node.op)),
    }
}

/// Where a cotangent goes.
pub(super) struct Contributions<'a> {
    /// The operand takes part.
    pub wanted: &'a dyn Fn(usize) -> bool,
    /// The cotangent of operand `k` so far, which the rule may take to write into and must then give back.
    pub taken: &'a mut dyn FnMut(usize) -> Option<ValueId>,
    /// What the rule gives to operand `k`, and which share of the cotangent of the result that is.
    pub found: Vec<(usize, ValueId, Share)>,
}

/// What a contribution is of the cotangent that it comes from.
#[derive(Clone, Copy)]
pub(super) enum Share {
    Same,
    /// The same with the other sign.
    Opposite,
    Times(ValueId),
    /// Something else.
    Other,
}

impl Contributions<'_> {
    fn wants(&self, k: usize) -> bool {
        (self.wanted)(k)
    }

    fn give(&mut self, k: usize, value: ValueId) {
        self.found.push((k, value, Share::Other));
    }

    /// The cotangent of operand `k` so far, zeros where there is none.
    fn take(&mut self, w: &mut dyn Emit, k: usize, ty: &Type) -> Result<ValueId> {
        match (self.taken)(k) {
            Some(v) => Ok(v),
            None => w.zeros(ty),
        }
    }
}

/// What the cotangent `d` of the result of a node without regions gives to its operands.
pub(super) fn vjp(w: &mut dyn Emit, node: &Node, d: ValueId, to: &mut Contributions<'_>) -> Result<()> {
    match &node.op {
        Op::Unary(_) | Op::Binary(_) | Op::MulAdd => {
            for k in 0..node.inputs.len() {
                if !to.wants(k) {
                    continue;
                }
                let partial = partial(w, node, k)?;
                let share = partial.share();
                if let Some(value) = partial.times(w, d)? {
                    to.found.push((k, value, share));
                }
            }
            Ok(())
        }
        Op::Cast(_) => {
            let dtype = w.ty(node.inputs[0]).dtype;
            let value = w.cast(d, dtype)?;
            to.give(0, value);
            Ok(())
        }
        Op::Select => {
            let condition = w.primal(node.inputs[0])?;
            if to.wants(1) {
                let value = w.masked(condition, d)?;
                to.give(1, value);
            }
            if to.wants(2) {
                let otherwise = w.unary(UnaryOp::Not, condition)?;
                let value = w.masked(otherwise, d)?;
                to.give(2, value);
            }
            Ok(())
        }
        Op::Broadcast(_) | Op::Reshape(_) | Op::Transpose(_) | Op::Concat { .. } | Op::Stack => {
            shape::vjp(w, node, d, to)
        }
        Op::Load { .. } | Op::Store { .. } | Op::Take { .. } | Op::Put { .. } => index::vjp(w, node, d, to),
        Op::Reduce { op, axes } => reduce::vjp(w, node, *op, axes, d, to),
        Op::CumSum { axis } => reduce::cumsum_vjp(w, *axis, d, to),
        Op::Dot => linalg::dot_vjp(w, node, d, to),
        _ => Err(super::has_no_rule(&node.op)),
    }
}

/// The partial derivative of an elementwise op with respect to operand `k`.
fn partial(w: &mut dyn Emit, node: &Node, k: usize) -> Result<Partial> {
    match node.op {
        Op::Unary(op) => unary::partial(w, op, node.inputs[0], node.outputs[0]),
        Op::Binary(op) => binary::partial(w, op, [node.inputs[0], node.inputs[1]], node.outputs[0], k),
        // a * b + c
        _ => match k {
            0 => Ok(Partial::Scale(w.primal(node.inputs[1])?)),
            1 => Ok(Partial::Scale(w.primal(node.inputs[0])?)),
            _ => Ok(Partial::One),
        },
    }
}

fn partial_jvp(w: &mut dyn Emit, node: &Node, tangents: &[Option<ValueId>]) -> Result<ValueId> {
    let mut sum = None;
    for (k, &tangent) in tangents.iter().enumerate() {
        let Some(tangent) = tangent else { continue };
        let Some(term) = partial(w, node, k)?.times(w, tangent)? else { continue };
        sum = Some(match sum {
            None => term,
            Some(sum) => w.add(sum, term)?,
        });
    }
    match sum {
        Some(sum) => Ok(sum),
        None => zero_of(w, node),
    }
}

fn zero_of(w: &mut dyn Emit, node: &Node) -> Result<ValueId> {
    let ty = w.ty(node.outputs[0]);
    w.zeros(&ty)
}

/// An op that is linear in its first operand, on that operand's tangent.
fn along(w: &mut dyn Emit, node: &Node, tangents: &[Option<ValueId>]) -> Result<ValueId> {
    let Some(tangent) = tangents[0] else { return zero_of(w, node) };
    let mut inputs = vec![tangent];
    for &v in &node.inputs[1..] {
        inputs.push(w.primal(v)?);
    }
    w.push(node.op.clone(), &inputs)
}

/// An op that is linear in its float operands together, on their tangents.
fn with_zeros(w: &mut dyn Emit, node: &Node, tangents: &[Option<ValueId>]) -> Result<ValueId> {
    let mut inputs = Vec::with_capacity(tangents.len());
    for (&v, &tangent) in node.inputs.iter().zip(tangents) {
        let ty = w.ty(v);
        inputs.push(match tangent {
            Some(tangent) => tangent,
            None if ty.dtype.is_float() => w.zeros(&ty)?,
            None => w.primal(v)?,
        });
    }
    w.push(node.op.clone(), &inputs)
}
