//! Lists of structs that are written at an index which is only known at run time.
//!
//! A list of structs is staged as one scalar for each field of each element. Where it is indexed, those of one field are
//! stacked to an array, a *column*, and taken from it again after a write. Loops and branches that hand on all elements of
//! a column hand on the column instead: then a write changes one element where it lies.

use crate::dtype::{Literal, Type};
use crate::graph::{Graph, Node, Region, SiteId, ValueId, for_each_node};
use crate::hash::{HashMap, HashSet};
use crate::op::{Axis, Op};

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    let mut columns = Columns {
        graph,
        constants: HashMap::default(),
        elements: HashMap::default(),
        stacked: HashSet::default(),
        written: HashSet::default(),
        same: HashMap::default(),
    };
    columns.region(&mut body);
    let elements = columns.elements;
    let mut used: HashSet<ValueId> = HashSet::default();
    drop_unused(&mut body, &elements, &mut used);
    graph.body = body;
}

/// Elements at known places can be left out: their loads do not fail.
fn drop_unused(r: &mut Region, elements: &HashMap<ValueId, Element>, used: &mut HashSet<ValueId>) {
    used.extend(&r.results);
    let mut kept = Vec::with_capacity(r.nodes.len());
    for mut node in std::mem::take(&mut r.nodes).into_iter().rev() {
        if matches!(node.op, Op::Load { .. })
            && elements.contains_key(&node.outputs[0])
            && !used.contains(&node.outputs[0])
        {
            continue;
        }
        used.extend(&node.inputs);
        node.regions.iter_mut().for_each(|inner| drop_unused(inner, elements, used));
        kept.push(node);
    }
    kept.reverse();
    r.nodes = kept;
}

/// An array, and the place of one of its elements.
type Element = (ValueId, usize);

struct Columns<'g> {
    graph: &'g mut Graph,
    constants: HashMap<ValueId, Literal>,
    /// Scalars that were loaded from a known place.
    elements: HashMap<ValueId, Element>,
    /// Arrays of scalars that were stacked.
    stacked: HashSet<ValueId>,
    /// Those that were written to since.
    written: HashSet<ValueId>,
    /// Values that turned out to be another one.
    same: HashMap<ValueId, ValueId>,
}

