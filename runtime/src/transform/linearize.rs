//! The derivative at a point as a linear map by itself, which computes nothing of the function again.

use crate::dtype::{Literal, Type};
use crate::error::Result;
use crate::graph::{Graph, Node, ValueId, uses};
use crate::hash::HashSet;
use crate::op::Op;

/// A function and its derivative at one point.
pub(crate) struct Linearized {
    /// From the parameters to the results, then what the linear map needs of them.
    pub primal: Graph,
    /// From what it needs, then one tangent per differentiated parameter, to one tangent per float result.
    pub linear: Graph,
    /// How many values that it needs.
    pub residuals: usize,
}

/// See [`super::linearize`]. In forward mode a loop computes tangents beside values and cannot be taken apart. In
/// reverse mode the two are apart, with a tape between them; the transpose of the adjoint is the linear map.
pub(super) fn run(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Linearized> {
    let (params, results) = (graph.body.params.len(), graph.body.results.len());
    let mut adjoint = super::vjp::with_all_tapes(graph, wrt, tape)?;
    crate::optimize::simplify(&mut adjoint)?;
    let cotangents = adjoint.body.params.len() - params;
    let values = super::select_results(&adjoint, &(0..results).collect::<Vec<_>>());
    let back = super::select_results(&adjoint, &(results..results + wrt.len()).collect::<Vec<_>>());
    let Split { moving, fixed } = split(&back, cotangents);
    let mut primal = fixed;
    let residuals = primal.body.results.len();
    primal.body.results = [&values.body.results[..], &primal.body.results].concat();
    clear_tapes(&mut primal);
    crate::optimize::simplify(&mut primal)?;

    // Of a linear map any point will do.
    let transposed = super::vjp::with_all_tapes(&moving, &(0..cotangents).collect::<Vec<_>>(), tape)?;
    let tangents: Vec<usize> = (wrt.len()..wrt.len() + cotangents).collect();
    let mut linear = super::jacobian::with_zeros(&super::select_results(&transposed, &tangents), cotangents)?;
    crate::optimize::simplify(&mut linear)?;
    Ok(Linearized { primal, linear, residuals })
}

/// Tapes that are results have all of their elements.
fn clear_tapes(graph: &mut Graph) {
    for mut node in std::mem::take(&mut graph.body.nodes) {
        if let Op::Empty(ty) = node.op {
            let zero = graph.new_value(Type::scalar(ty.dtype), None);
            let op = Op::Const(Literal::zero(ty.dtype));
            let (inputs, regions) = (Vec::new(), Vec::new());
            graph.body.nodes.push(Node { op, inputs, outputs: vec![zero], regions, site: node.site });
            (node.op, node.inputs) = (Op::Broadcast(ty.shape), vec![zero]);
        }
        graph.body.nodes.push(node);
    }
}

/// A graph in two parts.
pub(super) struct Split {
    /// What depends on the parameters in question: takes those, then the results of the other part.
    pub moving: Graph,
    /// What does not: takes the other parameters.
    pub fixed: Graph,
}

/// Splits a graph by whether its nodes depend on the last `count` parameters.
pub(super) fn split(graph: &Graph, count: usize) -> Split {
    let (mut moving, mut fixed) = (graph.clone(), graph.clone());
    let last = fixed.body.params.split_off(graph.body.params.len() - count);
    moving.body.params.clone_from(&last);
    moving.body.nodes.clear();
    fixed.body.nodes.clear();
    let mut depends: HashSet<ValueId> = last.into_iter().collect();
    let mut needed = Vec::new();
    for node in &graph.body.nodes {
        let uses = uses(node);
        if uses.iter().any(|v| depends.contains(v)) {
            depends.extend(node.outputs.iter().copied());
            needed.extend(uses);
            moving.body.nodes.push(node.clone());
        } else {
            fixed.body.nodes.push(node.clone());
        }
    }
    needed.extend(graph.body.results.iter().copied());
    let mut seen = HashSet::default();
    let shared: Vec<ValueId> =
        needed.into_iter().filter(|v| !depends.contains(v) && seen.insert(*v)).collect();
    fixed.body.results.clone_from(&shared);
    moving.body.params.extend(shared);
    Split { moving, fixed }
}
