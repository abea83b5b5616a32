//! Gradients and Jacobians, from tangents and cotangents along the axes. What does not depend on the axis is
//! computed once, before the loop over them.

use super::emit::Emit;
use super::linearize::{Split, split};
use crate::dtype::{DType, Literal, Type};
use crate::error::Result;
use crate::graph::{Builder, Graph, SiteId, ValueId, inline};
use crate::op::{Axis, Op, StoreMode};

/// Writes a graph from scratch.
pub(super) struct Writer {
    pub builder: Builder,
}

impl Emit for Writer {
    fn builder(&mut self) -> &mut Builder {
        &mut self.builder
    }
    fn site(&self) -> SiteId {
        SiteId(0)
    }
    fn primal(&mut self, v: ValueId) -> Result<ValueId> {
        Ok(v)
    }
}

/// See [`super::value_and_grad`].
pub(super) fn value_and_grad(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    // Only result 0 is differentiated: the others would keep values alive. They are those of the forward pass.
    let mut adjoint = super::vjp(&super::select_results(graph, &[0]), wrt, tape)?;
    let gradients = adjoint.body.results.split_off(1);
    adjoint.body.results = [&graph.body.results[..], &gradients].concat();
    let mut writer = start(graph);
    let dtype = graph.ty(graph.body.results[0]).dtype;
    let one = (&mut writer as &mut dyn Emit).full(Literal::one(dtype), &[])?;
    let args = [&graph.body.params[..], &[one]].concat();
    let results = inline(&mut writer.builder, &adjoint, &args);
    Ok(writer.builder.finish(results))
}

/// The graph with the value 0 for its first `count` parameters.
pub(super) fn with_zeros(graph: &Graph, count: usize) -> Result<Graph> {
    let (zeroed, params) = graph.body.params.split_at(count);
    let mut writer = Writer { builder: Builder::new(graph.name.clone(), graph.location(SiteId(0)).clone()) };
    let mut rest = Vec::with_capacity(params.len());
    for &p in params {
        let info = graph.values[p.index()].clone();
        rest.push(writer.builder.param(info.ty, info.name));
    }
    let mut args = Vec::with_capacity(graph.body.params.len());
    for &v in zeroed {
        args.push((&mut writer as &mut dyn Emit).zeros(graph.ty(v))?);
    }
    args.extend(rest);
    let results = inline(&mut writer.builder, graph, &args);
    Ok(writer.builder.finish(results))
}

/// Positions of the results that are floats.
fn float_results(graph: &Graph) -> Vec<usize> {
    let results = graph.body.results.iter().enumerate();
    results.filter(|(_, v)| graph.ty(**v).dtype.is_float()).map(|(k, _)| k).collect()
}

/// See [`super::jacfwd`].
pub(super) fn forward(graph: &Graph, wrt: &[usize]) -> Result<Graph> {
    let results = float_results(graph);
    let tangents: Vec<usize> = (0..results.len()).collect();
    let mut blocks = Vec::new();
    let mut builder = start(graph);
    let params = graph.body.params.clone();
    for &k in wrt {
        let x = graph.ty(graph.body.params[k]).clone();
        let mut along = super::jvp(graph, &[k])?;
        along = super::select_results(
            &along,
            &tangents.iter().map(|t| t + graph.body.results.len()).collect::<Vec<_>>(),
        );
        let columns = along_axes(&mut builder, along, &params, &x)?;
        // The axis of the loop comes first; the Jacobian has it last.
        let mut of_results = Vec::new();
        for column in columns {
            let w: &mut dyn Emit = &mut builder;
            let rank = w.ty(column).rank();
            let result: Vec<usize> = w.ty(column).shape[1..].to_vec();
            let turned = w.transpose(column, (1..rank).chain([0]).collect())?;
            of_results.push(w.reshape(turned, &[result, x.shape.clone()].concat())?);
        }
        blocks.push(of_results);
    }
    let by_result = (0..results.len()).flat_map(|r| blocks.iter().map(move |b| b[r])).collect();
    Ok(builder.builder.finish(by_result))
}

