//! Arguments of transformed functions: which parameters of the graph they are, and whether they fit.

use crate::dtype::{Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::stage::Argument;

/// A parameter of a function or of a transform of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    pub name: String,
    pub is_static: bool,
}

impl Parameter {
    /// One that a transform adds for this one.
    pub fn added(&self, what: &str) -> Parameter {
        Parameter { name: format!("{what} {}", self.name), is_static: false }
    }
}

/// The types of the parts of an argument that are parameters of the graph, in order.
fn traced<'a>(arg: &'a Argument, found: &mut Vec<&'a Type>) {
    match arg {
        Argument::Traced(ty) => found.push(ty),
        Argument::Static(_) => {}
        Argument::Tuple(parts) | Argument::Gathered(parts) => {
            parts.iter().for_each(|part| traced(part, found));
        }
    }
}

pub(crate) fn types(args: &[Argument]) -> Vec<&Type> {
    let mut found = Vec::new();
    args.iter().for_each(|arg| traced(arg, &mut found));
    found
}

/// The static fields of the arguments in `wrt`, in order.
pub(super) fn statics(args: &[Argument], wrt: &[usize]) -> Vec<Literal> {
    fn collect(arg: &Argument, found: &mut Vec<Literal>) {
        match arg {
            Argument::Static(literal) => found.push(*literal),
            Argument::Traced(_) => {}
            Argument::Tuple(parts) | Argument::Gathered(parts) => {
                parts.iter().for_each(|part| collect(part, found));
            }
        }
    }
    let mut found = Vec::new();
    wrt.iter().filter_map(|&k| args.get(k)).for_each(|arg| collect(arg, &mut found));
    found
}

/// The parameters of the graph that the arguments in `wrt` are.
pub(super) fn positions(
    function: &str,
    params: &[Parameter],
    args: &[Argument],
    wrt: &[usize],
) -> Result<Vec<usize>> {
    let mut found = Vec::new();
    for (k, &number) in wrt.iter().enumerate() {
        let (Some(param), Some(arg)) = (params.get(number), args.get(number)) else {
            let message =
                format!("`{function}` has {} arguments, so there is no number {number}", params.len());
            return Err(Error::new(ErrorKind::Argument, message).note("they are counted from 0"));
        };
        let name = &param.name;
        if wrt[..k].contains(&number) {
            let message = format!("`{function}` is differentiated twice by its argument `{name}`");
            return Err(Error::new(ErrorKind::Argument, message).note("name every argument once"));
        }
        if param.is_static {
            return Err(static_argument(function, name));
        }
        let first = types(&args[..number]).len();
        let own = types(std::slice::from_ref(arg));
        let is_tree = matches!(arg, Argument::Tuple(_) | Argument::Gathered(_));
        if let Some(ty) = own.iter().find(|ty| !ty.dtype.is_float() && !is_tree) {
            let message = format!("the argument `{name}` of `{function}` is {ty}, which has no derivative");
            return Err(Error::new(ErrorKind::DType, message).note("only f64 and f32 have derivatives"));
        }
        // Integer fields of a struct are carried along.
        found.extend((first..).zip(&own).filter(|(_, ty)| ty.dtype.is_float()).map(|(k, _)| k));
    }
    Ok(found)
}

/// In how many gathered lists each part of an argument lies that is a parameter of the graph.
fn depths(arg: &Argument, depth: usize, found: &mut Vec<usize>) {
    match arg {
        Argument::Static(_) => {}
        Argument::Traced(_) => found.push(depth),
        Argument::Tuple(parts) => parts.iter().for_each(|part| depths(part, depth, found)),
        Argument::Gathered(parts) => parts.iter().for_each(|part| depths(part, depth + 1, found)),
    }
}

/// The same of gradients by the arguments in `wrt`.
pub(super) fn list_depths(args: &[Argument], wrt: &[usize]) -> Vec<usize> {
    let mut found = Vec::new();
    wrt.iter().filter_map(|&k| args.get(k)).for_each(|arg| depths(arg, 0, &mut found));
    found
}

/// The parameters of the graph that the arguments in `wrt` are, and whether each is a float.
pub(super) fn parameters(args: &[Argument], wrt: &[usize]) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    for &number in wrt {
        let first = types(&args[..number.min(args.len())]).len();
        let own = args.get(number).map(|arg| types(std::slice::from_ref(arg))).unwrap_or_default();
        found.extend((first..).zip(own).map(|(k, ty)| (k, ty.dtype.is_float())));
    }
    found
}

/// Tangents have the types of the arguments that they are tangents of.
pub(super) fn check_tangents(
    params: &[Parameter],
    args: &[Argument],
    wrt: &[usize],
    tangents: &[Argument],
) -> Result<()> {
    for (&number, tangent) in wrt.iter().zip(tangents) {
        let primal = types(&args[number..number + 1]);
        let found = types(std::slice::from_ref(tangent));
        if let Some(ty) = found.iter().find(|ty| !ty.dtype.is_float()) {
            let name = &params[number].name;
            let message = format!("`{name}` has a part that is {ty}, which has no tangent");
            return Err(Error::new(ErrorKind::DType, message)
                .note("write `#[tree(static)]` on the field: only f64 and f32 have derivatives"));
        }
        if primal != found {
            return Err(other_tangent(&params[number].name, &found, &primal));
        }
    }
    Ok(())
}