impl Columns<'_> {
    fn resolve(&self, values: &mut [ValueId]) {
        for v in values {
            while let Some(&w) = self.same.get(v) {
                *v = w;
            }
        }
    }

    fn region(&mut self, r: &mut Region) {
        let mut nodes = Vec::with_capacity(r.nodes.len());
        for node in std::mem::take(&mut r.nodes) {
            self.node(node, &mut nodes);
        }
        r.nodes = nodes;
        self.resolve(&mut r.results);
    }

    fn node(&mut self, mut node: Node, into: &mut Vec<Node>) {
        self.resolve(&mut node.inputs);
        node.regions.iter_mut().for_each(|r| self.region(r));
        let mut behind = Vec::new();
        match &node.op {
            Op::Const(literal) => {
                self.constants.insert(node.outputs[0], *literal);
            }
            Op::Stack => {
                if let Some(column) = self.column(&node.inputs) {
                    self.same.insert(node.outputs[0], column);
                    return;
                }
                self.stacked.insert(node.outputs[0]);
            }
            Op::Store { .. } if self.stacked.contains(&node.inputs[0]) => {
                self.stacked.insert(node.outputs[0]);
                self.written.insert(node.outputs[0]);
            }
            Op::Load { axes, .. } if axes[..] == [Axis::At] => {
                let place = self.constants.get(&node.inputs[1]).and_then(|k| k.as_i128());
                let place = place.and_then(|k| usize::try_from(k).ok());
                if let Some(k) = place.filter(|&k| k < self.graph.ty(node.inputs[0]).shape[0]) {
                    self.elements.insert(node.outputs[0], (node.inputs[0], k));
                }
            }
            Op::Cond | Op::Switch => self.branch(&mut node, &mut behind),
            Op::For { .. } => self.carries(&mut node, [2, 1], into, &mut behind),
            Op::While => self.carries(&mut node, [0, 0], into, &mut behind),
            _ => {}
        }
        into.push(node);
        into.append(&mut behind);
    }

    /// The array whose elements these are, all of them in order.
    fn column(&self, values: &[ValueId]) -> Option<ValueId> {
        let &(array, _) = self.elements.get(values.first()?)?;
        let whole = self.graph.ty(array).shape == [values.len()]
            && values.iter().enumerate().all(|(k, v)| self.elements.get(v) == Some(&(array, k)));
        whole.then_some(array)
    }

    /// Where, among these values, all elements of a stack that was written to stand, for each such stack.
    fn written_columns(&self, values: &[ValueId]) -> Vec<Vec<usize>> {
        let mut found: Vec<(ValueId, Vec<Option<usize>>)> = Vec::new();
        for (at, v) in values.iter().enumerate() {
            let Some(&(array, k)) = self.elements.get(v).filter(|e| self.written.contains(&e.0)) else {
                continue;
            };
            let places = match found.iter_mut().find(|f| f.0 == array) {
                Some((_, places)) => places,
                None => {
                    found.push((array, vec![None; self.graph.ty(array).shape[0]]));
                    &mut found.last_mut().expect("just pushed").1
                }
            };
            places[k].get_or_insert(at);
        }
        found.into_iter().filter_map(|(_, places)| places.into_iter().collect()).collect()
    }

    /// Branches hand on columns.
    fn branch(&mut self, node: &mut Node, behind: &mut Vec<Node>) {
        while let Some(places) = node.regions.iter().find_map(|r| self.written_columns(&r.results).pop()) {
            for r in &mut node.regions {
                let values = extract(&mut r.results, &places);
                let column = self.stack(&values, node.site, &mut r.nodes);
                r.results.push(column);
            }
            let outputs = extract(&mut node.outputs, &places);
            let column = self.array_of(outputs[0], outputs.len());
            node.outputs.push(column);
            self.take_apart(column, &outputs, node.site, behind);
        }
    }

    /// Loops carry columns, where the body stacks what it carries; `first` and
    /// `own` are the numbers of inputs and of parameters before the carries.
    fn carries(
        &mut self,
        node: &mut Node,
        [first, own]: [usize; 2],
        before: &mut Vec<Node>,
        behind: &mut Vec<Node>,
    ) {
        let site = node.site;
        let mut changed = false;
        while let Some(places) = self.carried_column(node, own) {
            let behind_own = |n: usize| places.iter().map(|k| k + n).collect::<Vec<_>>();
            let start = extract(&mut node.inputs, &behind_own(first));
            let start = self.stack(&start, site, before);
            node.inputs.push(start);
            for r in &mut node.regions {
                let params = extract(&mut r.params, &behind_own(own));
                let column = self.array_of(params[0], params.len());
                r.params.push(column);
                let mut nodes = Vec::new();
                self.take_apart(column, &params, site, &mut nodes);
                nodes.append(&mut r.nodes);
                r.nodes = nodes;
            }
            let body = node.regions.last_mut().expect("a loop has a body");
            let values = extract(&mut body.results, &places);
            body.results.push(self.column(&values).expect("just found"));
            let outputs = extract(&mut node.outputs, &places);
            let column = self.array_of(outputs[0], outputs.len());
            node.outputs.push(column);
            self.take_apart(column, &outputs, site, behind);
            changed = true;
        }
        if changed {
            // Stacks of what is carried are now the column.
            node.regions.iter_mut().for_each(|r| self.region(r));
        }
    }

    fn carried_column(&self, node: &Node, own: usize) -> Option<Vec<usize>> {
        let body = node.regions.last()?;
        self.written_columns(&body.results).into_iter().find(|places| {
            let params: Vec<ValueId> = places.iter().map(|k| body.params[own + k]).collect();
            stacks(body, &params)
        })
    }

    /// A new array of `n` elements like this one.
    fn array_of(&mut self, element: ValueId, n: usize) -> ValueId {
        let info = self.graph.values[element.index()].clone();
        let column = self.graph.new_value(Type::new(info.ty.dtype, vec![n]), info.name);
        self.stacked.insert(column);
        self.written.insert(column);
        column
    }

    /// The array of these values, made at the end of these nodes if need be.
    fn stack(&mut self, values: &[ValueId], site: SiteId, nodes: &mut Vec<Node>) -> ValueId {
        if let Some(column) = self.column(values) {
            return column;
        }
        let column = self.array_of(values[0], values.len());
        self.graph.values[column.index()].name = None;
        let alike = values.iter().all(|v| v == &values[0]);
        let (op, inputs) = match alike {
            true => (Op::Broadcast(vec![values.len()]), vec![values[0]]),
            false => (Op::Stack, values.to_vec()),
        };
        nodes.push(Node { op, inputs, outputs: vec![column], regions: Vec::new(), site });
        column
    }

    /// Gives these values what stands in the array.
    fn take_apart(&mut self, array: ValueId, values: &[ValueId], site: SiteId, nodes: &mut Vec<Node>) {
        for (k, &value) in values.iter().enumerate() {
            let literal = Literal::Usize(k);
            let place = self.graph.new_value(Type::scalar(literal.dtype()), None);
            self.constants.insert(place, literal);
            self.elements.insert(value, (array, k));
            let constant = Op::Const(literal);
            let load = Op::Load { axes: vec![Axis::At], name: None };
            nodes.push(Node {
                op: constant,
                inputs: Vec::new(),
                outputs: vec![place],
                regions: Vec::new(),
                site,
            });
            let inputs = vec![array, place];
            nodes.push(Node { op: load, inputs, outputs: vec![value], regions: Vec::new(), site });
        }
    }
}

/// Takes the values at these places out.
fn extract(values: &mut Vec<ValueId>, places: &[usize]) -> Vec<ValueId> {
    let taken = places.iter().map(|&k| values[k]).collect();
    let places: HashSet<usize> = places.iter().copied().collect();
    let mut at = 0..;
    values.retain(|_| !at.next().is_some_and(|k| places.contains(&k)));
    taken
}

/// These values are stacked in the region.
fn stacks(r: &Region, values: &[ValueId]) -> bool {
    let mut found = false;
    for_each_node(r, &mut |node| found |= node.op == Op::Stack && node.inputs == values);
    found
}
