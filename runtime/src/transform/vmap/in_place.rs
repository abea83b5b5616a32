//! Results that are built element by element are built where they are stacked.
//!
//! ```text
//! y = 0                                     for i in 0..size {
//! for j in 0..n { y[j] = .. }      ->           for j in 0..n { ys[i, j] = .. }
//! ys[i, ..] = y                             }
//! ```
//!
//! An array of its own for every element would be memory that all iterations over `i` share, and keeps them from
//! running in parallel. A batch of batches is such a loop, and so are most functions with loops.

use crate::graph::{Graph, Node, Region, ValueId, visit_regions};
use crate::hash::{HashMap, HashSet};
use crate::op::{Axis, Op, StoreMode};

/// Rewrites the body of node `at`, a loop over a batch, where it stores such results.
pub(super) fn run(graph: &mut Graph, at: usize, body: &mut Region) {
    for k in 0..body.results.len() {
        let Some(mut found) = find(graph, body, k) else { continue };
        let initial = graph.body.nodes[at].inputs[k + 2];
        found.starts_from_zero = is_zero(&graph.body, initial) && is_zero(body, found.root);
        found.rewrite(graph, body);
    }
}

/// A result that is built element by element.
struct Built {
    /// Which carry of the loop stacks it.
    carry: usize,
    /// The axis along which it is stacked.
    axis: usize,
    /// The array after each step of its construction.
    versions: HashSet<ValueId>,
    /// The array before the first step.
    root: ValueId,
    /// It consists of zeros, and so does the batch before anything is stored in it.
    starts_from_zero: bool,
}

/// Where a value comes from: which output of a node, or which parameter of a node's region.
#[derive(Clone, Copy)]
enum Origin<'r> {
    Output(&'r Node, usize),
    Param(&'r Node, usize),
}

/// What reads a value: which input of a node, or which result of a node's region.
#[derive(Clone, Copy)]
enum Reader<'r> {
    Input(&'r Node, usize),
    Result(&'r Node, usize),
}

/// Origins and readers of the values of a region and of those within.
#[derive(Default)]
struct Ways<'r> {
    origins: HashMap<ValueId, Origin<'r>>,
    readers: HashMap<ValueId, Vec<Reader<'r>>>,
}

impl<'r> Ways<'r> {
    fn new(body: &'r Region) -> Ways<'r> {
        let mut ways = Ways::default();
        visit_regions(body, &mut |region| region.nodes.iter().for_each(|node| ways.add(node)));
        ways
    }

    fn add(&mut self, node: &'r Node) {
        let mut reads = |v: ValueId, reader| self.readers.entry(v).or_default().push(reader);
        for (k, &v) in node.inputs.iter().enumerate() {
            reads(v, Reader::Input(node, k));
        }
        for region in &node.regions {
            region.results.iter().enumerate().for_each(|(k, &v)| reads(v, Reader::Result(node, k)));
            let params = region.params.iter().enumerate();
            self.origins.extend(params.map(|(k, &v)| (v, Origin::Param(node, k))));
        }
        let outputs = node.outputs.iter().enumerate();
        self.origins.extend(outputs.map(|(k, &v)| (v, Origin::Output(node, k))));
    }

    /// The carry of a loop that `v` is, outside or inside of it.
    fn carry(&self, v: ValueId) -> Option<(&'r Node, usize)> {
        match *self.origins.get(&v)? {
            Origin::Output(node, k) if matches!(node.op, Op::For { .. }) => Some((node, k)),
            Origin::Param(node, k) if matches!(node.op, Op::For { .. }) => Some((node, k.checked_sub(1)?)),
            _ => None,
        }
    }

    /// The store that makes `v`.
    fn store(&self, v: ValueId) -> Option<&'r Node> {
        match *self.origins.get(&v)? {
            Origin::Output(node, _) if matches!(node.op, Op::Store { .. }) => Some(node),
            _ => None,
        }
    }
}

/// Carry `k` of the loop with this body, if it stacks what is built element by element.
fn find(graph: &Graph, body: &Region, k: usize) -> Option<Built> {
    let ways = Ways::new(body);
    let last = ways.store(body.results[k])?;
    let Op::Store { axes, mode: StoreMode::Set, .. } = &last.op else { return None };
    let &[array, index, value] = &last.inputs[..] else { return None };
    let axis = stacked_axis(axes, &graph.ty(array).shape)?;
    // Iterations write elements of their own, and read nothing of the batch.
    let is_own = array == *body.params.get(k + 1)? && index == body.params[0];
    if !is_own || ways.readers.get(&array).is_none_or(|readers| readers.len() != 1) {
        return None;
    }
    let mut versions = HashSet::default();
    let mut roots = HashSet::default();
    let mut todo = vec![value];
    while let Some(v) = todo.pop() {
        if !versions.insert(v) {
            continue;
        }
        // It is a carry or made by a store, else nothing builds it; the steps before it are versions too.
        let mut before = Vec::new();
        match (ways.carry(v), ways.store(v)) {
            (Some((node, k)), _) => {
                before.push(node.inputs[k + 2]);
                todo.extend([node.outputs[k], node.regions[0].params[k + 1], node.regions[0].results[k]]);
            }
            (None, Some(node)) => before.push(node.inputs[0]),
            (None, None) => return None,
        }
        for v in before {
            match ways.carry(v).is_some() || ways.store(v).is_some() {
                true => todo.push(v),
                false => {
                    roots.insert(v);
                }
            }
        }
        if body.results.contains(&v) {
            return None;
        }
        for reader in ways.readers.get(&v).into_iter().flatten() {
            match *reader {
                Reader::Input(node, 0) if matches!(node.op, Op::Load { .. }) => {}
                Reader::Input(node, 0) if matches!(node.op, Op::Store { .. }) => todo.push(node.outputs[0]),
                Reader::Input(node, k) if k >= 2 && matches!(node.op, Op::For { .. }) => {
                    todo.push(node.outputs[k - 2]);
                }
                Reader::Result(node, k) if matches!(node.op, Op::For { .. }) => todo.push(node.outputs[k]),
                Reader::Input(node, 2) if node.outputs == last.outputs && v == value => {}
                _ => return None,
            }
        }
    }
    let mut roots = roots.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) => Some(Built { carry: k, axis, versions, root, starts_from_zero: false }),
        _ => None,
    }
}

