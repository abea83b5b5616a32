//! Derivatives of reading and writing blocks and rows. The cotangent of an array that a loop reads element by
//! element is written in place, so a gradient costs as much as the function, not as much as the array per element.

use super::super::emit::Emit;
use super::Contributions;
use crate::error::Result;
use crate::graph::{Node, ValueId};
use crate::op::{Axis, Op, StoreMode};
use std::sync::Arc;

/// The parts of a store of a block: array, index operands, value.
struct Block<'n> {
    axes: &'n [Axis],
    name: &'n Option<Arc<str>>,
    array: ValueId,
    index: Vec<ValueId>,
    value: ValueId,
}

impl Block<'_> {
    fn load(&self, w: &mut dyn Emit, from: ValueId) -> Result<ValueId> {
        let inputs: Vec<ValueId> = std::iter::once(from).chain(self.index.iter().copied()).collect();
        w.push(Op::Load { axes: self.axes.to_vec(), name: self.name.clone() }, &inputs)
    }

    fn store(&self, w: &mut dyn Emit, into: ValueId, mode: StoreMode, value: ValueId) -> Result<ValueId> {
        let index = self.index.iter().copied();
        let inputs: Vec<ValueId> = std::iter::once(into).chain(index).chain([value]).collect();
        w.push(Op::Store { axes: self.axes.to_vec(), mode, name: self.name.clone() }, &inputs)
    }
}

/// The indices are those of the primal graph at this point; the array and the value are not read here.
fn block<'n>(
    w: &mut dyn Emit,
    node: &'n Node,
    axes: &'n [Axis],
    name: &'n Option<Arc<str>>,
) -> Result<Block<'n>> {
    let last = node.inputs.len() - 1;
    let index = node.inputs[1..last].iter().map(|&v| w.primal(v)).collect::<Result<Vec<_>>>()?;
    Ok(Block { axes, name, array: node.inputs[0], index, value: node.inputs[last] })
}

fn or_zeros(w: &mut dyn Emit, tangent: Option<ValueId>, of: ValueId) -> Result<ValueId> {
    match tangent {
        Some(v) => Ok(v),
        None => {
            let ty = w.ty(of);
            w.zeros(&ty)
        }
    }
}

pub(super) fn store_jvp(w: &mut dyn Emit, node: &Node, tangents: &[Option<ValueId>]) -> Result<ValueId> {
    let of_array = tangents[0];
    let of_value = tangents[tangents.len() - 1];
    match &node.op {
        // Blocks and rows are set or added; the other modes are written out by now.
        Op::Store { axes, mode: mode @ (StoreMode::Set | StoreMode::Add), name } => {
            let block = block(w, node, axes, name)?;
            let into = or_zeros(w, of_array, block.array)?;
            if of_value.is_none() && *mode == StoreMode::Add {
                return Ok(into);
            }
            let value = or_zeros(w, of_value, block.value)?;
            block.store(w, into, *mode, value)
        }
        op @ Op::Store { .. } => Err(super::super::has_no_rule(op)),
        op => {
            let indices = w.primal(node.inputs[1])?;
            let into = or_zeros(w, of_array, node.inputs[0])?;
            let values = or_zeros(w, of_value, node.inputs[2])?;
            w.push(op.clone(), &[into, indices, values])
        }
    }
}

pub(super) fn vjp(w: &mut dyn Emit, node: &Node, d: ValueId, to: &mut Contributions<'_>) -> Result<()> {
    let array = w.ty(node.inputs[0]);
    match &node.op {
        Op::Load { axes, name } => {
            let into = to.take(w, 0, &array)?;
            let mut inputs = vec![into];
            for &v in &node.inputs[1..] {
                inputs.push(w.primal(v)?);
            }
            inputs.push(d);
            let op = Op::Store { axes: axes.clone(), mode: StoreMode::Add, name: name.clone() };
            let value = w.push(op, &inputs)?;
            to.give(0, value);
        }
        Op::Store { axes, mode, name } => {
            let block = block(w, node, axes, name)?;
            let value_at = node.inputs.len() - 1;
            match mode {
                StoreMode::Add => {
                    if to.wants(value_at) {
                        let value = block.load(w, d)?;
                        to.give(value_at, value);
                    }
                    if to.wants(0) {
                        to.give(0, d);
                    }
                }
                StoreMode::Set => {
                    if to.wants(value_at) {
                        let value = block.load(w, d)?;
                        to.give(value_at, value);
                    }
                    if to.wants(0) {
                        let ty = w.ty(block.value);
                        let zeros = w.zeros(&ty)?;
                        let rest = block.store(w, d, StoreMode::Set, zeros)?;
                        to.give(0, rest);
                    }
                }
                _ => return Err(super::super::has_no_rule(&node.op)),
            }
        }
        Op::Take { name } => {
            // Rows by a list: the indices of any rank are one list.
            let into = to.take(w, 0, &array)?;
            let indices = w.primal(node.inputs[1])?;
            let count = w.ty(indices).count();
            let list = w.reshape(indices, &[count])?;
            let rows: Vec<usize> = std::iter::once(count).chain(array.shape[1..].iter().copied()).collect();
            let values = w.reshape(d, &rows)?;
            let value =
                w.push(Op::Put { mode: StoreMode::Add, name: name.clone() }, &[into, list, values])?;
            to.give(0, value);
        }
        Op::Put { mode, name } => {
            let indices = w.primal(node.inputs[1])?;
            if to.wants(2) {
                let of_rows = w.push(Op::Take { name: name.clone() }, &[d, indices])?;
                let value = match mode {
                    StoreMode::Set => last_of_duplicates(w, array.shape[0], indices, of_rows)?,
                    _ => of_rows,
                };
                to.give(2, value);
            }
            if to.wants(0) {
                let rest = match mode {
                    StoreMode::Set => {
                        let ty = w.ty(node.inputs[2]);
                        let zeros = w.zeros(&ty)?;
                        w.push(node.op.clone(), &[d, indices, zeros])?
                    }
                    _ => d,
                };
                to.give(0, rest);
            }
        }
        op => return Err(super::super::has_no_rule(op)),
    }
    Ok(())
}

/// Of rows that were written several times only the last one counts: the others get zeros.
fn last_of_duplicates(w: &mut dyn Emit, rows: usize, indices: ValueId, values: ValueId) -> Result<ValueId> {
    use crate::dtype::{DType, Type};
    use crate::op::CmpOp;
    let ty = w.ty(values);
    let count = ty.shape[0];
    let order = w.push(Op::Iota { dtype: DType::I64, len: count }, &[])?;
    let winners = w.zeros(&Type::new(DType::I64, vec![rows]))?;
    let put = Op::Put { mode: StoreMode::Set, name: None };
    let winners = w.push(put, &[winners, indices, order])?;
    let winner = w.push(Op::Take { name: None }, &[winners, indices])?;
    let wins = w.compare(CmpOp::Eq, winner, order)?;
    let column: Vec<usize> = (0..ty.rank()).map(|k| if k == 0 { count } else { 1 }).collect();
    let wins = w.reshape(wins, &column)?;
    let wins = w.broadcast(wins, &ty.shape)?;
    w.masked(wins, values)
}
