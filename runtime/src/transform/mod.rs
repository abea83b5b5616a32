//! Transforms from graph to graph: derivatives and batching. They run before optimisation and compose in any
//! order. Positions in `wrt` are those of the graph's parameters, which must be floats; [`recipe`] counts a
//! function's arguments.

mod arguments;
pub(crate) mod recipe;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;

/// The message of the error of a loop that ran more iterations than its tape holds: the call is repeated with a
/// longer one.
pub(crate) const TAPE_FULL: &str = "a loop runs more iterations than its tape of the reverse pass holds";

/// The graph and its derivative along a direction: takes the parameters, then one tangent per parameter in `wrt`;
/// gives the results, then one tangent per float result.
pub(crate) fn jvp(_graph: &Graph, _wrt: &[usize]) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "jvp"))
}

/// The graph and its adjoint: takes the parameters, then one cotangent per float result; gives the results, then
/// one cotangent per parameter in `wrt`. Loops whose trip count is known only at run time record at most `tape`
/// iterations; more are an error whose message is [`TAPE_FULL`].
pub(crate) fn vjp(_graph: &Graph, _wrt: &[usize], _tape: usize) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "vjp"))
}

/// Takes the parameters; gives the results, then the gradient of result 0, a float scalar, per parameter in `wrt`.
pub(crate) fn value_and_grad(_graph: &Graph, _wrt: &[usize], _tape: usize) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "value_and_grad"))
}

/// The Jacobians by forward mode: takes the parameters; gives for each float result, for each parameter in `wrt`,
/// an array of shape `result.shape ++ parameter.shape`, and nothing else.
pub(crate) fn jacfwd(_graph: &Graph, _wrt: &[usize]) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "jacfwd"))
}

/// The same as [`jacfwd`] by reverse mode.
pub(crate) fn jacrev(_graph: &Graph, _wrt: &[usize], _tape: usize) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "jacrev"))
}

/// The Hessians of result 0, a float scalar: for each `a` in `wrt`, for each `b` in `wrt`, an array of shape
/// `a.shape ++ b.shape`; nothing else.
pub(crate) fn hessian(_graph: &Graph, _wrt: &[usize], _tape: usize) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "hessian"))
}

/// Products of the Hessian of result 0 with a direction: takes the parameters, then one tangent per parameter in
/// `wrt`; gives one array per parameter in `wrt`, of its shape.
pub(crate) fn hvp(_graph: &Graph, _wrt: &[usize], _tape: usize) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "hvp"))
}

/// The graph over a batch of `size`: parameter `k` has a new axis at `in_axes[k]`, or none and is the same for all;
/// result `k` has a new axis at `out_axes[k]`. At most `chunk` elements are worked on at a time.
pub(crate) fn vmap(
    _graph: &Graph,
    _in_axes: &[Option<usize>],
    _out_axes: &[usize],
    _size: usize,
    _chunk: Option<usize>,
) -> Result<Graph> {
    Err(Error::new(ErrorKind::Unsupported, "vmap"))
}

/// The graph with only these of its results, in this order.
pub(crate) fn select_results(graph: &Graph, results: &[usize]) -> Graph {
    let mut graph = graph.clone();
    graph.body.results = results.iter().map(|&k| graph.body.results[k]).collect();
    graph
}
