//! Questions that several passes ask of a graph.

use super::types::{Graph, Node, Region, ValueId};
use crate::hash::HashSet;
use crate::op::{Axis, Op, scalar};

/// Calls `f` for every region from the outside in.
pub(crate) fn visit_regions<'g>(region: &'g Region, f: &mut impl FnMut(&'g Region)) {
    f(region);
    for node in &region.nodes {
        for inner in &node.regions {
            visit_regions(inner, f);
        }
    }
}

/// Calls `f` for every node, outer before inner.
pub(crate) fn for_each_node<'g>(region: &'g Region, f: &mut impl FnMut(&'g Node)) {
    visit_regions(region, &mut |r| r.nodes.iter().for_each(&mut *f));
}

/// The value of an integer that is a constant, wherever in the graph it stands.
pub(crate) fn constant(graph: &Graph, v: ValueId) -> Option<i128> {
    let mut found = None;
    for_each_node(&graph.body, &mut |node| {
        if let (Op::Const(literal), [out]) = (&node.op, &node.outputs[..])
            && *out == v
        {
            found = literal.as_i128();
        }
    });
    found
}

/// Removes nodes without results whose op is one of these.
pub(crate) fn remove_nodes(region: &mut Region, which: &impl Fn(&Op) -> bool) {
    region.nodes.retain(|node| !(node.outputs.is_empty() && which(&node.op)));
    region.nodes.iter_mut().flat_map(|node| &mut node.regions).for_each(|inner| remove_nodes(inner, which));
}

/// The values that a node's regions use from the scopes around it, in order of first use.
pub(crate) fn captures(node: &Node) -> Vec<ValueId> {
    free_values(&node.regions)
}

/// The values that a node and its regions use from the scopes around it.
pub(crate) fn uses(node: &Node) -> Vec<ValueId> {
    node.inputs.iter().copied().chain(captures(node)).collect()
}

/// The values that regions use from the scopes around them, in order of first use.
fn free_values(regions: &[Region]) -> Vec<ValueId> {
    let mut defined = HashSet::default();
    let mut seen = HashSet::default();
    let mut free = Vec::new();
    for region in regions {
        visit_regions(region, &mut |r| {
            defined.extend(r.params.iter().copied());
            defined.extend(r.nodes.iter().flat_map(|n| n.outputs.iter().copied()));
        });
    }
    let mut use_value = |v: ValueId| {
        if !defined.contains(&v) && seen.insert(v) {
            free.push(v);
        }
    };
    for region in regions {
        visit_regions(region, &mut |r| {
            r.nodes.iter().flat_map(|n| &n.inputs).for_each(|&v| use_value(v));
            r.results.iter().for_each(|&v| use_value(v));
        });
    }
    free
}

/// A region of `graph` as a graph by itself, whose ids it keeps: its parameters are the region's and then what the region
/// uses from around, which is given too.
pub(crate) fn closed(graph: &Graph, region: &Region) -> (Graph, Vec<ValueId>) {
    let around = free_values(std::slice::from_ref(region));
    let mut body = region.clone();
    body.params.extend(around.iter().copied());
    let (values, sites) = (graph.values.clone(), graph.sites.clone());
    (
        Graph { name: graph.name.clone(), values, sites, body, statics: Vec::new(), list_depths: Vec::new() },
        around,
    )
}

/// The node itself (not its regions) can raise an error at run time, or does something besides computing its result, so
/// it must stay even when that is not used.
pub(crate) fn may_fail(graph: &Graph, node: &Node) -> bool {
    match &node.op {
        // A loop may never end, or its index may leave its type.
        Op::Check { .. } | Op::While | Op::For { .. } => true,
        // Its effect must stay as an error must.
        Op::Print { .. } | Op::Progress { .. } => true,
        Op::Load { axes, .. } | Op::Store { axes, .. } => axes.iter().any(|a| match a {
            Axis::Range { .. } => false,
            Axis::At | Axis::Window { .. } => true,
        }),
        Op::Take { .. } | Op::Put { .. } => true,
        Op::Unary(op) => scalar::unary_may_fail(*op, graph.ty(node.inputs[0]).dtype),
        Op::Binary(op) => scalar::binary_may_fail(*op, graph.ty(node.inputs[0]).dtype),
        Op::Reduce { .. } | Op::CumSum { .. } | Op::Dot => graph.ty(node.inputs[0]).dtype.is_int(),
        _ => false,
    }
}
