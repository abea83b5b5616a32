//! Removes what no result needs. What can raise an error at run time stays: native code would raise it.

use super::effects::Effects;
use crate::graph::{Graph, Node, Region, ValueId, for_each_node};
use crate::hash::HashSet;
use crate::op::Op;

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    let mut live: HashSet<ValueId> = body.results.iter().copied().collect();
    region(&Effects::of(graph, &body), &mut body, &mut live);
    graph.body = body;
}

/// Walks backwards; `live` holds what the code after this point needs.
fn region(effects: &Effects<'_>, r: &mut Region, live: &mut HashSet<ValueId>) {
    let mut kept = Vec::with_capacity(r.nodes.len());
    for mut node in std::mem::take(&mut r.nodes).into_iter().rev() {
        let used = node.outputs.iter().any(|v| live.contains(v));
        if !used && !effects.has(&node) {
            continue;
        }
        match node.op {
            Op::Cond | Op::Switch => drop_unused_results(&mut node, live),
            Op::For { .. } => drop_unused_carries(effects, &mut node, 2, live),
            Op::While => drop_unused_carries(effects, &mut node, 0, live),
            _ => {}
        }
        for inner in &mut node.regions {
            live.extend(inner.results.iter().copied());
            region(effects, inner, live);
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
fn drop_unused_carries(effects: &Effects<'_>, node: &mut Node, first: usize, live: &HashSet<ValueId>) {
    let keep = needed_carries(effects, node, &mut live.clone());
    retain(&mut node.outputs, &keep);
    let with_head = |list: &mut Vec<ValueId>, head: usize| {
        let mut all = vec![true; head];
        all.extend(&keep);
        retain(list, &all);
    };
    with_head(&mut node.inputs, first);
    let body = node.regions.len() - 1;
    for (k, inner) in node.regions.iter_mut().enumerate() {
        with_head(&mut inner.params, usize::from(first > 0));
        if k == body {
            with_head(&mut inner.results, 0);
        }
    }
}

/// Which carries of a loop are needed, where `needed` are the values that are needed behind it; adds those that are
/// needed inside.
fn needed_carries(effects: &Effects<'_>, node: &Node, needed: &mut HashSet<ValueId>) -> Vec<bool> {
    let mut keep: Vec<bool> = node.outputs.iter().map(|v| needed.contains(v)).collect();
    let body = node.regions.len() - 1;
    loop {
        // What the loop needs when only the kept carries are yielded.
        for (k, inner) in node.regions.iter().enumerate() {
            let results = inner.results.iter().enumerate();
            needed.extend(results.filter(|(j, _)| k != body || keep[*j]).map(|(_, &v)| v));
            needs(effects, inner, needed);
        }
        let carried = |r: &Region, j: usize| r.params[r.params.len() - keep.len() + j];
        let read: Vec<bool> = (0..keep.len())
            .map(|j| keep[j] || node.regions.iter().any(|r| needed.contains(&carried(r, j))))
            .collect();
        if read == keep {
            return keep;
        }
        keep = read;
    }
}

/// Adds everything that the needed values, and what may fail, depend on inside a region.
fn needs(effects: &Effects<'_>, region: &Region, needed: &mut HashSet<ValueId>) {
    for node in region.nodes.iter().rev() {
        let used = node.outputs.iter().any(|v| needed.contains(v));
        if !used && !effects.has(node) {
            continue;
        }
        match node.op {
            Op::For { .. } | Op::While => {
                let keep = needed_carries(effects, node, needed);
                let (head, carried) = node.inputs.split_at(node.inputs.len() - keep.len());
                needed.extend(head);
                needed.extend(carried.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(v, _)| v));
            }
            Op::Cond | Op::Switch => {
                let used: Vec<bool> = node.outputs.iter().map(|v| needed.contains(v)).collect();
                needed.extend(&node.inputs);
                for inner in &node.regions {
                    needed.extend(inner.results.iter().zip(&used).filter(|(_, used)| **used).map(|(v, _)| v));
                    needs(effects, inner, needed);
                }
            }
            _ => {
                needed.extend(&node.inputs);
                for inner in &node.regions {
                    for_each_node(inner, &mut |n| needed.extend(n.inputs.iter().copied()));
                    crate::graph::visit_regions(inner, &mut |r| needed.extend(r.results.iter().copied()));
                }
            }
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
