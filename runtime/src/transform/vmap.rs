//! Batching: the graph of one element becomes a loop over the elements of a batch.
//!
//! ```text
//! y = f(x)      ->      for i in 0..size { y[i] = f(x[i]) }
//! ```
//!
//! A loop keeps what an element means without a rule for every op: a condition picks the branch of its element, a
//! `while` loop stops where its element does, an update touches its element only, and an error is that of the first
//! element that fails. The passes of the kernels fuse, flatten and vectorise it as they do a loop that was written by
//! hand. It works on one element at a time, so that what lies between parameters and results never has the size of
//! the batch, whatever `chunk` allows.
//!
//! What depends on no mapped parameter is computed once, before the loop: the forward pass of a Jacobian by rows,
//! for instance.

mod in_place;
mod products;
mod reads;
#[cfg(test)]
mod tests;

use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Builder, Copy, Graph, Node, SiteId, ValueId, for_each_node, may_fail, remove_nodes, uses,
};
use crate::hash::HashSet;
use crate::op::{Axis, Op, StoreMode};

pub(super) fn run(
    graph: &Graph,
    in_axes: &[Option<usize>],
    out_axes: &[usize],
    size: usize,
    chunk: Option<usize>,
) -> Result<Graph> {
    check(graph, in_axes, out_axes, chunk)?;
    let inside: Vec<bool> = parts(graph, in_axes).iter().map(|part| *part == Part::Inside).collect();
    let mut graph = products::written_out(graph, &inside);
    // The elements have no bars of their own.
    remove_nodes(&mut graph.body, &|op| matches!(op, Op::Progress { .. }));
    let graph = &graph;
    let site = SiteId(0);
    let mut builder = Builder::new(graph.name.clone(), graph.location(site).clone());
    let mut batch = Batch { graph, in_axes, size, site, params: Vec::new() };
    for (&param, axis) in graph.body.params.iter().zip(in_axes) {
        let info = &graph.values[param.index()];
        let ty = axis.map_or_else(|| info.ty.clone(), |axis| stacked(&info.ty, axis, size));
        batch.params.push(builder.param(ty, info.name.clone()));
    }
    let results = match size {
        0 => batch.empty(&mut builder, out_axes)?,
        _ => batch.results(&mut builder, out_axes)?,
    };
    let mut batched = builder.finish(results);
    // The loop over the batch is the last one, where there is one; what follows holds for any loop.
    if let Some(at) = batched.body.nodes.iter().rposition(|n| matches!(n.op, Op::For { .. })) {
        let mut body = std::mem::take(&mut batched.body.nodes[at].regions[0]);
        reads::run(&batched, &mut body);
        in_place::run(&mut batched, at, &mut body);
        batched.body.nodes[at].regions[0] = body;
    }
    Ok(batched)
}

fn check(graph: &Graph, in_axes: &[Option<usize>], out_axes: &[usize], chunk: Option<usize>) -> Result<()> {
    let wrong = |message: String| Err(Error::new(ErrorKind::Argument, message));
    let (params, results) = (&graph.body.params, &graph.body.results);
    let name = &graph.name;
    if in_axes.len() != params.len() {
        return wrong(format!("`vmap` of `{name}` takes {} input axes, not {}", params.len(), in_axes.len()));
    }
    if out_axes.len() != results.len() {
        return wrong(format!(
            "`vmap` of `{name}` takes {} output axes, not {}",
            results.len(),
            out_axes.len()
        ));
    }
    for (&param, axis) in params.iter().zip(in_axes) {
        let ty = graph.ty(param);
        if axis.is_some_and(|axis| axis > ty.rank()) {
            return wrong(format!(
                "`vmap` of `{name}` can't map axis {}: with the axis of the batch, an element of type {ty} has {}",
                axis.unwrap_or_default(),
                ty.rank() + 1
            ));
        }
    }
    for (&result, &axis) in results.iter().zip(out_axes) {
        let ty = graph.ty(result);
        if axis > ty.rank() {
            return wrong(format!(
                "`vmap` of `{name}` can't stack a result of type {ty} along axis {axis}: it has {} with that of the \
                 batch",
                ty.rank() + 1
            ));
        }
    }
    if chunk == Some(0) {
        return wrong(format!("`vmap` of `{name}` works on chunks of 1 element at least, not of 0"));
    }
    Ok(())
}

