//! From the arguments of a call to its results, for whatever can be called.

use super::args::{ArgValue, Outputs, neither};
use super::cache::{Cache, Planned};
use super::gather::settle;
use super::plan::{Body, Plan};
use super::{tape, walk};
use crate::array::Device;
use crate::backend::{Engine, debug_nans, engine, fma};
use crate::dtype::Type;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::kernel::OutSlots;
use crate::observe::{TARGET, Watch};
use crate::op::datum::Datum;
use crate::optimize;
use crate::stage::{Argument, Mode, Param};
use smallvec::SmallVec;
use tracing::{Level, debug, debug_span, level_enabled, trace_span};

/// What can be called: a function, or a transform of one.
pub(crate) trait Callee {
    fn name(&self) -> &'static str;
    fn params(&self) -> &[Param];
    fn cache(&self) -> &Cache;
    /// Its graphs take and give all lists element by element.
    fn lists_apart(&self) -> bool {
        false
    }
    /// The graph for these arguments, not optimised yet; its loops record at most `tape` iterations each for a
    /// reverse pass.
    fn stage(&self, args: &[Argument], tape: usize) -> Result<Staged>;
}

/// What a call runs, as graphs.
pub(crate) struct Staged {
    pub graph: Graph,
    /// Of a linearised function: the linear map, which takes the last results of `graph` and the tangents.
    pub linear: Option<Graph>,
}

impl From<Graph> for Staged {
    fn from(graph: Graph) -> Staged {
        Staged { graph, linear: None }
    }
}

