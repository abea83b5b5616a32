//! Rows of which elements are read or written: `list[i].x[k]`.
//!
//! Staged code takes row `i` of an array, takes or replaces element `k` of the row, and puts the row back. Here the element
//! is reached where it lies, and rows that nothing changed are not put back. Rows here are short, as the coordinates of a
//! particle are: of long ones (the states of a simulation on a tape) kernels do well with one of their own.

use super::effects::Effects;
use crate::graph::{Graph, Node, Region, ValueId, for_each_node, visit_regions};
use crate::hash::{HashMap, HashSet};
use crate::op::{Axis, Op, StoreMode};
use std::sync::Arc;

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    let mut rows = Rows {
        made: HashMap::default(),
        uses: uses(&body),
        proven: proven(&Effects::of(graph, &body), &body),
        written: HashSet::default(),
        same: HashMap::default(),
    };
    rows.region(graph, &mut body);
    graph.body = body;
}

/// How often each value is used.
fn uses(body: &Region) -> HashMap<ValueId, usize> {
    let mut uses = HashMap::default();
    let mut count = |values: &[ValueId]| values.iter().for_each(|v| *uses.entry(*v).or_default() += 1);
    for_each_node(body, &mut |node| count(&node.inputs));
    visit_regions(body, &mut |r| count(&r.results));
    uses
}

/// Blocks whose indices are in range: an error stays that of the array that the user named.
fn proven(effects: &Effects<'_>, body: &Region) -> HashSet<ValueId> {
    let mut proven = HashSet::default();
    for_each_node(body, &mut |node| {
        if matches!(node.op, Op::Load { .. } | Op::Store { .. }) && !effects.has(node) {
            proven.insert(node.outputs[0]);
        }
    });
    proven
}

/// At most so many elements are in a row.
const SHORT: usize = 16;

/// A block of an array.
#[derive(Clone, PartialEq)]
struct Block {
    array: ValueId,
    axes: Vec<Axis>,
    indices: Vec<ValueId>,
}

/// What a value is made by.
#[derive(Clone)]
enum Made {
    /// The elements of a block.
    Load(Block, Option<Arc<str>>),
    /// The array with other elements there.
    Store(Block, StoreMode, ValueId),
}

struct Rows {
    made: HashMap<ValueId, Made>,
    uses: HashMap<ValueId, usize>,
    proven: HashSet<ValueId>,
    /// Arrays that may have been written to in place: to read them later would take a copy.
    written: HashSet<ValueId>,
    /// Values that turned out to be another one.
    same: HashMap<ValueId, ValueId>,
}

impl Rows {
    fn resolve(&self, values: &mut [ValueId]) {
        for v in values {
            while let Some(&w) = self.same.get(v) {
                *v = w;
            }
        }
    }

    fn region(&mut self, graph: &Graph, r: &mut Region) {
        let mut nodes = Vec::with_capacity(r.nodes.len());
        for node in std::mem::take(&mut r.nodes) {
            nodes.extend(self.node(graph, node));
        }
        r.nodes = nodes;
        self.resolve(&mut r.results);
    }

    /// The node that takes its place; `None` where its result is there already.
    fn node(&mut self, graph: &Graph, mut node: Node) -> Option<Node> {
        self.resolve(&mut node.inputs);
        node.regions.iter_mut().for_each(|r| self.region(graph, r));
        let Some(made) = made(&node) else {
            if node.op.is_control() || matches!(node.op, Op::Put { .. }) {
                self.written.extend(&node.inputs);
            }
            return Some(node);
        };
        let out = node.outputs[0];
        match made {
            Made::Load(block, name) => {
                if let Some(Made::Store(stored, StoreMode::Set, value)) = self.made.get(&block.array)
                    && *stored == block
                    && graph.ty(*value) == graph.ty(out)
                {
                    self.same.insert(out, *value);
                    return None;
                }
                let row = self.row_of(&block, out).filter(|_| graph.ty(block.array).count() <= SHORT);
                let (block, name) = row.unwrap_or((block, name));
                node.op = Op::Load { axes: block.axes.clone(), name: name.clone() };
                node.inputs = [&[block.array], &block.indices[..]].concat();
                self.made.insert(out, Made::Load(block, name));
            }
            Made::Store(mut block, mut mode, mut value) => {
                if mode == StoreMode::Set {
                    if let Some(Made::Load(loaded, _)) = self.made.get(&value)
                        && *loaded == block
                    {
                        self.same.insert(out, block.array);
                        return None;
                    }
                    if graph.ty(value).count() <= SHORT
                        && let Some((part, how, element)) = self.element_of(&block, value)
                    {
                        (block, mode, value) = (part, how, element);
                    }
                }
                if let Op::Store { name, .. } = &node.op {
                    node.op = Op::Store { axes: block.axes.clone(), mode, name: name.clone() };
                }
                node.inputs = [&[block.array], &block.indices[..], &[value]].concat();
                self.written.insert(block.array);
                self.made.insert(out, Made::Store(block, mode, value));
            }
        }
        Some(node)
    }

    /// A block of a row, as one of the array that the row lies in.
    fn row_of(&self, block: &Block, out: ValueId) -> Option<(Block, Option<Arc<str>>)> {
        let Some(Made::Load(row, name)) = self.made.get(&block.array) else { return None };
        let here = self.proven.contains(&out) && !self.written.contains(&row.array);
        Some((here.then(|| inside(row, block)).flatten()?, name.clone()))
    }

    /// A row with a block of other elements, which is put back where it lay: as a write to that block of the array.
    fn element_of(&self, block: &Block, row: ValueId) -> Option<(Block, StoreMode, ValueId)> {
        let Some(Made::Store(part, mode, value)) = self.made.get(&row) else { return None };
        let Some(Made::Load(loaded, _)) = self.made.get(&part.array) else { return None };
        let once = self.uses.get(&row) == Some(&1) && self.proven.contains(&row);
        (once && loaded == block).then(|| Some((inside(loaded, part)?, *mode, *value))).flatten()
    }
}

fn made(node: &Node) -> Option<Made> {
    let block = |axes: &[Axis], indices: &[ValueId]| Block {
        array: node.inputs[0],
        axes: axes.to_vec(),
        indices: indices.to_vec(),
    };
    match &node.op {
        Op::Load { axes, name } => Some(Made::Load(block(axes, &node.inputs[1..]), name.clone())),
        Op::Store { axes, mode, .. } => {
            let (&value, rest) = node.inputs.split_last()?;
            Some(Made::Store(block(axes, rest.get(1..)?), *mode, value))
        }
        _ => None,
    }
}

/// A block of the row `outer`, in the array that this is a row of. Only of whole rows: all axes but those of the indices.
fn inside(outer: &Block, inner: &Block) -> Option<Block> {
    let (mut axes, mut indices) = (Vec::new(), Vec::new());
    let (mut own, mut outer_indices) = (inner.axes.iter(), outer.indices.iter());
    let mut inner_indices = inner.indices.iter();
    for axis in &outer.axes {
        match *axis {
            Axis::At => {
                axes.push(Axis::At);
                indices.push(*outer_indices.next()?);
            }
            Axis::Range { start: 0, step: 1, .. } => {
                let axis = *own.next()?;
                axes.push(axis);
                if axis.is_dynamic() {
                    indices.push(*inner_indices.next()?);
                }
            }
            _ => return None,
        }
    }
    Some(Block { array: outer.array, axes, indices })
}