/// The type of a batch of values.
fn stacked(ty: &Type, axis: usize, size: usize) -> Type {
    let mut shape = ty.shape.clone();
    shape.insert(axis, size);
    Type::new(ty.dtype, shape)
}

/// One element of a batch: a position along `axis`, all of the other axes.
fn element(ty: &Type, axis: usize) -> Vec<Axis> {
    let mut axes: Vec<Axis> = ty.shape.iter().map(|&n| Axis::full(n)).collect();
    axes.insert(axis, Axis::At);
    axes
}

struct Batch<'g> {
    graph: &'g Graph,
    in_axes: &'g [Option<usize>],
    size: usize,
    site: SiteId,
    /// The parameters of the batched graph.
    params: Vec<ValueId>,
}

impl<'g> Batch<'g> {
    fn push(&self, builder: &mut Builder, op: Op, inputs: Vec<ValueId>) -> Result<ValueId> {
        let outputs = builder.push(op, inputs, self.site)?;
        outputs.first().copied().ok_or_else(|| Error::new(ErrorKind::Verify, "an op has no result"))
    }

    fn constant(&self, builder: &mut Builder, literal: Literal) -> Result<ValueId> {
        self.push(builder, Op::Const(literal), Vec::new())
    }

    /// Results before anything is stored in them.
    fn zeros(&self, builder: &mut Builder, ty: Type) -> Result<ValueId> {
        let zero = self.constant(builder, Literal::zero(ty.dtype))?;
        self.push(builder, Op::Broadcast(ty.shape), vec![zero])
    }

    /// The results of a batch without elements: nothing runs, not even what could fail.
    fn empty(&self, builder: &mut Builder, out_axes: &[usize]) -> Result<Vec<ValueId>> {
        let results = self.graph.body.results.iter().zip(out_axes);
        results.map(|(&v, &axis)| self.zeros(builder, stacked(self.graph.ty(v), axis, 0))).collect()
    }

    fn results(&self, builder: &mut Builder, out_axes: &[usize]) -> Result<Vec<ValueId>> {
        let parts = parts(self.graph, self.in_axes);
        let mut outside = Copy::new(self.graph, &[]);
        for (&param, (&batched, axis)) in
            self.graph.body.params.iter().zip(self.params.iter().zip(self.in_axes))
        {
            if axis.is_none() {
                outside.set(param, batched);
            }
        }
        let nodes = || self.graph.body.nodes.iter().zip(&parts);
        for (node, _) in nodes().filter(|(_, part)| **part != Part::Inside) {
            outside.node(builder, node);
        }
        let results = || self.graph.body.results.iter().copied().zip(out_axes.iter().copied());
        let made_inside: Vec<(ValueId, usize)> =
            results().filter(|(v, _)| outside.get(*v).is_none()).collect();
        let mut looped = Vec::new();
        if !made_inside.is_empty() || parts.contains(&Part::Inside) {
            let inside = nodes().filter(|(_, part)| **part != Part::Outside).map(|(node, _)| node);
            looped = self.over_elements(builder, outside.clone(), inside, &made_inside)?;
        }
        let mut looped = looped.into_iter();
        results()
            .map(|(v, axis)| match outside.get(v) {
                Some(same) => self.repeat(builder, same, axis),
                None => looped.next().ok_or_else(|| Error::new(ErrorKind::Verify, "a loop lost a result")),
            })
            .collect()
    }

