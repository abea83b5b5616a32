//! Removes what no result needs. What can raise an error at run time stays: native code would raise it.

use crate::graph::{Graph, Node, Region, ValueId, for_each_node, may_fail};
use crate::hash::HashSet;
use crate::op::Op;

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    let mut live: HashSet<ValueId> = body.results.iter().copied().collect();
    region(graph, &mut body, &mut live);
    graph.body = body;
}

/// A node must run for what it may report, whoever uses its results.
fn has_effect(graph: &Graph, node: &Node) -> bool {
    let mut effect = may_fail(graph, node);
    for inner in &node.regions {
        for_each_node(inner, &mut |n| effect |= may_fail(graph, n));
    }
    effect
}

/// Walks backwards; `live` holds what the code after this point needs.
fn region(graph: &Graph, r: &mut Region, live: &mut HashSet<ValueId>) {
    let mut kept = Vec::with_capacity(r.nodes.len());
    for mut node in std::mem::take(&mut r.nodes).into_iter().rev() {
        let used = node.outputs.iter().any(|v| live.contains(v));
        if !used && !has_effect(graph, &node) {
            continue;
        }
        match node.op {
            Op::Cond | Op::Switch => drop_unused_results(&mut node, live),
            Op::For { .. } => drop_unused_carries(graph, &mut node, 2, live),
            Op::While => drop_unused_carries(graph, &mut node, 0, live),
            _ => {}
        }
        for inner in &mut node.regions {
            live.extend(inner.results.iter().copied());
            region(graph, inner, live);
        }
        live.extend(node.inputs.iter().copied());
        kept.push(node);
    }
    kept.reverse();
    r.nodes = kept;
}

fn drop_unused_results(node: &mut Node, live: &HashSet<ValueId>) {
    let keep: Vec<bool> = node.outputs.iter().map(|v| live.contains(v)).collect();
    retain(&mut node.outputs, &keep);
    for inner in &mut node.regions {
        retain(&mut inner.results, &keep);
    }
}

/// A carry goes when nobody reads it after the loop and nothing inside needs it, itself aside.
fn drop_unused_carries(graph: &Graph, node: &mut Node, first: usize, live: &HashSet<ValueId>) {
    let params_before = usize::from(first > 0);
    let n = node.outputs.len();
    let mut keep: Vec<bool> = node.outputs.iter().map(|v| live.contains(v)).collect();
    let body = node.regions.len() - 1;
    loop {
        // What the loop needs when only the kept carries are yielded.
        let mut needed: HashSet<ValueId> = HashSet::default();
        for (k, inner) in node.regions.iter().enumerate() {
            let results = inner.results.iter().enumerate();
            needed.extend(results.filter(|(j, _)| k != body || keep[*j]).map(|(_, &v)| v));
        }
        for inner in &node.regions {
            needs(graph, inner, &mut needed);
        }
        let mut changed = false;
        for (j, kept) in keep.iter_mut().enumerate().take(n) {
            let read = node.regions.iter().any(|r| {
                let offset = if r.params.len() > n { params_before } else { 0 };
                needed.contains(&r.params[offset + j])
            });
            if !*kept && read {
                *kept = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    retain(&mut node.outputs, &keep);
    let with_head = |list: &mut Vec<ValueId>, head: usize| {
        let mut all = vec![true; head];
        all.extend(&keep);
        retain(list, &all);
    };
    with_head(&mut node.inputs, first);
    for (k, inner) in node.regions.iter_mut().enumerate() {
        let head = if first > 0 { params_before } else { 0 };
        with_head(&mut inner.params, head);
        if k == body {
            with_head(&mut inner.results, 0);
        }
    }
}

/// Adds everything that the needed values, and what may fail, depend on inside a region.
fn needs(graph: &Graph, region: &Region, needed: &mut HashSet<ValueId>) {
    for node in region.nodes.iter().rev() {
        let used = node.outputs.iter().any(|v| needed.contains(v));
        if !used && !has_effect(graph, node) {
            continue;
        }
        needed.extend(node.inputs.iter().copied());
        for inner in &node.regions {
            needed.extend(inner.results.iter().copied());
            for_each_node(inner, &mut |n| needed.extend(n.inputs.iter().copied()));
            crate::graph::visit_regions(inner, &mut |r| needed.extend(r.results.iter().copied()));
        }
    }
}

fn retain(list: &mut Vec<ValueId>, keep: &[bool]) {
    let mut k = 0;
    list.retain(|_| {
        k += 1;
        keep[k - 1]
    });
}
