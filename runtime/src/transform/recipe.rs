//! A function and the transforms that are applied to it, without types: how the graph of `grad(grad(f))` is made.

use super::arguments;
pub(crate) use super::arguments::Parameter;
use super::{
    Linearized, calls, hessian, hvp, jacfwd, jacrev, jvp, linearize, select_results, value_and_grad, vjp,
    vmap,
};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::optimize;
use crate::stage::{Argument, FunctionInfo, Within, stage_root};

/// One transform; positions are those of the function's arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Transform {
    /// The gradients of result 0, then the other results; with `value` the results, then the gradients.
    Grad { wrt: Vec<usize>, value: bool },
    /// Takes a tangent per argument in `wrt` more; gives the results, then their tangents.
    Jvp { wrt: Vec<usize> },
    /// Takes the cotangents of the results as one argument more; gives the results, then the cotangents.
    Vjp { wrt: Vec<usize> },
    /// The Jacobians, by reverse or by forward mode.
    Jacobian { wrt: Vec<usize>, reverse: bool },
    /// The Hessians of result 0.
    Hessian { wrt: Vec<usize> },
    /// Takes a tangent per argument in `wrt` more; gives the products with the Hessian.
    Hvp { wrt: Vec<usize> },
    /// A new axis in arguments (`None`: the same for all) and in results (one for all, or one per result).
    Vmap { in_axes: Vec<Option<usize>>, out_axes: Vec<usize>, chunk: Option<usize> },
    /// The results, and the derivative as a linear map: the outermost transform, as a map is no result of a graph.
    Linearize { wrt: Vec<usize> },
    /// The same function, which reverse mode runs again instead of keeping its values.
    Checkpoint,
}

impl Transform {
    /// Its public name.
    pub fn name(&self) -> &'static str {
        match self {
            Transform::Grad { value: false, .. } => "grad",
            Transform::Grad { value: true, .. } => "value_and_grad",
            Transform::Jvp { .. } => "jvp",
            Transform::Vjp { .. } => "vjp",
            Transform::Jacobian { reverse: false, .. } => "jacfwd",
            Transform::Jacobian { reverse: true, .. } => "jacrev",
            Transform::Hessian { .. } => "hessian",
            Transform::Hvp { .. } => "hvp",
            Transform::Vmap { .. } => "vmap",
            Transform::Linearize { .. } => "linearize",
            Transform::Checkpoint => "checkpoint",
        }
    }
}

/// An annotated function and its transforms, the innermost first.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub base: &'static FunctionInfo,
    pub transforms: Vec<Transform>,
}

impl Recipe {
    /// As the user writes it: `grad(potential)`.
    pub fn name(&self) -> String {
        name(self.base, &self.transforms)
    }

    /// Lists come element by element: of Jacobians each is a part.
    pub fn lists_apart(&self) -> bool {
        let apart = |transform: &Transform| {
            matches!(transform, Transform::Jacobian { .. } | Transform::Hessian { .. })
        };
        self.transforms.iter().any(apart)
    }

    /// The parameters of the outermost function.
    pub fn params(&self) -> Vec<Parameter> {
        params(self.base, &self.transforms)
    }
}

fn name(base: &FunctionInfo, transforms: &[Transform]) -> String {
    transforms.iter().fold(base.name.to_string(), |inner, t| format!("{}({inner})", t.name()))
}

fn params(base: &FunctionInfo, transforms: &[Transform]) -> Vec<Parameter> {
    let own = base.params.iter().map(|p| Parameter { name: p.name.into(), is_static: p.is_static });
    transforms.iter().fold(own.collect(), |mut params: Vec<Parameter>, transform| {
        match transform {
            Transform::Jvp { wrt } | Transform::Hvp { wrt } => {
                let tangents = wrt.iter().filter_map(|&k| params.get(k)).map(|p| p.added("tangent of"));
                let tangents: Vec<Parameter> = tangents.collect();
                params.extend(tangents);
            }
            Transform::Vjp { .. } => {
                params.push(Parameter { name: "cotangent".into(), is_static: false });
            }
            _ => {}
        }
        params
    })
}

/// The graph of a recipe for these arguments, before the last optimisation: results first, as the outermost
/// transform orders them. Loops whose trip count is known only at run time record at most `within.tape` iterations
/// for a reverse pass; more are an error whose message is [`TAPE_FULL`](super::TAPE_FULL).
///
/// # Errors
/// What staging the function raises, arguments that do not fit the transform, and what has no derivative.
pub(crate) fn graph(recipe: &Recipe, args: &[Argument], within: &Within) -> Result<Graph> {
    make(recipe.base, &recipe.transforms, args, within)
}

