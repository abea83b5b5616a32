//! What a node does besides computing its results, by what is known of the integers of a graph: an index that is the
//! counter of a loop of known length is in range, so that a store to an array that nobody reads can go.

use crate::graph::{Graph, Node, Region, ValueId, may_fail};
use crate::hash::HashMap;
use crate::op::range::{self, Range};
use crate::op::{Axis, Op, StoreMode};

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
                && let Some(range) = self.counter(node, step)
            {
                self.ranges.insert(node.regions[0].params[0], range);
            }
            if let [out] = node.outputs[..]
                && let Some(found) = self.range(node)
                && let Some(found) = range::within(found, self.graph.ty(out).dtype)
            {
                self.ranges.insert(out, found);
            }
            node.regions.iter().for_each(|r| self.region(r));
        }
    }

    fn known(&self, v: ValueId) -> Option<Range> {
        self.ranges.get(&v).copied()
    }

    /// What the index of a loop can be.
    fn counter(&self, node: &Node, step: i64) -> Option<Range> {
        range::index(self.known(node.inputs[0])?, self.known(node.inputs[1])?, step)
    }

    fn range(&self, node: &Node) -> Option<Range> {
        let operand = |k: usize| self.known(node.inputs[k]);
        match node.op {
            Op::Const(literal) if literal.dtype().is_int() => literal.as_i128().map(|x| (x, x)),
            Op::Cast(to) => operand(0).filter(|found| range::fits(*found, to)),
            Op::Binary(op) => range::binary(op, operand(0)?, operand(1)?),
            Op::Select => Some(range::either(operand(1)?, operand(2)?)),
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
                self.counter(node, *step).is_some_and(|found| range::fits(found, index))
            }
            // The sum of two integers may overflow, wherever it goes.
            Op::Store { mode, .. }
                if *mode != StoreMode::Set && self.graph.ty(node.outputs[0]).dtype.is_int() =>
            {
                false
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
                    let found = indices.next().and_then(|&v| self.known(v));
                    found.is_some_and(|(lo, hi)| lo >= 0 && hi + width as i128 <= n as i128)
                })
            }
            Op::Binary(op) => {
                let dtype = self.graph.ty(node.inputs[0]).dtype;
                let pair = self.known(node.inputs[0]).zip(self.known(node.inputs[1]));
                pair.and_then(|(a, b)| range::binary(*op, a, b))
                    .is_some_and(|found| range::fits(found, dtype))
            }
            _ => false,
        }
    }
}
