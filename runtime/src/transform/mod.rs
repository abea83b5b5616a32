//! Transforms from graph to graph: derivatives and batching. They run before optimisation and compose in any
//! order. Positions in `wrt` are those of the graph's parameters, which must be floats; [`recipe`] counts a
//! function's arguments.

mod arguments;
pub(crate) mod recipe;

mod activity;
mod calls;
mod emit;
mod expand;
mod jacobian;
mod jvp;
mod linearize;
mod rules;
#[cfg(test)]
mod tests;
mod vjp;

mod vmap;

pub(crate) use arguments::{other_tangent, static_argument, types};
pub(crate) use linearize::Linearized;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::op::Op;

/// The message of the error of a loop that ran more iterations than its tape holds: the call is repeated with a
/// longer one.
pub(crate) const TAPE_FULL: &str = "a loop runs more iterations than its tape of the reverse pass holds";

/// The graph and its derivative along a direction: takes the parameters, then one tangent per parameter in `wrt`;
/// gives the results, then one tangent per float result.
pub(crate) fn jvp(graph: &Graph, wrt: &[usize]) -> Result<Graph> {
    jvp::run(graph, wrt)
}

/// The graph and its adjoint: takes the parameters, then one cotangent per float result; gives the results, then
/// one cotangent per parameter in `wrt`. Loops whose trip count is known only at run time record at most `tape`
/// iterations; more are an error whose message is [`TAPE_FULL`].
pub(crate) fn vjp(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    vjp::run(graph, wrt, tape)
}

/// Takes the parameters; gives the results, then the gradient of result 0, a float scalar, per parameter in `wrt`.
pub(crate) fn value_and_grad(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    jacobian::value_and_grad(graph, wrt, tape)
}

/// The Jacobians by forward mode: takes the parameters; gives for each float result, for each parameter in `wrt`,
/// an array of shape `result.shape ++ parameter.shape`, and nothing else.
pub(crate) fn jacfwd(graph: &Graph, wrt: &[usize]) -> Result<Graph> {
    jacobian::forward(graph, wrt)
}

/// The same as [`jacfwd`] by reverse mode.
pub(crate) fn jacrev(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    jacobian::reverse(graph, wrt, tape)
}

/// The Hessians of result 0, a float scalar: for each `a` in `wrt`, for each `b` in `wrt`, an array of shape
/// `a.shape ++ b.shape`; nothing else.
pub(crate) fn hessian(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    jacfwd(&gradient(graph, wrt, tape)?, wrt)
}

/// Products of the Hessian of result 0 with a direction: takes the parameters, then one tangent per parameter in
/// `wrt`; gives one array per parameter in `wrt`, of its shape.
pub(crate) fn hvp(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    let along = jvp(&gradient(graph, wrt, tape)?, wrt)?;
    let tangents: Vec<usize> = (wrt.len()..2 * wrt.len()).collect();
    Ok(select_results(&along, &tangents))
}

/// The derivative at a point as a linear map; loops whose trip count is known only at run time record at most `tape`
/// iterations.
pub(crate) fn linearize(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Linearized> {
    linearize::run(graph, wrt, tape)
}

/// The gradient of result 0 and nothing else.
fn gradient(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    let results = graph.body.results.len();
    let whole = value_and_grad(graph, wrt, tape)?;
    let mut gradient = select_results(&whole, &(results..results + wrt.len()).collect::<Vec<_>>());
    crate::optimize::simplify(&mut gradient)?;
    Ok(gradient)
}

/// An op that no rule expects here.
fn has_no_rule(op: &Op) -> Error {
    Error::new(ErrorKind::Verify, format!("`{}` has no derivative rule", op.name()))
}

/// The graph over a batch of `size`: parameter `k` has a new axis at `in_axes[k]`, or none and is the same for all;
/// result `k` has a new axis at `out_axes[k]`. At most `chunk` elements are worked on at a time.
pub(crate) fn vmap(
    graph: &Graph,
    in_axes: &[Option<usize>],
    out_axes: &[usize],
    size: usize,
    chunk: Option<usize>,
) -> Result<Graph> {
    vmap::run(graph, in_axes, out_axes, size, chunk)
}

/// The graph with only these of its results, in this order.
pub(crate) fn select_results(graph: &Graph, results: &[usize]) -> Graph {
    let mut graph = graph.clone();
    graph.body.results = results.iter().map(|&k| graph.body.results[k]).collect();
    graph
}