/// The error of a derivative by a static argument.
pub(crate) fn static_argument(function: &str, name: &str) -> Error {
    let message = format!("the static argument `{name}` of `{function}` cannot be differentiated");
    Error::new(ErrorKind::Static, message).note(format!("take `{name}` out of `#[desc_jit(static(..))]`"))
}

/// The error of a tangent that has not the types of its argument.
pub(crate) fn other_tangent(name: &str, tangent: &[&Type], argument: &[&Type]) -> Error {
    let (tangent, argument) = (listed(tangent), listed(argument));
    Error::new(ErrorKind::Shape, format!("the tangent of `{name}` is {tangent}, but `{name}` is {argument}"))
}

/// Cotangents have the types of the float results of the graph.
pub(super) fn check_cotangents(function: &str, graph: &Graph, cotangents: &[Argument]) -> Result<()> {
    let results = graph.body.results.iter().map(|&v| graph.ty(v)).filter(|ty| ty.dtype.is_float());
    let results: Vec<&Type> = results.collect();
    let found = types(cotangents);
    if results == found {
        return Ok(());
    }
    let message = format!(
        "the cotangent of `{function}` is {}, but its result is {}",
        listed(&found),
        listed(&results)
    );
    Err(Error::new(ErrorKind::Shape, message))
}

fn listed(types: &[&Type]) -> String {
    match types {
        [ty] => ty.to_string(),
        _ => format!("({})", types.iter().map(|ty| ty.to_string()).collect::<Vec<_>>().join(", ")),
    }
}

/// The arguments of one element of a batch.
#[derive(Debug)]
pub(super) struct Batch {
    pub size: usize,
    pub args: Vec<Argument>,
    /// The new axis of each parameter of the graph.
    pub axes: Vec<Option<usize>>,
}

/// Takes the batch axis off every mapped argument.
pub(super) fn unbatched(
    function: &str,
    params: &[Parameter],
    args: &[Argument],
    in_axes: &[Option<usize>],
) -> Result<Batch> {
    if in_axes.len() != args.len() {
        let message =
            format!("`{function}` takes {} arguments, but `in_axes` names {}", args.len(), in_axes.len());
        return Err(Error::new(ErrorKind::Argument, message));
    }
    // The first mapped argument, and the length of its axis.
    let mut size: Option<(String, usize)> = None;
    let mut axes = Vec::new();
    let mut inner = Vec::new();
    for ((param, arg), &axis) in params.iter().zip(args).zip(in_axes) {
        let mut behind_lists = Vec::new();
        depths(arg, 0, &mut behind_lists);
        axes.extend(behind_lists.into_iter().map(|depth| axis.map(|axis| axis + depth)));
        let Some(axis) = axis else {
            inner.push(arg.clone());
            continue;
        };
        if param.is_static {
            let message = format!("the static argument `{}` of `{function}` cannot be mapped", param.name);
            return Err(Error::new(ErrorKind::Static, message)
                .note("write `_` at its place: `vmap(f::jit()).in_axes(in_axes![0, _])`"));
        }
        let mut mapped = Mapped { function, axis, size: &mut size };
        inner.push(mapped.element(arg, 0, &param.name)?);
    }
    let Some((_, size)) = size else {
        let message = format!("`vmap` of `{function}` has no mapped argument");
        return Err(Error::new(ErrorKind::Argument, message)
            .note("at least one place of `in_axes!` is the number of an axis"));
    };
    Ok(Batch { size, args: inner, axes })
}

/// One mapped argument.
struct Mapped<'a> {
    function: &'a str,
    axis: usize,
    size: &'a mut Option<(String, usize)>,
}

impl Mapped<'_> {
    /// The argument of one element of the batch; `name` is what messages call it.
    fn element(&mut self, arg: &Argument, depth: usize, name: &str) -> Result<Argument> {
        match arg {
            Argument::Tuple(parts) => {
                let parts = parts.iter().enumerate();
                let parts = parts.map(|(k, part)| self.element(part, depth, &format!("{name}.{k}")));
                Ok(Argument::Tuple(parts.collect::<Result<_>>()?))
            }
            Argument::Gathered(parts) => {
                let parts = parts.iter().map(|part| self.element(part, depth + 1, name));
                Ok(Argument::Gathered(parts.collect::<Result<_>>()?))
            }
            Argument::Static(literal) => Ok(Argument::Static(*literal)),
            Argument::Traced(ty) => {
                // The elements of a list come first, then the batch.
                let axis = self.axis + depth;
                if axis >= ty.rank() {
                    let message = format!(
                        "the argument `{name}` of `{}` is {ty}: it has no axis {} to be mapped over",
                        self.function, self.axis
                    );
                    return Err(Error::new(ErrorKind::Rank, message));
                }
                let mut shape = ty.shape.clone();
                let length = shape.remove(axis);
                match &self.size {
                    None => *self.size = Some((name.to_string(), length)),
                    Some((first, size)) if *size != length => {
                        let message = format!(
                            "`vmap` of `{}`: `{first}` has a batch of {size}, but `{name}` one of {length}",
                            self.function
                        );
                        return Err(Error::new(ErrorKind::Shape, message)
                            .note("all mapped arguments have the same length along their mapped axes"));
                    }
                    Some(_) => {}
                }
                Ok(Argument::Traced(Type::new(ty.dtype, shape)))
            }
        }
    }
}
