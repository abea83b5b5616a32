//! What a node does besides computing its results, by what is known of the integers of a graph: an index that is the
//! counter of a loop of known length is in range, so that a store to an array that nobody reads can go.

use crate::dtype::DType;
use crate::graph::{Graph, Node, Region, ValueId, may_fail};
use crate::hash::HashMap;
use crate::op::{Axis, BinaryOp, Op};

/// The least and the largest value.
type Range = (i128, i128);

pub(super) struct Effects<'g> {
    graph: &'g Graph,
    ranges: HashMap<ValueId, Range>,
}

impl<'g> Effects<'g> {
    pub fn of(graph: &'g Graph, body: &Region) -> Effects<'g> {
        let mut effects = Effects { graph, ranges: HashMap::default() };
        effects.region(body);
        effects
    }

    /// The node must run for what it may report, whoever uses its results.
    pub fn has(&self, node: &Node) -> bool {
        self.may_fail(node) || node.regions.iter().any(|r| r.nodes.iter().any(|n| self.has(n)))
    }

    fn region(&mut self, region: &Region) {
        for node in &region.nodes {
            if let Op::For { step, .. } = node.op
                && let Some((lo, hi)) = self.counter(node, step)
            {
                self.ranges.insert(node.regions[0].params[0], (lo, hi));
            }
            if let [out] = node.outputs[..]
                && let Some(range) = self.range(node)
                && let Some((least, most)) = limits(self.graph.ty(out).dtype)
            {
                // Otherwise it fails.
                self.ranges.insert(out, (range.0.max(least), range.1.min(most)));
            }
            node.regions.iter().for_each(|r| self.region(r));
        }
    }

    fn known(&self, v: ValueId) -> Option<Range> {
        self.ranges.get(&v).copied()
    }

    /// What the index of a loop can be.
    fn counter(&self, node: &Node, step: i64) -> Option<Range> {
        let (start, count) = (self.known(node.inputs[0])?, self.known(node.inputs[1])?);
        let way = (count.1 - 1).max(0).checked_mul(step.into())?;
        Some((start.0 + way.min(0), start.1 + way.max(0)))
    }

    fn range(&self, node: &Node) -> Option<Range> {
        let operand = |k: usize| self.known(node.inputs[k]);
        let pair = || Some((operand(0)?, operand(1)?));
        match node.op {
            Op::Const(literal) if literal.dtype().is_int() => literal.as_i128().map(|x| (x, x)),
            Op::Cast(to) => operand(0).filter(|range| fits(*range, to)),
            Op::Binary(op) => {
                let (a, b) = pair()?;
                exact(op, a, b)
            }
            Op::Select => {
                let (a, b) = (operand(1)?, operand(2)?);
                Some((a.0.min(b.0), a.1.max(b.1)))
            }
            _ => None,
        }
    }

    fn may_fail(&self, node: &Node) -> bool {
        may_fail(self.graph, node) && !self.is_proven(node)
    }

    /// It can't fail, by what its operands can be.
    fn is_proven(&self, node: &Node) -> bool {
        match &node.op {
            Op::For { step, .. } => {
                let index = self.graph.ty(node.regions[0].params[0]).dtype;
                self.counter(node, *step).is_some_and(|range| fits(range, index))
            }
            Op::Load { axes, .. } | Op::Store { axes, .. } => {
                let shape = &self.graph.ty(node.inputs[0]).shape;
                let mut indices = node.inputs[1..].iter();
                axes.iter().zip(shape).all(|(axis, &n)| {
                    let width = match axis {
                        Axis::Range { .. } => return true,
                        Axis::At => 1,
                        Axis::Window { len } => *len,
                    };
                    let range = indices.next().and_then(|&v| self.known(v));
                    range.is_some_and(|(lo, hi)| lo >= 0 && hi + width as i128 <= n as i128)
                })
            }
            Op::Binary(op) => {
                let dtype = self.graph.ty(node.inputs[0]).dtype;
                let pair = self.known(node.inputs[0]).zip(self.known(node.inputs[1]));
                pair.and_then(|(a, b)| exact(*op, a, b)).is_some_and(|range| fits(range, dtype))
            }
            _ => false,
        }
    }
}

/// The result in the integers.
fn exact(op: BinaryOp, a: Range, b: Range) -> Option<Range> {
    let ends = |f: fn(i128, i128) -> Option<i128>| {
        let all = [f(a.0, b.0)?, f(a.0, b.1)?, f(a.1, b.0)?, f(a.1, b.1)?];
        Some((*all.iter().min()?, *all.iter().max()?))
    };
    match op {
        BinaryOp::Add => ends(i128::checked_add),
        BinaryOp::Sub => ends(i128::checked_sub),
        BinaryOp::Mul => ends(i128::checked_mul),
        BinaryOp::Min => Some((a.0.min(b.0), a.1.min(b.1))),
        BinaryOp::Max => Some((a.0.max(b.0), a.1.max(b.1))),
        BinaryOp::Div if a.0 >= 0 && b.0 > 0 => Some((a.0 / b.1, a.1 / b.0)),
        BinaryOp::Rem if a.0 >= 0 && b.0 > 0 => Some((0, a.1.min(b.1 - 1))),
        _ => None,
    }
}

fn fits(range: Range, dtype: DType) -> bool {
    limits(dtype).is_some_and(|(least, most)| range.0 >= least && range.1 <= most)
}

fn limits(dtype: DType) -> Option<Range> {
    Some(match dtype {
        DType::I32 => (i32::MIN.into(), i32::MAX.into()),
        DType::U32 => (0, u32::MAX.into()),
        DType::I64 => (i64::MIN.into(), i64::MAX.into()),
        DType::U64 | DType::Usize => (0, u64::MAX.into()),
        _ => return None,
    })
}
