//! Computes equal values once: equal ops of equal operands, here or in a region around. Derivatives would otherwise
//! save, and add up, one value several times.

use crate::dtype::Literal;
use crate::graph::{Graph, Node, Region, ValueId};
use crate::hash::HashMap;
use crate::op::Op;

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    let mut cse = Cse { made: HashMap::default(), same: HashMap::default(), constants: HashMap::default() };
    cse.region(&mut body);
    graph.body = body;
}

struct Cse {
    /// The results of nodes so far, in this region and those around it.
    made: HashMap<(Op, Vec<Operand>), ValueId>,
    /// Values that turned out to be another one.
    same: HashMap<ValueId, ValueId>,
    /// What constants are: those of equal value make equal nodes, wherever they stand.
    constants: HashMap<ValueId, Literal>,
}

/// An operand.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Operand {
    Value(ValueId),
    Constant(Literal),
}

impl Cse {
    fn resolve(&self, values: &mut [ValueId]) {
        for v in values {
            *v = self.same.get(v).copied().unwrap_or(*v);
        }
    }

    fn region(&mut self, region: &mut Region) {
        let mut here = Vec::new();
        let mut nodes = Vec::with_capacity(region.nodes.len());
        for mut node in std::mem::take(&mut region.nodes) {
            self.resolve(&mut node.inputs);
            node.regions.iter_mut().for_each(|r| self.region(r));
            if let (Op::Const(literal), [v]) = (&node.op, &node.outputs[..]) {
                self.constants.insert(*v, *literal);
            }
            if let Some(key) = self.key(&node) {
                if let Some(&before) = self.made.get(&key) {
                    self.same.insert(node.outputs[0], before);
                    continue;
                }
                here.push(key.clone());
                self.made.insert(key, node.outputs[0]);
            }
            nodes.push(node);
        }
        region.nodes = nodes;
        self.resolve(&mut region.results);
        for key in here {
            self.made.remove(&key);
        }
    }

    /// What makes two nodes the same. Constants stay where they are: they cost nothing. Arrays filled with one are there to
    /// be written to, each on its own.
    fn key(&self, node: &Node) -> Option<(Op, Vec<Operand>)> {
        let once = matches!(
            node.op,
            Op::Const(_)
                | Op::Iota { .. }
                | Op::Empty(_)
                | Op::Broadcast(_)
                | Op::Store { .. }
                | Op::Put { .. }
                | Op::Check { .. }
                | Op::Print { .. }
                | Op::Progress { .. }
        );
        let operand = |v: &ValueId| match self.constants.get(v) {
            Some(&literal) => Operand::Constant(literal),
            None => Operand::Value(*v),
        };
        (!once && !node.op.is_control() && node.outputs.len() == 1)
            .then(|| (node.op.clone(), node.inputs.iter().map(operand).collect()))
    }
}
