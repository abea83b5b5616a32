//! Which values take part in a derivative: those that vary with the inputs in question and on which a result in
//! question depends.

use super::rules::passes;
use crate::graph::{Graph, Node, Region, ValueId, uses};
use crate::op::{Op, Rule};

/// A set of values of one graph.
pub(super) struct Set(Vec<bool>);

impl Set {
    fn new(graph: &Graph) -> Set {
        Set(vec![false; graph.values.len()])
    }

    /// Values made after the set are not in it.
    pub fn has(&self, v: ValueId) -> bool {
        self.0.get(v.index()).copied().unwrap_or(false)
    }

    /// Whether it is new.
    fn add(&mut self, v: ValueId) -> bool {
        !std::mem::replace(&mut self.0[v.index()], true)
    }
}

fn is_float(graph: &Graph, v: ValueId) -> bool {
    graph.ty(v).dtype.is_float()
}

/// The first input of a loop that is carried.
pub(super) fn first_carry(op: &Op) -> usize {
    if *op == Op::While { 0 } else { 2 }
}

/// The region of a loop that is its body, and the first of its parameters that is carried.
pub(super) fn loop_body(node: &Node) -> (&Region, usize) {
    if node.op == Op::While { (&node.regions[1], 0) } else { (&node.regions[0], 1) }
}

/// The values whose tangents can be other than zero when those of `from` are.
pub(super) fn varied(graph: &Graph, from: &[ValueId]) -> Set {
    let mut set = Set::new(graph);
    for &v in from {
        set.add(v);
    }
    forward(graph, &graph.body, &mut set);
    set
}

fn forward(graph: &Graph, region: &Region, set: &mut Set) {
    for node in &region.nodes {
        match node.op {
            Op::For { .. } | Op::While => {
                let (body, first) = loop_body(node);
                let params = &body.params[first..];
                for (&param, &init) in params.iter().zip(&node.inputs[first_carry(&node.op)..]) {
                    if set.has(init) {
                        set.add(param);
                    }
                }
                loop {
                    forward(graph, body, set);
                    let mut changed = false;
                    for (&param, &result) in params.iter().zip(&body.results) {
                        changed |= set.has(result) && is_float(graph, param) && set.add(param);
                    }
                    if !changed {
                        break;
                    }
                }
                for (&param, &out) in params.iter().zip(&node.outputs) {
                    if set.has(param) {
                        set.add(out);
                    }
                }
            }
            Op::Cond | Op::Switch => {
                for branch in &node.regions {
                    forward(graph, branch, set);
                    for (&out, &result) in node.outputs.iter().zip(&branch.results) {
                        if set.has(result) {
                            set.add(out);
                        }
                    }
                }
            }
            Op::Call { rule, .. } => {
                let from = uses(node).into_iter().any(|v| set.has(v));
                for &out in node.outputs.iter().filter(|&&v| from && rule != Rule::Stop && is_float(graph, v))
                {
                    set.add(out);
                }
            }
            _ => {
                if node.inputs.iter().enumerate().any(|(k, &v)| set.has(v) && passes(graph, node, k)) {
                    for &out in &node.outputs {
                        set.add(out);
                    }
                }
            }
        }
    }
}

/// The values of which one of `to` is a function with a derivative.
pub(super) fn useful(graph: &Graph, to: &[ValueId]) -> Set {
    let mut set = Set::new(graph);
    for &v in to {
        set.add(v);
    }
    backward(graph, &graph.body, &mut set);
    set
}

fn backward(graph: &Graph, region: &Region, set: &mut Set) {
    for node in region.nodes.iter().rev() {
        match node.op {
            Op::For { .. } | Op::While => {
                let (body, first) = loop_body(node);
                let params = &body.params[first..];
                for (&param, &out) in params.iter().zip(&node.outputs) {
                    if set.has(out) {
                        set.add(param);
                    }
                }
                loop {
                    for (&param, &result) in params.iter().zip(&body.results) {
                        if set.has(param) && is_float(graph, result) {
                            set.add(result);
                        }
                    }
                    backward(graph, body, set);
                    let missing = params.iter().zip(&body.results);
                    if missing.into_iter().all(|(&p, &r)| !set.has(p) || set.has(r)) {
                        break;
                    }
                }
                for (&param, &init) in params.iter().zip(&node.inputs[first_carry(&node.op)..]) {
                    if set.has(param) {
                        set.add(init);
                    }
                }
            }
            Op::Cond | Op::Switch => {
                for branch in &node.regions {
                    for (&out, &result) in node.outputs.iter().zip(&branch.results) {
                        if set.has(out) {
                            set.add(result);
                        }
                    }
                    backward(graph, branch, set);
                }
            }
            Op::Call { rule, .. } => {
                let to = node.outputs.iter().any(|&v| set.has(v));
                for v in uses(node).into_iter().filter(|&v| to && rule != Rule::Stop && is_float(graph, v)) {
                    set.add(v);
                }
            }
            _ => {
                if node.outputs.iter().any(|&v| set.has(v)) {
                    for (k, &v) in node.inputs.iter().enumerate() {
                        if passes(graph, node, k) {
                            set.add(v);
                        }
                    }
                }
            }
        }
    }
}