/// See [`super::jacrev`].
pub(super) fn reverse(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    let mut blocks = Vec::new();
    let mut builder = start(graph);
    let params = graph.body.params.clone();
    for r in float_results(graph) {
        let y = graph.ty(graph.body.results[r]).clone();
        let one = super::select_results(graph, &[r]);
        // The forward pass is made once, so what is kept of it serves all directions.
        let adjoint = match y.is_scalar() {
            true => super::vjp(&one, wrt, tape)?,
            false => super::vjp::with_all_tapes(&one, wrt, tape)?,
        };
        let adjoint = super::select_results(&adjoint, &(1..=wrt.len()).collect::<Vec<_>>());
        let rows = along_axes(&mut builder, adjoint, &params, &y)?;
        for (row, &k) in rows.into_iter().zip(wrt) {
            let x = graph.ty(graph.body.params[k]).shape.clone();
            blocks.push((&mut builder as &mut dyn Emit).reshape(row, &[y.shape.clone(), x].concat())?);
        }
    }
    Ok(builder.builder.finish(blocks))
}

/// An empty graph with the parameters of `graph`.
fn start(graph: &Graph) -> Writer {
    Writer { builder: Builder::extending(graph) }
}

/// The results of `linear`, a graph of `params` and one more parameter of type `seed` in which it is linear, for each
/// axis of `seed` in row-major order, stacked in front.
fn along_axes(
    writer: &mut Writer,
    mut linear: Graph,
    params: &[ValueId],
    seed: &Type,
) -> Result<Vec<ValueId>> {
    crate::optimize::simplify(&mut linear)?;
    let types: Vec<Type> = linear.body.results.iter().map(|&v| linear.ty(v).clone()).collect();
    let Split { moving: direction, fixed: before } = split(&linear, 1);
    // What does not depend on the direction.
    let count = seed.count();
    let fixed = inline(&mut writer.builder, &before, params);
    let w: &mut dyn Emit = writer;
    if seed.is_scalar() {
        let one = w.full(Literal::one(seed.dtype), &[])?;
        let args = [&[one], &fixed[..]].concat();
        let results = inline(w.builder(), &direction, &args);
        return results
            .into_iter()
            .zip(&types)
            .map(|(v, ty)| w.reshape(v, &[&[1], &ty.shape[..]].concat()))
            .collect();
    }
    let mut inputs = vec![w.usize(0)?, w.usize(count)?];
    let mut stacked = Vec::new();
    for ty in &types {
        let whole = Type::new(ty.dtype, [&[count], &ty.shape[..]].concat());
        inputs.push(w.zeros(&whole)?);
        stacked.push(whole);
    }
    w.builder().open();
    let index = w.builder().param(Type::scalar(DType::Usize), None);
    let carries: Vec<ValueId> = stacked.iter().map(|ty| w.builder().param(ty.clone(), None)).collect();
    let zeros = w.zeros(&Type::new(seed.dtype, vec![count]))?;
    let one = w.full(Literal::one(seed.dtype), &[])?;
    let at = Op::Store { axes: vec![Axis::At], mode: StoreMode::Set, name: None };
    let axis = w.push(at, &[zeros, index, one])?;
    let axis = w.reshape(axis, &seed.shape)?;
    let args = [&[axis], &fixed[..]].concat();
    let results = inline(w.builder(), &direction, &args);
    let mut after = Vec::new();
    for ((value, ty), carry) in results.into_iter().zip(&types).zip(carries) {
        let axes = std::iter::once(Axis::At).chain(ty.shape.iter().map(|&n| Axis::full(n))).collect();
        after.push(w.push(Op::Store { axes, mode: StoreMode::Set, name: None }, &[carry, index, value])?);
    }
    let region = w.builder().close(after);
    let op = Op::For { step: 1, parallel: false };
    Ok(w.builder().push_control(op, inputs, vec![region], stacked, SiteId(0)))
}