/// Where a call runs: with its data if they are on an accelerator, else on the device that was set.
pub(super) fn device_of(args: &[ArgValue<'_>]) -> Device {
    args.iter().find_map(ArgValue::accelerator).unwrap_or_else(crate::backend::device)
}

/// Stages and optimises the graphs for these arguments.
fn make_graphs(callee: &dyn Callee, args: &[ArgValue<'_>], tape: usize) -> Result<Staged> {
    let params: Vec<Argument> =
        callee.params().iter().zip(args).map(|(param, arg)| argument(param.is_static, arg)).collect();
    let watch = Watch::new(debug_span!(target: TARGET, "stage", function = callee.name()));
    let mut staged = callee.stage(&params, tape)?;
    let graph = &mut staged.graph;
    watch.done(|elapsed| debug!(target: TARGET, nodes = graph.node_count(), ?elapsed, "staged"));
    if cfg!(debug_assertions) {
        graph.verify()?;
    }
    let watch = Watch::new(debug_span!(target: TARGET, "optimise", function = callee.name()));
    optimize::run(graph)?;
    if let Some(linear) = &mut staged.linear {
        optimize::run(linear)?;
    }
    watch.done(|elapsed| debug!(target: TARGET, nodes = graph.node_count(), ?elapsed, "optimised"));
    Ok(staged)
}

/// An argument as staging sees it.
fn argument(is_static: bool, arg: &ArgValue<'_>) -> Argument {
    match (arg.parts(), arg.known(is_static)) {
        (Some(parts), _) => {
            let parts = parts.iter().map(|p| argument(is_static, p)).collect();
            if let ArgValue::Gathered(_) = arg { Argument::Gathered(parts) } else { Argument::Tuple(parts) }
        }
        (None, Some(literal)) => Argument::Static(literal),
        _ => Argument::Traced(Type::new(arg.dtype(), arg.shape())),
    }
}

/// The graph that a call with these arguments runs.
pub(crate) fn graph(callee: &dyn Callee, args: &mut [ArgValue<'_>]) -> Result<Graph> {
    check_count(callee, args)?;
    settle_lists(callee, args)?;
    Ok(make_graphs(callee, args, tape::START)?.graph)
}

/// Brings lists in the arguments into the form that its graphs take.
fn settle_lists(callee: &dyn Callee, args: &mut [ArgValue<'_>]) -> Result<()> {
    let gather = !callee.lists_apart();
    let params = callee.params().iter().zip(args);
    params.into_iter().try_for_each(|(param, arg)| settle(arg, gather && !param.is_static))
}

fn check_count(callee: &dyn Callee, args: &[ArgValue<'_>]) -> Result<()> {
    if args.len() == callee.params().len() {
        return Ok(());
    }
    let message =
        format!("`{}` takes {} arguments, not {}", callee.name(), callee.params().len(), args.len());
    Err(Error::new(ErrorKind::Argument, message))
}

/// The compiled form for these arguments, from the cache or made now.
pub(super) fn compile(
    callee: &dyn Callee,
    args: &[ArgValue<'_>],
    device: &Device,
    tape: usize,
) -> Result<Planned> {
    // Only op by op every value is there to be looked at.
    let engine = if debug_nans() { Engine::Candle } else { engine() };
    callee.cache().get(callee.name(), callee.params(), args, (device, engine, fma()), || {
        let Staged { graph, linear } = make_graphs(callee, args, tape)?;
        let updates = updates(callee, args, graph.body.results.len());
        let plan = Plan::new(graph, &updates, device, engine)?;
        let linear = linear.map(|linear| Plan::new(linear, &[], device, engine).map(Box::new));
        let tape = tape::is_used(&plan.graph).then_some(tape);
        Ok(Plan { tape, linear: linear.transpose()?, ..plan })
    })
}

/// The parameters of a graph that are `&mut` arguments, and which of its results they become: the last ones.
fn updates(callee: &dyn Callee, args: &[ArgValue<'_>], results: usize) -> Vec<(usize, usize)> {
    let updated: usize = args.iter().map(ArgValue::updated).sum();
    let returned = results.saturating_sub(updated);
    let mut at = 0;
    let mut updated = Vec::new();
    for (param, arg) in callee.params().iter().zip(args) {
        let own = at..at + traced(param.is_static, arg);
        at = own.end;
        if param.mode == Mode::Mut {
            updated.extend(own);
        }
    }
    updated.into_iter().zip(returned..).collect()
}

/// How many parameters of the graph an argument is.
fn traced(is_static: bool, arg: &ArgValue<'_>) -> usize {
    match arg.parts() {
        Some(parts) => parts.iter().map(|part| traced(is_static, part)).sum(),
        None => usize::from(arg.known(is_static).is_none()),
    }
}

/// The compiled form of a call with these arguments, if there was one.
pub(super) fn compiled(callee: &dyn Callee, args: &[ArgValue<'_>]) -> Option<Planned> {
    callee.cache().peek(callee.params(), args, (&device_of(args), engine(), fma()))
}

/// Calls it: stages it on the first call with such arguments, then runs.
pub(super) fn call<R>(
    callee: &dyn Callee,
    args: &mut [ArgValue<'_>],
    take: impl FnOnce(&mut Outputs) -> Result<R>,
) -> Result<R> {
    if level_enabled!(Level::TRACE) { call_watched(callee, args, take) } else { call_now(callee, args, take) }
}

#[cold]
fn call_watched<R>(
    callee: &dyn Callee,
    args: &mut [ArgValue<'_>],
    take: impl FnOnce(&mut Outputs) -> Result<R>,
) -> Result<R> {
    let _call = trace_span!(target: TARGET, "call", function = callee.name()).entered();
    call_now(callee, args, take)
}

fn call_now<R>(
    callee: &dyn Callee,
    args: &mut [ArgValue<'_>],
    take: impl FnOnce(&mut Outputs) -> Result<R>,
) -> Result<R> {
    let device = device_of(args);
    let mut outputs = Outputs::default();
    let plan = compile_and_run(callee, args, &device, outputs.values())?;
    outputs.set_statics(&plan.graph.statics);
    let result = take(&mut outputs)?;
    for arg in args.iter_mut() {
        arg.write(&mut outputs)?;
    }
    Ok(result)
}

/// Runs it for these arguments, and gives what ran.
#[inline]
pub(super) fn compile_and_run(
    callee: &dyn Callee,
    args: &mut [ArgValue<'_>],
    device: &Device,
    out: &mut OutSlots,
) -> Result<Planned> {
    check_count(callee, args)?;
    settle_lists(callee, args)?;
    let plan = compile(callee, args, device, tape::START)?;
    if plan.tape.is_some() {
        return tape::run_until_it_fits(callee, plan, args, device, out);
    }
    run(callee, &plan, args, device, out)?;
    Ok(plan)
}

pub(super) fn run(
    callee: &dyn Callee,
    plan: &Plan,
    args: &mut [ArgValue<'_>],
    device: &Device,
    out: &mut OutSlots,
) -> Result<()> {
    let mut leaves = Leaves::new();
    for (param, arg) in callee.params().iter().zip(args) {
        push_leaves(param.is_static, arg, &mut leaves);
    }
    run_leaves(plan, leaves, device, out)
}

/// Runs a plan with these as the parameters of its graph.
pub(super) fn run_leaves(
    plan: &Plan,
    mut leaves: Leaves<'_, '_>,
    device: &Device,
    out: &mut OutSlots,
) -> Result<()> {
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
pub(super) type Leaves<'s, 'a> = SmallVec<[Option<&'s mut ArgValue<'a>>; 8]>;

pub(super) fn push_leaves<'s, 'a>(is_static: bool, arg: &'s mut ArgValue<'a>, leaves: &mut Leaves<'s, 'a>) {
    match arg {
        ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => {
            parts.iter_mut().for_each(|part| push_leaves(is_static, part, leaves));
        }
        arg if arg.known(is_static).is_some() => {}
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