impl Built {
    fn rewrite(&self, graph: &mut Graph, body: &mut Region) {
        let batch = body.params[self.carry + 1];
        let Some(last) = body.nodes.iter().position(|n| n.outputs == [body.results[self.carry]]) else {
            return;
        };
        let last = body.nodes.remove(last);
        body.results[self.carry] = last.inputs[2];
        let ty = graph.ty(batch).clone();
        for v in &self.versions {
            graph.values[v.index()].ty = ty.clone();
        }
        let start = if self.starts_from_zero { batch } else { graph.new_value(ty, None) };
        let nodes = std::mem::take(&mut body.nodes);
        body.nodes = nodes.into_iter().map(|node| self.node(node, start, body.params[0])).collect();
        if start != batch {
            let made = body.nodes.iter().position(|n| n.outputs.contains(&self.root));
            let inputs = vec![batch, body.params[0], self.root];
            let copy = Node { inputs, outputs: vec![start], ..last };
            body.nodes.insert(made.map_or(0, |at| at + 1), copy);
        }
    }

    fn node(&self, mut node: Node, start: ValueId, index: ValueId) -> Node {
        for region in &mut node.regions {
            let nodes = std::mem::take(&mut region.nodes);
            region.nodes = nodes.into_iter().map(|node| self.node(node, start, index)).collect();
        }
        match &mut node.op {
            Op::Load { axes, .. } if self.versions.contains(&node.inputs[0]) => {
                within(axes, &mut node.inputs, self.axis, index);
            }
            Op::Store { axes, .. } if self.versions.contains(&node.outputs[0]) => {
                if node.inputs[0] == self.root {
                    node.inputs[0] = start;
                }
                within(axes, &mut node.inputs, self.axis, index);
            }
            Op::For { .. } => {
                for (k, v) in node.outputs.iter().enumerate() {
                    if self.versions.contains(v) && node.inputs[k + 2] == self.root {
                        node.inputs[k + 2] = start;
                    }
                }
            }
            _ => {}
        }
        node
    }
}

/// Makes a block of an element one of the batch: position `index` along `axis`.
pub(super) fn within(axes: &mut Vec<Axis>, inputs: &mut Vec<ValueId>, axis: usize, index: ValueId) {
    let operands = axes[..axis].iter().filter(|axis| axis.is_dynamic()).count();
    axes.insert(axis, Axis::At);
    inputs.insert(1 + operands, index);
}

/// The axis of which these take one position, where they take all of the others.
pub(super) fn stacked_axis(axes: &[Axis], shape: &[usize]) -> Option<usize> {
    let axis = axes.iter().position(|axis| *axis == Axis::At)?;
    let mut others = axes.iter().zip(shape).enumerate();
    others.all(|(k, (a, &n))| k == axis || *a == Axis::full(n)).then_some(axis)
}

/// Whether `v` is an array of zeros.
fn is_zero(body: &Region, v: ValueId) -> bool {
    let made = |v: ValueId| body.nodes.iter().find(|n| n.outputs.contains(&v));
    let Some(Node { op: Op::Broadcast(_), inputs, .. }) = made(v) else { return false };
    match made(inputs[0]).map(|n| &n.op) {
        Some(Op::Const(literal)) => literal.bits() == 0,
        _ => false,
    }
}
