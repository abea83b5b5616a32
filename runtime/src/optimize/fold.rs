//! Constant folding: scalar ops on constants become constants; control flow on constants picks its branch.
//! An op that would fail stays, so that the error is raised when and only when it is executed.

use crate::dtype::Literal;
use crate::graph::{Graph, Node, Region, ValueId};
use crate::hash::HashMap;
use crate::op::{BinaryOp, Op, scalar};

pub(super) fn run(graph: &mut Graph) {
    let mut folder = Folder { known: HashMap::default(), same: HashMap::default() };
    let mut body = std::mem::take(&mut graph.body);
    folder.region(graph, &mut body);
    graph.body = body;
}

struct Folder {
    known: HashMap<ValueId, Literal>,
    /// Values that turned out to be another one.
    same: HashMap<ValueId, ValueId>,
}

impl Folder {
    fn resolve(&self, v: &mut ValueId) {
        while let Some(&w) = self.same.get(v) {
            *v = w;
        }
    }

    fn region(&mut self, graph: &Graph, region: &mut Region) {
        let mut nodes = Vec::with_capacity(region.nodes.len());
        for node in std::mem::take(&mut region.nodes) {
            self.node(graph, node, &mut nodes);
        }
        region.nodes = nodes;
        region.results.iter_mut().for_each(|v| self.resolve(v));
    }

    fn node(&mut self, graph: &Graph, mut node: Node, into: &mut Vec<Node>) {
        node.inputs.iter_mut().for_each(|v| self.resolve(v));
        let input = |k: usize| self.known.get(&node.inputs[k]).copied();
        let picked = match (&node.op, node.inputs.first().and_then(|v| self.known.get(v))) {
            (Op::Cond, Some(Literal::Bool(c))) => Some(usize::from(!c)),
            (Op::Switch, Some(l)) => l.as_i128().map(|k| k.clamp(0, node.regions.len() as i128 - 1) as usize),
            _ => None,
        };
        if let Some(k) = picked {
            let branch = node.regions.swap_remove(k);
            for inner in branch.nodes {
                self.node(graph, inner, into);
            }
            for (out, mut result) in node.outputs.into_iter().zip(branch.results) {
                self.resolve(&mut result);
                self.alias(out, result);
            }
            return;
        }
        if matches!(node.op, Op::For { .. }) && input(1).and_then(Literal::as_i128) == Some(0) {
            for (&out, &init) in node.outputs.iter().zip(&node.inputs[2..]) {
                self.alias(out, init);
            }
            return;
        }
        if let Op::Check { .. } = node.op
            && input(0) == Some(Literal::Bool(true))
        {
            return;
        }
        let identity = match node.op {
            Op::Broadcast(_) | Op::Reshape(_) | Op::Cast(_) => {
                graph.ty(node.inputs[0]) == graph.ty(node.outputs[0])
            }
            _ => false,
        };
        if identity {
            self.alias(node.outputs[0], node.inputs[0]);
            return;
        }
        if let Op::Select = node.op
            && let Some(Literal::Bool(c)) = input(0)
        {
            self.alias(node.outputs[0], node.inputs[if c { 1 } else { 2 }]);
            return;
        }
        if let Some(literal) = self.fold(&node) {
            self.known.insert(node.outputs[0], literal);
            into.push(Node { op: Op::Const(literal), inputs: Vec::new(), regions: Vec::new(), ..node });
            return;
        }
        if let Some(v) = self.neutral(graph, &node) {
            self.alias(node.outputs[0], v);
            return;
        }
        self.unchanged(&node);
        let mut regions = std::mem::take(&mut node.regions);
        regions.iter_mut().for_each(|r| self.region(graph, r));
        node.regions = regions;
        into.push(node);
    }

    /// What a loop carries unchanged is what it was.
    fn unchanged(&mut self, node: &Node) {
        let (body, first) = match node.op {
            Op::For { .. } => (&node.regions[0], 1),
            Op::While => (&node.regions[1], 0),
            _ => return,
        };
        let inits = &node.inputs[node.inputs.len() - node.outputs.len()..];
        for (k, (&out, &init)) in node.outputs.iter().zip(inits).enumerate() {
            let param = body.params[first + k];
            if body.results[k] == param {
                self.alias(param, init);
                self.alias(out, init);
                if node.op == Op::While {
                    self.alias(node.regions[0].params[k], init);
                }
            }
        }
    }

    fn alias(&mut self, out: ValueId, is: ValueId) {
        self.same.insert(out, is);
        if let Some(&literal) = self.known.get(&is) {
            self.known.insert(out, literal);
        }
    }

    fn fold(&self, node: &Node) -> Option<Literal> {
        if let Op::Const(literal) = node.op {
            return Some(literal);
        }
        let known: Option<Vec<Literal>> = node.inputs.iter().map(|v| self.known.get(v).copied()).collect();
        let known = known?;
        let folded = match (&node.op, known.as_slice()) {
            (Op::Unary(op), [x]) => scalar::unary(*op, *x).ok(),
            (Op::Binary(op), [a, b]) => scalar::binary(*op, *a, *b).ok(),
            (Op::Compare(op), [a, b]) => scalar::compare(*op, *a, *b).ok().map(Literal::Bool),
            (Op::MulAdd, [a, b, c]) => scalar::mul_add(*a, *b, *c).ok(),
            (Op::Cast(to), [x]) => Some(x.cast(*to)),
            _ => None,
        };
        // Who looks for the op that makes a NaN finds it where it stands.
        let nan = |x: &Literal| x.as_f64().is_nan();
        folded.filter(|x| !nan(x) || known.iter().any(nan))
    }

    /// `x + 0`, `x * 1` and the like of integers (of floats they can change a bit: `-0.0 + 0.0` is `0.0`),
    /// `x * 1.0` and `x / 1.0`, `true && x`.
    fn neutral(&self, graph: &Graph, node: &Node) -> Option<ValueId> {
        let Op::Binary(op) = node.op else { return None };
        let (a, b) = (node.inputs[0], node.inputs[1]);
        if !graph.ty(node.outputs[0]).is_scalar() {
            return None;
        }
        let is = |v: ValueId, wanted: i128| self.known.get(&v).is_some_and(|l| l.as_i128() == Some(wanted));
        let one = |v: ValueId| {
            self.known
                .get(&v)
                .is_some_and(|l| l.dtype() != crate::dtype::DType::Bool && *l == Literal::one(l.dtype()))
        };
        let truth = |v: ValueId, wanted: bool| self.known.get(&v) == Some(&Literal::Bool(wanted));
        match op {
            BinaryOp::Add if is(b, 0) => Some(a),
            BinaryOp::Add if is(a, 0) => Some(b),
            BinaryOp::Sub if is(b, 0) => Some(a),
            BinaryOp::Mul | BinaryOp::Div if one(b) => Some(a),
            BinaryOp::Mul if one(a) => Some(b),
            BinaryOp::And if truth(a, true) => Some(b),
            BinaryOp::And if truth(b, true) => Some(a),
            BinaryOp::Or if truth(a, false) => Some(b),
            BinaryOp::Or if truth(b, false) => Some(a),
            _ => None,
        }
    }
}
