//! Elements of mapped parameters are read where they lie.
//!
//! ```text
//! x = xs[i, ..]; y = x[k]      ->      y = xs[i, k]
//! ```
//!
//! A copy of every element would be memory that all iterations share, and keeps them from running in parallel.

use super::in_place::{stacked_axis, within};
use crate::graph::{Graph, Node, Region, ValueId, visit_regions};
use crate::hash::{HashMap, HashSet};
use crate::op::Op;

/// The batch that an element is of, and the axis along which.
type Elements = HashMap<ValueId, (ValueId, usize)>;

/// Rewrites the body of a loop over a batch, whose counter is the position in it.
pub(super) fn run(graph: &Graph, body: &mut Region) {
    let mut elements = Elements::default();
    for node in &body.nodes {
        if let (Op::Load { axes, .. }, &[batch, index]) = (&node.op, &node.inputs[..])
            && index == body.params[0]
            && graph.body.params.contains(&batch)
            && let Some(axis) = stacked_axis(axes, &graph.ty(batch).shape)
        {
            elements.insert(node.outputs[0], (batch, axis));
        }
    }
    let index = body.params[0];
    body.nodes.iter_mut().for_each(|node| rewrite(&elements, node, index));
    // These can't fail, which other passes do not know.
    let mut used: HashSet<ValueId> = HashSet::default();
    visit_regions(body, &mut |region| {
        used.extend(region.results.iter().chain(region.nodes.iter().flat_map(|n| &n.inputs)).copied());
    });
    let is_unused = |v: &ValueId| elements.contains_key(v) && !used.contains(v);
    body.nodes.retain(|node| !node.outputs.iter().any(is_unused));
}

fn rewrite(elements: &Elements, node: &mut Node, index: ValueId) {
    for region in &mut node.regions {
        region.nodes.iter_mut().for_each(|node| rewrite(elements, node, index));
    }
    if let Op::Load { axes, .. } = &mut node.op
        && let Some(&(batch, axis)) = elements.get(&node.inputs[0])
    {
        node.inputs[0] = batch;
        within(axes, &mut node.inputs, axis, index);
    }
}
