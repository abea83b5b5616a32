//! A counted loop in which nothing happens once a flag is set is left there.
//!
//! `break` in a `for` loop is a flag under which the iterations that follow do nothing, so that the trip count stays
//! what it was and derivatives can run backwards. When they are done, such a loop becomes one that ends.

use crate::dtype::{DType, Literal, Type};
use crate::graph::{Graph, Node, Region, SiteId, ValueId, may_fail};
use crate::hash::HashMap;
use crate::op::{BinaryOp, CmpOp, Op, UnaryOp};

pub(super) fn run(graph: &mut Graph) {
    let mut body = std::mem::take(&mut graph.body);
    region(graph, &mut body, &HashMap::default());
    graph.body = body;
}

/// Constants of the scopes around.
type Known = HashMap<ValueId, Literal>;

fn region(graph: &mut Graph, r: &mut Region, around: &Known) {
    let mut known = around.clone();
    let mut nodes = Vec::with_capacity(r.nodes.len());
    for mut node in std::mem::take(&mut r.nodes) {
        if let Op::Const(literal) = node.op {
            known.insert(node.outputs[0], literal);
        }
        for inner in &mut node.regions {
            region(graph, inner, &known);
        }
        match mask(graph, &node, &known) {
            Some(mask) => leave(graph, node, mask, &known, &mut nodes),
            None => nodes.push(node),
        }
    }
    r.nodes = nodes;
}

/// How a body is masked.
struct Mask {
    /// The position of the branch in the body.
    branch: usize,
    /// The region in which nothing changes.
    idle: usize,
    /// The carry that is tested.
    flag: usize,
    /// Its value where the loop has nothing left to do.
    stops_at: bool,
}

/// The body is one branch on a carried flag, beside what can't fail; on one side nothing changes.
fn mask(graph: &Graph, node: &Node, known: &Known) -> Option<Mask> {
    let Op::For { parallel: false, .. } = node.op else { return None };
    let body = &node.regions[0];
    let branch = body.nodes.iter().position(|n| n.op == Op::Cond)?;
    let condition = body.nodes[branch].inputs[0];
    let mut negated = None;
    for (k, other) in body.nodes.iter().enumerate() {
        if k == branch {
            continue;
        }
        if may_fail(graph, other) || !other.regions.is_empty() {
            return None;
        }
        if other.op == Op::Unary(UnaryOp::Not) && other.outputs[0] == condition {
            negated = Some(other.inputs[0]);
        }
    }
    let tested = negated.unwrap_or(condition);
    let flag = body.params[1..].iter().position(|&p| p == tested)?;
    (0..2).find_map(|idle| {
        let stops_at = (idle == 0) != negated.is_some();
        is_idle(body, branch, idle, (flag, stops_at), known).then_some(Mask { branch, idle, flag, stops_at })
    })
}

/// Where that side of the branch is taken, every carry stays as it is, the flag among them.
fn is_idle(body: &Region, branch: usize, side: usize, flag: (usize, bool), known: &Known) -> bool {
    let branch = &body.nodes[branch];
    let idle = &branch.regions[side];
    let mut constants: HashMap<ValueId, Literal> = HashMap::default();
    for node in &idle.nodes {
        match node.op {
            Op::Const(literal) => constants.insert(node.outputs[0], literal),
            _ => return false,
        };
    }
    body.results.iter().enumerate().all(|(k, &result)| {
        let stays = match branch.outputs.iter().position(|&o| o == result) {
            Some(j) => idle.results[j],
            None => result,
        };
        let literal = constants.get(&stays).or_else(|| known.get(&stays));
        stays == body.params[k + 1] || (k == flag.0 && literal == Some(&Literal::Bool(flag.1)))
    })
}

/// The loop as a `while` that counts, and tests the flag.
fn leave(graph: &mut Graph, node: Node, mask: Mask, known: &Known, into: &mut Vec<Node>) {
    let Node { op: Op::For { step, .. }, inputs, outputs, mut regions, site } = node else { return };
    let (start, count) = (inputs[0], inputs[1]);
    let dtype = graph.ty(start).dtype;
    let mut body = regions.remove(0);
    let branch = body.nodes.remove(mask.branch);
    let taken = branch.regions.into_iter().nth(1 - mask.idle).unwrap_or_default();

    let mut code = Code { graph, site, nodes: Vec::new() };
    let from_zero = known.get(&start) == Some(&Literal::zero(dtype));
    let zero = if from_zero { start } else { code.constant(Literal::zero(dtype)) };
    into.append(&mut code.nodes);

    // The condition has names of its own for what is carried.
    let counter = code.graph.new_value(Type::scalar(dtype), None);
    let mut head = Region { params: vec![counter], ..Region::default() };
    for &param in &body.params[1..] {
        let info = code.graph.values[param.index()].clone();
        head.params.push(code.graph.new_value(info.ty, info.name));
    }
    let more = code.push(Op::Compare(CmpOp::Lt), vec![counter, count], DType::Bool);
    let flag = head.params[mask.flag + 1];
    let going = match mask.stops_at {
        true => code.push(Op::Unary(UnaryOp::Not), vec![flag], DType::Bool),
        false => flag,
    };
    let both = code.push(Op::Binary(BinaryOp::And), vec![more, going], DType::Bool);
    (head.nodes, head.results) = (std::mem::take(&mut code.nodes), vec![both]);

    // The index is that of the iteration; `start + t * step` is in range wherever the loop was.
    let index = body.params[0];
    let mut counter = index;
    if !from_zero || step != 1 {
        counter = code.graph.new_value(Type::scalar(dtype), None);
        let mut offset = counter;
        if step.abs() != 1 {
            let stride = code.constant(Literal::I64(step.abs()).cast(dtype));
            offset = code.push(Op::Binary(BinaryOp::Mul), vec![counter, stride], dtype);
        }
        let op = Op::Binary(if step < 0 { BinaryOp::Sub } else { BinaryOp::Add });
        let (inputs, outputs) = (vec![start, offset], vec![index]);
        code.nodes.push(Node { op, inputs, outputs, regions: Vec::new(), site });
    }
    let one = code.constant(Literal::one(dtype));
    let next = code.push(Op::Binary(BinaryOp::Add), vec![counter, one], dtype);
    let mut nodes = std::mem::take(&mut code.nodes);
    nodes.append(&mut body.nodes);
    nodes.extend(taken.nodes);
    let mut results = vec![next];
    results.extend(body.results.iter().map(|r| match branch.outputs.iter().position(|o| o == r) {
        Some(j) => taken.results[j],
        None => *r,
    }));
    let mut params = vec![counter];
    params.extend(&body.params[1..]);
    let body = Region { params, nodes, results };

    let total = code.graph.new_value(Type::scalar(dtype), None);
    into.push(Node {
        op: Op::While,
        inputs: std::iter::once(zero).chain(inputs[2..].iter().copied()).collect(),
        outputs: std::iter::once(total).chain(outputs).collect(),
        regions: vec![head, body],
        site,
    });
}

/// Nodes under construction.
struct Code<'a> {
    graph: &'a mut Graph,
    site: SiteId,
    nodes: Vec<Node>,
}

impl Code<'_> {
    fn push(&mut self, op: Op, inputs: Vec<ValueId>, dtype: DType) -> ValueId {
        let output = self.graph.new_value(Type::scalar(dtype), None);
        let (outputs, site) = (vec![output], self.site);
        self.nodes.push(Node { op, inputs, outputs, regions: Vec::new(), site });
        output
    }

    fn constant(&mut self, literal: Literal) -> ValueId {
        self.push(Op::Const(literal), Vec::new(), literal.dtype())
    }
}
