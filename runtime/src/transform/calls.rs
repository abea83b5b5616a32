//! Calls: what derivatives treat as a whole.

use super::TAPE_FULL;
use super::emit::Emit;
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Builder, Graph, Node, SiteId, ValueId, as_region};
use crate::op::{BinaryOp, CmpOp, Op, Rule, UnaryOp};

/// A graph that does what this one does, and calls it `name`: reverse mode runs the call again instead of keeping its
/// values.
pub(super) fn recomputed(graph: &Graph, name: &str) -> Graph {
    let params = graph.body.params.clone();
    let mut builder = Builder::extending(graph);
    let region = as_region(&mut builder, graph);
    let types: Vec<Type> = graph.body.results.iter().map(|&v| graph.ty(v).clone()).collect();
    let op = Op::Call { rule: Rule::Recompute, name: name.into() };
    let results = builder.push_control(op, params, vec![region], types, SiteId(0));
    builder.finish(results)
}

/// The error of forward mode through a function that has a rule for reverse mode only.
pub(super) fn reverse_only(name: &str) -> Error {
    let message = format!("forward mode cannot differentiate `{name}`: it has a rule for reverse mode only");
    Error::new(ErrorKind::Unsupported, message)
        .note("give it a rule for both: #[desc_jit(jvp = ..)] instead of `vjp`")
}

/// The loop of a call with the rule [`Rule::Segments`], with the nodes before and behind it.
pub(super) fn loop_of(node: &Node) -> Option<(&[Node], &Node, &[Node])> {
    let nodes = &node.regions[0].nodes;
    let at = nodes.iter().position(|n| matches!(n.op, Op::For { .. }))?;
    Some((&nodes[..at], &nodes[at], &nodes[at + 1..]))
}

/// How many times the places are there that a tape of the whole loop would need: one run that fails less.
const SPARE: usize = 4;

/// Adds a `for` as two: segments of `fixed` iterations, or of about the square root of all, each one a call that
/// reverse mode runs again. Its outputs are those of `node`.
///
/// `tape` is how many iterations tapes are to hold of loops whose number nobody knows. They are held by segments here, so
/// that is the number of another tape's places: a run that needs more fails as it does there.
pub(super) fn by_segments(
    w: &mut dyn Emit,
    graph: &Graph,
    node: &Node,
    name: &str,
    fixed: Option<usize>,
    tape: usize,
) -> Result<()> {
    let Op::For { step, parallel } = node.op else { return Ok(()) };
    let (start, count) = (node.inputs[0], node.inputs[1]);
    let index = w.ty(start);
    let literal = |n: i64| Literal::I64(n).cast(index.dtype);
    let one = w.full(literal(1), &[])?;
    let known =
        |w: &mut dyn Emit, length: usize| w.full(literal(i64::try_from(length).unwrap_or(i64::MAX)), &[]);
    let trips = crate::graph::constant(graph, count).and_then(|n| usize::try_from(n).ok());
    let fixed = fixed.or_else(|| trips.map(|n| (n as f64).sqrt().ceil().max(1.0) as usize));
    // A tape of one place for each segment and one of a segment hold the square of what each of them has places for.
    let places = match fixed {
        Some(length) => tape.saturating_mul(SPARE).div_ceil(length),
        None => ((tape as f64).sqrt().ceil() as usize).saturating_mul(SPARE),
    };
    let length = match fixed {
        Some(length) => known(w, length)?,
        None => {
            let float = w.cast(count, DType::F64)?;
            let root = w.unary(UnaryOp::Sqrt, float)?;
            let root = w.unary(UnaryOp::Ceil, root)?;
            let root = w.cast(root, index.dtype)?;
            let root = w.binary(BinaryOp::Max, root, one)?;
            at_most(w, root, places)?
        }
    };
    // Without a sum that might be no number of its type.
    let whole = w.div(count, length)?;
    let rest = w.binary(BinaryOp::Rem, count, length)?;
    let partial = w.binary(BinaryOp::Min, rest, one)?;
    let segments = w.add(whole, partial)?;
    let segments = if trips.is_some() { segments } else { at_most(w, segments, places)? };
    let zero = w.full(literal(0), &[])?;
    let types: Vec<Type> = node.inputs[2..].iter().map(|&v| w.ty(v)).collect();

    w.builder().open();
    let segment = w.builder().param(index.clone(), None);
    let carries: Vec<ValueId> = types.iter().map(|ty| w.builder().param(ty.clone(), None)).collect();
    let before = w.mul(segment, length)?;
    let left = w.sub(count, before)?;
    let stride = w.full(literal(i64::try_from(step.unsigned_abs()).unwrap_or(i64::MAX)), &[])?;
    let way = w.mul(before, stride)?;
    let first = if step > 0 { w.add(start, way)? } else { w.sub(start, way)? };
    w.builder().open();
    let inside: Vec<ValueId> = types.iter().map(|ty| w.builder().param(ty.clone(), None)).collect();
    // The reverse of the call sees the call alone: a length that is known has to stand in it to bound the tape.
    let most = known(w, fixed.unwrap_or(places))?;
    let most = if fixed.is_some() { most } else { w.binary(BinaryOp::Min, most, length)? };
    let trips = w.binary(BinaryOp::Min, most, left)?;
    let inputs = [&[first, trips], &inside[..]].concat();
    let op = Op::For { step, parallel };
    let results = w.builder().push_control(op, inputs, node.regions.clone(), types.clone(), node.site);
    let body = w.builder().close(results);
    let call = Op::Call { rule: Rule::Recompute, name: name.into() };
    let after = w.builder().push_control(call, carries, vec![body], types, node.site);
    let region = w.builder().close(after);
    w.builder().append(Node {
        op: Op::For { step: 1, parallel: false },
        inputs: [&[zero, segments], &node.inputs[2..]].concat(),
        outputs: node.outputs.clone(),
        regions: vec![region],
        site: node.site,
    });
    Ok(())
}

/// A number of which a tape has so many places.
fn at_most(w: &mut dyn Emit, n: ValueId, places: usize) -> Result<ValueId> {
    let ty = w.ty(n);
    let most = Literal::I64(i64::try_from(places).unwrap_or(i64::MAX)).cast(ty.dtype);
    let most = w.full(most, &[])?;
    let fits = w.compare(CmpOp::Le, n, most)?;
    let site = w.site();
    w.builder().push(Op::Check { message: TAPE_FULL.into(), user: false }, vec![fits], site)?;
    w.binary(BinaryOp::Min, n, most)
}