/// The two graphs of a recipe whose outermost transform is [`Transform::Linearize`].
///
/// # Errors
/// The same as those of [`graph`].
pub(crate) fn linearized(recipe: &Recipe, args: &[Argument], within: &Within) -> Result<Linearized> {
    let Some((Transform::Linearize { wrt }, inside)) = recipe.transforms.split_last() else {
        return Err(Error::new(ErrorKind::Verify, format!("`{}` is not linearised", recipe.name())));
    };
    let (function, params) = (name(recipe.base, inside), params(recipe.base, inside));
    let positions = arguments::positions(&function, &params, args, wrt)?;
    let mut graph = make(recipe.base, inside, args, within)?;
    optimize::simplify(&mut graph)?;
    let mut both = linearize(&graph, &positions, within.tape)?;
    both.primal.name = recipe.name().into();
    both.linear.name = both.primal.name.clone();
    // The tangent of a struct is one too.
    both.primal.statics = graph.statics.clone();
    both.linear.statics = graph.statics;
    if cfg!(debug_assertions) {
        both.primal.verify()?;
        both.linear.verify()?;
    }
    Ok(both)
}

fn make(
    base: &'static FunctionInfo,
    transforms: &[Transform],
    args: &[Argument],
    within: &Within,
) -> Result<Graph> {
    let Some((outermost, inside)) = transforms.split_last() else {
        return stage_root(base, args, within.clone());
    };
    let inner = Inner { name: name(base, inside), params: params(base, inside) };
    let (own, added) = inner.split(outermost, args)?;
    let make_inner = |args: &[Argument]| -> Result<Graph> {
        let mut graph = make(base, inside, args, within)?;
        // A transform works through every node: those that no result needs would cost again in its graph.
        optimize::simplify(&mut graph)?;
        Ok(graph)
    };
    let mut graph = match outermost {
        Transform::Vmap { in_axes, out_axes, chunk } => {
            if *chunk == Some(0) {
                let message = format!("`vmap` of `{}` has a chunk size of 0", inner.name);
                return Err(Error::new(ErrorKind::Argument, message).note("a chunk has at least one element"));
            }
            let batch = arguments::unbatched(&inner.name, &inner.params, own, in_axes)?;
            let graph = make_inner(&batch.args)?;
            let out_axes = inner.out_axes(out_axes, graph.body.results.len())?;
            let (statics, list_depths) = (graph.statics.clone(), graph.list_depths.clone());
            let depths = list_depths.iter().copied().chain(std::iter::repeat(0));
            let out_axes: Vec<usize> =
                out_axes.iter().zip(depths).map(|(axis, depth)| axis + depth).collect();
            Graph { statics, list_depths, ..vmap(&graph, &batch.axes, &out_axes, batch.size, *chunk)? }
        }
        Transform::Checkpoint => {
            let graph = make_inner(own)?;
            let (statics, list_depths) = (graph.statics.clone(), graph.list_depths.clone());
            Graph { statics, list_depths, ..calls::recomputed(&graph, &inner.name) }
        }
        derivative => derive(derivative, &inner, own, added, make_inner, within.tape)?,
    };
    graph.name = name(base, transforms).into();
    if cfg!(debug_assertions) {
        graph.verify()?;
    }
    Ok(graph)
}

/// What a transform is applied to.
struct Inner {
    name: String,
    params: Vec<Parameter>,
}

