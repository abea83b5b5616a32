//! Puts the nodes of a call in its place: its rule matters to derivatives only.

use crate::graph::{Graph, Node, Region, ValueId};
use crate::hash::HashMap;
use crate::op::Op;

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    region(&mut body, &mut HashMap::default());
    graph.body = body;
}

/// `is`: what parameters and results of calls are.
fn region(r: &mut Region, is: &mut HashMap<ValueId, ValueId>) {
    let mut nodes = Vec::with_capacity(r.nodes.len());
    for node in std::mem::take(&mut r.nodes) {
        place(node, &mut nodes, is);
    }
    r.nodes = nodes;
    resolve(&mut r.results, is);
}

fn resolve(values: &mut [ValueId], is: &HashMap<ValueId, ValueId>) {
    for v in values {
        // What a value is was resolved when it was entered.
        *v = is.get(v).copied().unwrap_or(*v);
    }
}

fn place(mut node: Node, into: &mut Vec<Node>, is: &mut HashMap<ValueId, ValueId>) {
    resolve(&mut node.inputs, is);
    if let Op::Call { .. } = node.op {
        let body = node.regions.swap_remove(0);
        is.extend(body.params.into_iter().zip(node.inputs));
        for inner in body.nodes {
            place(inner, into, is);
        }
        let mut results = body.results;
        resolve(&mut results, is);
        is.extend(node.outputs.into_iter().zip(results));
        return;
    }
    node.regions.iter_mut().for_each(|r| region(r, is));
    into.push(node);
}
