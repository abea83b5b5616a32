//! An annotated function: what the macro knows of it, and its cache.

use super::args::{ArgValue, Output, Outputs, neither};
use super::cache::{Cache, CacheStats, Planned};
use super::plan::{Body, Plan};
use super::walk;
use crate::array::Device;
use crate::backend::{engine, fma};
use crate::dtype::Type;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::kernel::OutSlots;
use crate::observe::{TARGET, Watch};
use crate::op::datum::Datum;
use crate::optimize;
use crate::stage::{Argument, FunctionInfo, Mode, Param, Source, StageFn, Ty, stage_root};
use smallvec::SmallVec;
use std::ops::Deref;
use tracing::{Level, debug, debug_span, level_enabled, trace_span};

/// An annotated function; generated code holds one in a static.
pub struct Function {
    info: FunctionInfo,
    cache: Cache,
}

impl Function {
    /// The function that the macro describes.
    pub const fn new(
        name: &'static str,
        stage: StageFn,
        params: &'static [Param],
        result: Ty,
        source: &'static Source,
    ) -> Function {
        Function { info: FunctionInfo { name, stage, params, result, source }, cache: Cache::new() }
    }

    /// What staging knows of it.
    pub fn info(&'static self) -> &'static FunctionInfo {
        &self.info
    }

    /// Counters of its cache.
    pub fn cache_stats(&self) -> CacheStats {
        self.cache.stats()
    }

    /// Forgets every compiled graph.
    pub fn clear_cache(&self) {
        self.cache.clear();
    }
}

impl Deref for Function {
    type Target = FunctionInfo;
    fn deref(&self) -> &FunctionInfo {
        &self.info
    }
}

/// Where a call runs: with its data if they are on an accelerator, else on the device that was set.
fn device_of(args: &[ArgValue<'_>]) -> Device {
    args.iter().find_map(ArgValue::accelerator).unwrap_or_else(crate::backend::device)
}

/// Stages and optimises the graph for these arguments.
fn make_graph(function: &'static Function, args: &[ArgValue<'_>]) -> Result<Graph> {
    let info = function.info();
    let params: Vec<Argument> =
        info.params.iter().zip(args).map(|(param, arg)| argument(param.is_static, arg)).collect();
    let watch = Watch::new(debug_span!(target: TARGET, "stage", function = info.name));
    let mut graph = stage_root(info, &params)?;
    watch.done(|elapsed| debug!(target: TARGET, nodes = graph.node_count(), ?elapsed, "staged"));
    if cfg!(debug_assertions) {
        graph.verify()?;
    }
    let watch = Watch::new(debug_span!(target: TARGET, "optimise", function = info.name));
    optimize::run(&mut graph)?;
    watch.done(|elapsed| debug!(target: TARGET, nodes = graph.node_count(), ?elapsed, "optimised"));
    Ok(graph)
}

/// An argument as staging sees it.
fn argument(is_static: bool, arg: &ArgValue<'_>) -> Argument {
    match (arg.parts(), arg.literal()) {
        (Some(parts), _) => Argument::Tuple(parts.iter().map(|p| argument(is_static, p)).collect()),
        (None, Some(literal)) if is_static => Argument::Static(literal),
        _ => Argument::Traced(Type::new(arg.dtype(), arg.shape())),
    }
}

/// The graph that a call with these arguments runs.
pub(crate) fn graph(function: &'static Function, args: &[ArgValue<'_>]) -> Result<Graph> {
    check_count(function, args)?;
    make_graph(function, args)
}

fn check_count(function: &'static Function, args: &[ArgValue<'_>]) -> Result<()> {
    if args.len() == function.params.len() {
        return Ok(());
    }
    let message =
        format!("`{}` takes {} arguments, not {}", function.name, function.params.len(), args.len());
    Err(Error::new(ErrorKind::Argument, message))
}

/// The compiled form for these arguments, from the cache or made now.
fn compile(function: &'static Function, args: &[ArgValue<'_>], device: &Device) -> Result<Planned> {
    let engine = engine();
    function.cache.get(function, args, (device, engine, fma()), || {
        let graph = make_graph(function, args)?;
        let updates = updates(function, args, graph.body.results.len());
        Plan::new(graph, &updates, device, engine)
    })
}