impl Inner {
    /// The arguments that are passed on, and those that the transform added.
    fn split<'a>(
        &self,
        transform: &Transform,
        args: &'a [Argument],
    ) -> Result<(&'a [Argument], &'a [Argument])> {
        let added = match transform {
            Transform::Jvp { wrt } | Transform::Hvp { wrt } => wrt.len(),
            Transform::Vjp { .. } => 1,
            _ => 0,
        };
        let own = self.params.len();
        if args.len() != own + added {
            let message = format!(
                "`{}({})` takes {} arguments, not {}",
                transform.name(),
                self.name,
                own + added,
                args.len()
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        Ok(args.split_at(own))
    }

    /// One axis per result of the graph.
    fn out_axes(&self, out_axes: &[usize], results: usize) -> Result<Vec<usize>> {
        match out_axes {
            [axis] => Ok(vec![*axis; results]),
            axes if axes.len() == results => Ok(axes.to_vec()),
            axes => Err(Error::new(
                ErrorKind::Argument,
                format!("`{}` has {results} results, but `out_axes` names {}", self.name, axes.len()),
            )),
        }
    }
}

/// Applies a derivative to the graph of `own`.
fn derive(
    transform: &Transform,
    inner: &Inner,
    own: &[Argument],
    added: &[Argument],
    make_inner: impl FnOnce(&[Argument]) -> Result<Graph>,
    tape: usize,
) -> Result<Graph> {
    let at = |wrt: &[usize]| arguments::positions(&inner.name, &inner.params, own, wrt);
    // Gradients have the static fields of their arguments.
    let statics = |wrt: &[usize]| arguments::statics(own, wrt);
    let depths = |wrt: &[usize]| arguments::list_depths(own, wrt);
    match transform {
        Transform::Grad { wrt, value } => {
            let (positions, given) = (at(wrt)?, statics(wrt));
            let inner = make_inner(own)?;
            let results = inner.body.results.len();
            let graph = whole_gradients(value_and_grad(&inner, &positions, tape)?, results, own, wrt);
            if *value {
                let list_depths = [inner.list_depths, depths(wrt)].concat();
                return Ok(Graph { statics: [inner.statics, given].concat(), list_depths, ..graph });
            }
            let gradients = results..graph.body.results.len();
            let graph = select_results(&graph, &gradients.chain(1..results).collect::<Vec<_>>());
            let behind = inner.list_depths.get(1..).unwrap_or_default();
            let list_depths = [&depths(wrt), behind].concat();
            Ok(Graph { statics: [given, inner.statics].concat(), list_depths, ..graph })
        }
        Transform::Jvp { wrt } => {
            let positions = at(wrt)?;
            arguments::check_tangents(&inner.params, own, wrt, added)?;
            let inner = make_inner(own)?;
            // The tangent of a struct is one too.
            let floats = inner.body.results.iter().zip(&inner.list_depths);
            let floats = floats.filter(|(v, _)| inner.ty(**v).dtype.is_float()).map(|(_, &depth)| depth);
            let list_depths = inner.list_depths.iter().copied().chain(floats).collect();
            Ok(Graph { statics: inner.statics.repeat(2), list_depths, ..jvp(&inner, &positions)? })
        }
        Transform::Vjp { wrt } => {
            let (positions, given) = (at(wrt)?, statics(wrt));
            let graph = make_inner(own)?;
            arguments::check_cotangents(&inner.name, &graph, added)?;
            let statics = [graph.statics.clone(), given].concat();
            let list_depths = [graph.list_depths.clone(), depths(wrt)].concat();
            let results = graph.body.results.len();
            let graph = whole_gradients(vjp(&graph, &positions, tape)?, results, own, wrt);
            Ok(Graph { statics, list_depths, ..graph })
        }
        Transform::Jacobian { wrt, reverse: false } => jacfwd(&make_inner(own)?, &at(wrt)?),
        Transform::Jacobian { wrt, reverse: true } => jacrev(&make_inner(own)?, &at(wrt)?, tape),
        Transform::Hessian { wrt } => hessian(&make_inner(own)?, &at(wrt)?, tape),
        Transform::Hvp { wrt } => {
            let positions = at(wrt)?;
            arguments::check_tangents(&inner.params, own, wrt, added)?;
            let list_depths = depths(wrt);
            Ok(Graph { statics: statics(wrt), list_depths, ..hvp(&make_inner(own)?, &positions, tape)? })
        }
        Transform::Vmap { .. } | Transform::Linearize { .. } | Transform::Checkpoint => {
            let message = format!("`{}` is not a derivative as a graph", transform.name());
            Err(Error::new(ErrorKind::Verify, message))
        }
    }
}

/// Gradients of structs have all of their fields: what is no float is that of the argument. `first`: the result that the
/// gradients begin with.
fn whole_gradients(mut graph: Graph, first: usize, args: &[Argument], wrt: &[usize]) -> Graph {
    let parameters = arguments::parameters(args, wrt);
    if parameters.iter().all(|(_, is_float)| *is_float) {
        return graph;
    }
    let mut gradients = graph.body.results.split_off(first).into_iter();
    for (k, is_float) in parameters {
        let result = if is_float { gradients.next() } else { graph.body.params.get(k).copied() };
        graph.body.results.extend(result);
    }
    graph
}
