//! Transposes of ops that only rearrange elements.

use super::super::emit::Emit;
use super::Contributions;
use crate::error::Result;
use crate::graph::{Node, ValueId};
use crate::op::{Axis, Op};

pub(super) fn vjp(w: &mut dyn Emit, node: &Node, d: ValueId, to: &mut Contributions<'_>) -> Result<()> {
    let x = w.ty(node.inputs[0]);
    match &node.op {
        Op::Broadcast(shape) => {
            let added = shape.len() - x.rank();
            let repeated = |k: &usize| *k < added || (x.shape[k - added] == 1 && shape[*k] != 1);
            let axes: Vec<usize> = (0..shape.len()).filter(repeated).collect();
            let sum = w.sum(d, axes)?;
            let value = w.reshape(sum, &x.shape)?;
            to.give(0, value);
        }
        Op::Reshape(_) => {
            let value = w.reshape(d, &x.shape)?;
            to.give(0, value);
        }
        Op::Transpose(perm) => {
            let mut inverse = vec![0; perm.len()];
            perm.iter().enumerate().for_each(|(k, &p)| inverse[p] = k);
            let value = w.transpose(d, inverse)?;
            to.give(0, value);
        }
        Op::Concat { axis } => {
            let whole: Vec<Axis> = w.ty(d).shape.into_iter().map(Axis::full).collect();
            let mut start = 0;
            for (k, &v) in node.inputs.iter().enumerate() {
                let len = w.ty(v).shape[*axis];
                if to.wants(k) {
                    let mut axes = whole.clone();
                    axes[*axis] = Axis::Range { start, len, step: 1 };
                    let value = w.slice(d, axes)?;
                    to.give(k, value);
                }
                start += len;
            }
        }
        _ => {
            // Stack
            let mut axes: Vec<Axis> = w.ty(d).shape.into_iter().map(Axis::full).collect();
            axes[0] = Axis::At;
            for k in 0..node.inputs.len() {
                if to.wants(k) {
                    let at = w.usize(k)?;
                    let value = w.push(Op::Load { axes: axes.clone(), name: None }, &[d, at])?;
                    to.give(k, value);
                }
            }
        }
    }
    Ok(())
}