/// The parameters of a graph that are `&mut` arguments, and which of its results they become: the last ones.
fn updates(function: &'static Function, args: &[ArgValue<'_>], results: usize) -> Vec<(usize, usize)> {
    let is_mut = |param: &&Param| param.mode == Mode::Mut;
    let returned = results.saturating_sub(function.params.iter().filter(is_mut).count());
    let mut at = 0;
    let firsts = function.params.iter().zip(args).map(|(param, arg)| {
        let first = at;
        at += traced(param.is_static, arg);
        (param, first)
    });
    firsts.filter(|(param, _)| is_mut(param)).map(|(_, first)| first).zip(returned..).collect()
}

/// How many parameters of the graph an argument is.
fn traced(is_static: bool, arg: &ArgValue<'_>) -> usize {
    match arg.parts() {
        Some(parts) => parts.iter().map(|part| traced(is_static, part)).sum(),
        None => usize::from(!(is_static && arg.literal().is_some())),
    }
}

/// The compiled form of a call with these arguments, if there was one.
pub(super) fn compiled(function: &'static Function, args: &[ArgValue<'_>]) -> Option<Planned> {
    function.cache.peek(function.params, args, (&device_of(args), engine(), fma()))
}

/// Calls a function: stages it on the first call with such arguments, then runs.
pub(crate) fn call<R: Output>(function: &'static Function, args: &mut [ArgValue<'_>]) -> Result<R> {
    if level_enabled!(Level::TRACE) { call_watched(function, args) } else { call_now(function, args) }
}

#[cold]
fn call_watched<R: Output>(function: &'static Function, args: &mut [ArgValue<'_>]) -> Result<R> {
    let _call = trace_span!(target: TARGET, "call", function = function.name).entered();
    call_now(function, args)
}

fn call_now<R: Output>(function: &'static Function, args: &mut [ArgValue<'_>]) -> Result<R> {
    check_count(function, args)?;
    let device = device_of(args);
    let plan = compile(function, args, &device)?;
    let mut outputs = Outputs::default();
    run(function, &plan, args, &device, outputs.values())?;
    let result = R::take(&mut outputs)?;
    for arg in args.iter_mut().filter(|a| a.is_mut()) {
        arg.write(outputs.next_value()?)?;
    }
    Ok(result)
}

fn run(
    function: &'static Function,
    plan: &Plan,
    args: &mut [ArgValue<'_>],
    device: &Device,
    out: &mut OutSlots,
) -> Result<()> {
    let mut leaves = Leaves::new();
    for (param, arg) in function.params.iter().zip(args) {
        push_leaves(param.is_static, arg, &mut leaves);
    }
    match &plan.body {
        Body::Kernel(kernel) => {
            let mut leaf = |k: usize| leaves.get_mut(k).and_then(Option::take).ok_or_else(neither);
            kernel.run(|k, access| leaf(k)?.slot(access), out)
        }
        Body::Nodes(body) => {
            let inputs = leaves.into_iter().flatten().map(|arg| input(arg, device));
            walk::run(&plan.graph, body, inputs.collect::<Result<Vec<_>>>()?, device, out)
        }
    }
}

/// The traced parts of arguments, in order.
type Leaves<'s, 'a> = SmallVec<[Option<&'s mut ArgValue<'a>>; 8]>;

fn push_leaves<'s, 'a>(is_static: bool, arg: &'s mut ArgValue<'a>, leaves: &mut Leaves<'s, 'a>) {
    match arg {
        ArgValue::Tuple(parts) => parts.iter_mut().for_each(|part| push_leaves(is_static, part, leaves)),
        arg if is_static && arg.literal().is_some() => {}
        arg => leaves.push(Some(arg)),
    }
}

/// An argument as the walk takes it. `&mut` arrays are lent: an error leaves them as they were.
fn input<'a>(arg: &'a mut ArgValue<'_>, device: &Device) -> Result<Datum<'a>> {
    if let Some(literal) = arg.literal() {
        return Ok(Datum::Scalar(literal));
    }
    if let ArgValue::Owned(buffer) = arg {
        let empty = crate::array::Buffer::zeros(buffer.dtype(), &[0], &Device::cpu())?;
        let buffer = std::mem::replace(buffer, empty);
        return Ok(Datum::owned(if buffer.device() == *device {
            buffer
        } else {
            buffer.to_device(device)?
        }));
    }
    match arg.buffer() {
        Some(buffer) if buffer.device() == *device => Ok(Datum::Lent(buffer)),
        Some(buffer) => Ok(Datum::owned(buffer.to_device(device)?)),
        None => Err(neither()),
    }
}
