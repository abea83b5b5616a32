//! Matrix products of one element are written out as sums.
//!
//! A product inside of a loop has no compiled form. As a nest of sums it has, and the kernels make one large product
//! of the whole batch of it where that is worth it.

use crate::dtype::{DType, Literal, Type};
use crate::graph::{Graph, Node, Region, SiteId, ValueId};
use crate::op::{Axis, BinaryOp, Op, StoreMode};

/// The graph with the products written out in those nodes of its body for which `chosen` is true.
pub(super) fn written_out(graph: &Graph, chosen: &[bool]) -> Graph {
    let mut graph = graph.clone();
    let nodes = std::mem::take(&mut graph.body.nodes);
    for (node, &chosen) in nodes.into_iter().zip(chosen) {
        match chosen {
            true => {
                let nodes = replaced(&mut graph, node);
                graph.body.nodes.extend(nodes);
            }
            false => graph.body.nodes.push(node),
        }
    }
    graph
}

fn replaced(graph: &mut Graph, mut node: Node) -> Vec<Node> {
    for region in &mut node.regions {
        let nodes = std::mem::take(&mut region.nodes);
        region.nodes = nodes.into_iter().flat_map(|node| replaced(graph, node)).collect();
    }
    match node.op {
        Op::Dot if !graph.ty(node.outputs[0]).is_scalar() => {
            let mut sums = Sums { graph, nodes: Vec::new(), site: node.site };
            let result = sums.product(node.inputs[0], node.inputs[1], node.outputs[0]);
            let mut nodes = sums.nodes;
            if let Some(outermost) = nodes.last_mut().filter(|n| n.outputs == [result]) {
                outermost.outputs = node.outputs;
            }
            nodes
        }
        _ => vec![node],
    }
}

struct Sums<'g> {
    graph: &'g mut Graph,
    nodes: Vec<Node>,
    site: SiteId,
}

/// The body of nested loops: from their counters and the carry to the carry.
type Body<'b> = &'b mut dyn FnMut(&mut Sums<'_>, &[ValueId], ValueId) -> ValueId;

impl Sums<'_> {
    fn push(&mut self, op: Op, inputs: Vec<ValueId>, ty: Type) -> ValueId {
        self.node(op, inputs, Vec::new(), ty)
    }

    fn node(&mut self, op: Op, inputs: Vec<ValueId>, regions: Vec<Region>, ty: Type) -> ValueId {
        let output = self.graph.new_value(ty, None);
        self.nodes.push(Node { op, inputs, outputs: vec![output], regions, site: self.site });
        output
    }

    fn constant(&mut self, literal: Literal) -> ValueId {
        self.push(Op::Const(literal), Vec::new(), Type::scalar(literal.dtype()))
    }

    /// `a . b`, of the type of `like`.
    fn product(&mut self, a: ValueId, b: ValueId, like: ValueId) -> ValueId {
        let (of_a, of_b) = (self.graph.ty(a).clone(), self.graph.ty(b).clone());
        let out = self.graph.ty(like).clone();
        let scalar = Type::scalar(out.dtype);
        // Whether there are rows of `a` and columns of `b`.
        let (rows, columns) = (of_a.rank() == 2, of_b.rank() == 2);
        let summed = of_b.shape[0];
        let zero = self.constant(Literal::zero(out.dtype));
        let zeros = self.push(Op::Broadcast(out.shape.clone()), vec![zero], out.clone());
        let element = |s: &mut Sums<'_>, array: ValueId, at: &[ValueId]| {
            let op = Op::Load { axes: vec![Axis::At; at.len()], name: None };
            s.push(op, [&[array], at].concat(), scalar.clone())
        };
        let dims = out.shape.clone();
        self.loops(&dims, zeros, &mut |s, at, result| {
            let zero = s.constant(Literal::zero(scalar.dtype));
            let sum = s.loops(&[summed], zero, &mut |s, k, sum| {
                let x = element(s, a, &[&at[..usize::from(rows)], k].concat());
                let column = if columns { &at[at.len() - 1..] } else { &[] };
                let y = element(s, b, &[k, column].concat());
                let term = s.push(Op::Binary(BinaryOp::Mul), vec![x, y], scalar.clone());
                s.push(Op::Binary(BinaryOp::Add), vec![sum, term], scalar.clone())
            });
            let axes = vec![Axis::At; at.len()];
            let store = Op::Store { axes, mode: StoreMode::Set, name: None };
            s.push(store, [&[result], at, &[sum]].concat(), out.clone())
        })
    }

    /// Loops over `dims`, each in the one before it.
    fn loops(&mut self, dims: &[usize], init: ValueId, body: Body<'_>) -> ValueId {
        self.nest(dims, &mut Vec::new(), init, body)
    }

    fn nest(&mut self, dims: &[usize], at: &mut Vec<ValueId>, init: ValueId, body: Body<'_>) -> ValueId {
        let Some((&n, inner)) = dims.split_first() else { return body(self, at, init) };
        let ty = self.graph.ty(init).clone();
        let (start, count) = (self.constant(Literal::Usize(0)), self.constant(Literal::Usize(n)));
        let index = self.graph.new_value(Type::scalar(DType::Usize), None);
        let carry = self.graph.new_value(ty.clone(), None);
        let around = std::mem::take(&mut self.nodes);
        at.push(index);
        let result = self.nest(inner, at, carry, body);
        at.pop();
        let nodes = std::mem::replace(&mut self.nodes, around);
        let region = Region { params: vec![index, carry], nodes, results: vec![result] };
        self.node(Op::For { step: 1, parallel: false }, vec![start, count, init], vec![region], ty)
    }
}