    /// The loop; `made` are the results that it stores, with the axes along which it stacks them.
    fn over_elements<'n>(
        &self,
        builder: &mut Builder,
        mut copy: Copy<'g>,
        nodes: impl Iterator<Item = &'n Node>,
        made: &[(ValueId, usize)],
    ) -> Result<Vec<ValueId>> {
        let start = self.constant(builder, Literal::Usize(0))?;
        let count = self.constant(builder, Literal::Usize(self.size))?;
        let mut inputs = vec![start, count];
        let types: Vec<Type> =
            made.iter().map(|&(v, axis)| stacked(self.graph.ty(v), axis, self.size)).collect();
        for ty in &types {
            inputs.push(self.zeros(builder, ty.clone())?);
        }
        builder.open();
        let index = builder.param(Type::scalar(DType::Usize), None);
        let outputs: Vec<ValueId> = types.iter().map(|ty| builder.param(ty.clone(), None)).collect();
        for (&param, (&batched, axis)) in
            self.graph.body.params.iter().zip(self.params.iter().zip(self.in_axes))
        {
            let Some(axis) = axis else { continue };
            let info = &self.graph.values[param.index()];
            let load = Op::Load { axes: element(&info.ty, *axis), name: info.name.clone() };
            copy.set(param, self.push(builder, load, vec![batched, index])?);
        }
        for node in nodes {
            copy.node(builder, node);
        }
        let mut stored = Vec::new();
        for (&(v, axis), output) in made.iter().zip(outputs) {
            let info = &self.graph.values[v.index()];
            let lost = || Error::new(ErrorKind::Verify, format!("{v} is a result that nothing computes"));
            let value = copy.get(v).ok_or_else(lost)?;
            let store =
                Op::Store { axes: element(&info.ty, axis), mode: StoreMode::Set, name: info.name.clone() };
            stored.push(self.push(builder, store, vec![output, index, value])?);
        }
        let body = builder.close(stored);
        let op = Op::For { step: 1, parallel: false };
        Ok(builder.push_control(op, inputs, vec![body], types, self.site))
    }

    /// A value that is the same for all elements, as a batch.
    fn repeat(&self, builder: &mut Builder, value: ValueId, axis: usize) -> Result<ValueId> {
        let ty = builder.graph().ty(value).clone();
        let one = self.push(builder, Op::Reshape(stacked(&ty, axis, 1).shape), vec![value])?;
        self.push(builder, Op::Broadcast(stacked(&ty, axis, self.size).shape), vec![one])
    }
}

/// Where a node of the element's graph goes.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Before the loop: it is the same for all elements.
    Outside,
    /// Both: it is the same for all elements, but costs less than to read it from memory.
    Both,
    /// Into the loop.
    Inside,
}

/// Where each node of the body goes. What can fail leaves the loop only where nothing that can fail comes before it
/// there, so that the error is that of the plain loop.
fn parts(graph: &Graph, in_axes: &[Option<usize>]) -> Vec<Part> {
    let body = &graph.body;
    let mapped = body.params.iter().zip(in_axes).filter(|(_, axis)| axis.is_some());
    let mut inside: HashSet<ValueId> = mapped.map(|(&param, _)| param).collect();
    let mut fails = false;
    let part = |node: &Node| {
        let mut operands = uses(node).into_iter();
        let failing = can_fail(graph, node);
        if operands.any(|v| inside.contains(&v)) || (failing && fails) || prints(node) {
            fails |= failing;
            inside.extend(node.outputs.iter().copied());
            return Part::Inside;
        }
        match node.op {
            Op::Const(_) | Op::Iota { .. } | Op::Empty(_) | Op::Broadcast(_) | Op::Reshape(_) => Part::Both,
            _ => Part::Outside,
        }
    };
    body.nodes.iter().map(part).collect()
}

/// It prints, which happens once for each element.
fn prints(node: &Node) -> bool {
    let mut found = matches!(node.op, Op::Print { .. });
    for region in &node.regions {
        for_each_node(region, &mut |inner| found |= matches!(inner.op, Op::Print { .. }));
    }
    found
}

fn can_fail(graph: &Graph, node: &Node) -> bool {
    let mut fails = may_fail(graph, node);
    for region in &node.regions {
        for_each_node(region, &mut |inner| fails |= may_fail(graph, inner));
    }
    fails
}
