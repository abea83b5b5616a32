//! Bounds of integers that a loop never leaves: what starts at 4 and only grows stays above 3, so that
//! `while multiple <= n { prime[multiple] = false; multiple += p; }` needs no check of its index.

use super::Lower;
use crate::dtype::DType;
use crate::graph::{Node, Region, ValueId};
use crate::hash::HashMap;
use crate::kernel::ranges::Interval;
use crate::op::Op;
use crate::op::range::{self, Range};

/// Larger bodies are not looked at.
const LONG: usize = 400;

/// One end of the range that a carry starts from, where no iteration leaves it.
#[derive(Clone, Copy)]
struct Kept {
    start: Range,
    whole: Range,
    least: bool,
    most: bool,
}

impl Kept {
    fn range(&self) -> Range {
        let least = if self.least { self.start.0 } else { self.whole.0 };
        let most = if self.most { self.start.1 } else { self.whole.1 };
        (least, most)
    }
}

impl Lower<'_> {
    /// The ranges of the integers that a loop carries, in the order of `inits`: those that hold of the values at the start,
    /// and of the new values in every iteration where they hold of the old ones.
    pub(super) fn kept(&self, node: &Node, inits: &[ValueId]) -> Vec<Option<Interval>> {
        let Some(body) = node.regions.last() else { return vec![None; inits.len()] };
        let mut kept: Vec<Option<Kept>> = inits.iter().map(|&init| self.start(init)).collect();
        let mut nodes = 0;
        crate::graph::for_each_node(body, &mut |_| nodes += 1);
        if nodes > LONG {
            return vec![None; inits.len()];
        }
        let params = &body.params[body.params.len() - inits.len()..];
        // Each round gives up an end, or is the last one.
        loop {
            let mut values = Values { lower: self, known: HashMap::default() };
            if let (Op::For { step, .. }, [index, ..]) = (&node.op, &body.params[..]) {
                values.known.extend(values.index(node, *step).map(|found| (*index, found)));
            }
            let assumed = params.iter().zip(&kept);
            values.known.extend(assumed.filter_map(|(&p, kept)| Some((p, kept.as_ref()?.range()))));
            values.region(body);
            let mut changed = false;
            for (kept, &result) in kept.iter_mut().zip(&body.results) {
                let Some(kept) = kept else { continue };
                let found = values.value(result).unwrap_or(kept.whole);
                let holds = (found.0 >= kept.start.0, found.1 <= kept.start.1);
                changed |= (kept.least && !holds.0) || (kept.most && !holds.1);
                (kept.least, kept.most) = (kept.least && holds.0, kept.most && holds.1);
            }
            if !changed {
                break;
            }
        }
        let range = |kept: &Kept| {
            let (lo, hi) = kept.range();
            Interval::new(lo, hi)
        };
        kept.iter().map(|kept| kept.as_ref().map(range)).collect()
    }

    fn start(&self, init: ValueId) -> Option<Kept> {
        let ty = self.graph.ty(init);
        let whole = range::limits(ty.dtype).filter(|_| ty.is_scalar())?;
        let start = Values { lower: self, known: HashMap::default() }.value(init)?;
        Some(Kept { start, whole, least: true, most: true })
    }
}

/// What integers of a loop's body can be.
struct Values<'a, 'l> {
    lower: &'a Lower<'l>,
    known: HashMap<ValueId, Range>,
}

impl Values<'_, '_> {
    fn value(&self, v: ValueId) -> Option<Range> {
        let outside = || {
            let r = self.lower.scalars.get(&v)?;
            let Interval { lo, hi } = self.lower.range(*r).0;
            (!self.lower.info(*r).dtype.is_float()).then_some((lo, hi))
        };
        let constant = || self.lower.outer_constants.get(&v)?.as_i128().map(|x| (x, x));
        let found = self.known.get(&v).copied().or_else(constant).or_else(outside)?;
        range::within(found, self.lower.graph.ty(v).dtype)
    }

    fn region(&mut self, region: &Region) {
        for node in &region.nodes {
            if let (Op::For { step, .. }, [inner, ..]) = (&node.op, &node.regions[..]) {
                self.known.extend(self.index(node, *step).map(|found| (inner.params[0], found)));
            }
            node.regions.iter().for_each(|inner| self.region(inner));
            for (k, &out) in node.outputs.iter().enumerate() {
                let ty = self.lower.graph.ty(out);
                if ty.is_scalar()
                    && ty.dtype != DType::Bool
                    && let Some(found) = self.result(node, k)
                    && let Some(found) = range::within(found, ty.dtype)
                {
                    self.known.insert(out, found);
                }
            }
        }
    }

    /// What the `k`th result of a node can be, where no error is reported.
    fn result(&self, node: &Node, k: usize) -> Option<Range> {
        let operand = |k: usize| self.value(node.inputs[k]);
        match node.op {
            Op::Const(literal) => literal.as_i128().map(|x| (x, x)),
            Op::Cast(to) => operand(0).filter(|found| range::fits(*found, to)),
            Op::Binary(op) => range::binary(op, operand(0)?, operand(1)?),
            Op::Select => Some(range::either(operand(1)?, operand(2)?)),
            Op::Cond | Op::Switch => {
                let mut arms = node.regions.iter().map(|arm| self.value(arm.results[k]));
                let first = arms.next()??;
                arms.try_fold(first, |all, arm| Some(range::either(all, arm?)))
            }
            _ => None,
        }
    }

    fn index(&self, node: &Node, step: i64) -> Option<Range> {
        range::index(self.value(node.inputs[0])?, self.value(node.inputs[1])?, step)
    }
}
