//! Integers that a loop counts with: `n += 1`, perhaps only where a condition holds. A bounded number of
//! bounded steps cannot overflow, so that such an addition needs no check.

use super::Lower;
use crate::dtype::DType;
use crate::graph::{Node, Region, ValueId};
use crate::kernel::inst::Reg;
use crate::kernel::ranges::Interval;
use crate::op::{BinaryOp, Op};

impl Lower<'_> {
    /// The range of the `k`th carry of a `for` that starts with `init`.
    pub(super) fn counted(&self, node: &Node, k: usize, init: Reg) -> Option<Interval> {
        let Op::For { .. } = node.op else { return None };
        let dtype = self.info(init).dtype;
        if dtype.is_float() || dtype == DType::Bool {
            return None;
        }
        let region = &node.regions[0];
        let (param, result) = (region.params[k + 1], region.results[k]);
        let step = self.steps(&[region], param, result, 0)?;
        let trips = self.range(self.scalar(node.inputs[1]).ok()?).0;
        let total = step.mul(Interval::new(0, trips.hi.max(0)));
        let range = self.range(init).0.add(total);
        range.within(Interval::of(dtype)).then_some(range)
    }

    /// How much `v` can differ from `param`. `regions` are those around the place where `v` is used.
    fn steps(&self, regions: &[&Region], param: ValueId, v: ValueId, depth: usize) -> Option<Interval> {
        if v == param {
            return Some(Interval::point(0));
        }
        if depth > 16 {
            return None;
        }
        let node = regions.iter().rev().find_map(|r| r.nodes.iter().find(|n| n.outputs.contains(&v)))?;
        let constant = |v: ValueId| match self.outer_constants.get(&v) {
            Some(literal) => literal.as_i128(),
            None => None,
        };
        let position = node.outputs.iter().position(|&o| o == v)?;
        let both = |a: Option<Interval>, b: Option<Interval>| Some(a?.or(b?));
        match &node.op {
            Op::Binary(BinaryOp::Add) => {
                let (a, b) = (node.inputs[0], node.inputs[1]);
                let (x, n) = constant(b).map(|n| (a, n)).or_else(|| constant(a).map(|n| (b, n)))?;
                Some(self.steps(regions, param, x, depth + 1)?.add(Interval::point(n)))
            }
            Op::Binary(BinaryOp::Sub) => {
                let n = constant(node.inputs[1])?;
                Some(self.steps(regions, param, node.inputs[0], depth + 1)?.sub(Interval::point(n)))
            }
            Op::Select => both(
                self.steps(regions, param, node.inputs[1], depth + 1),
                self.steps(regions, param, node.inputs[2], depth + 1),
            ),
            Op::Cond | Op::Switch => node.regions.iter().try_fold(None, |sum: Option<Interval>, inner| {
                let inside = [regions, &[inner][..]].concat();
                let one = self.steps(&inside, param, inner.results[position], depth + 1)?;
                Some(Some(sum.map_or(one, |s| s.or(one))))
            })?,
            Op::For { .. } => {
                let inner = &node.regions[0];
                let trips = constant(node.inputs[1])?;
                let before = self.steps(regions, param, node.inputs[2 + position], depth + 1)?;
                let step =
                    self.steps(&[inner], inner.params[1 + position], inner.results[position], depth + 1)?;
                Some(before.add(step.mul(Interval::new(0, trips.max(0)))))
            }
            _ => None,
        }
    }
}
