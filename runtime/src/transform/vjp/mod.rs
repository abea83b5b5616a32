//! Reverse mode. The forward pass is the graph itself; where a loop overwrites what its reverse needs, it also
//! writes that to a tape, an array with one place per iteration. The reverse pass follows: the nodes of each
//! region backwards, loops from their last iteration to their first, branches by the same condition.
//!
//! - `reverse.rs` writes the reverse pass; values of the forward pass that it wants inside a loop are requests.
//! - `saved.rs` answers the requests of a region when its reverse is complete: a value is computed again from what
//!   is there, or read from a tape; `again.rs` says which saves less.
//! - `totals.rs` keeps tapes of loops in loops as long as all runs together.
//! - `forward.rs` writes the forward pass with the tapes that this took.
//! - `overwritten.rs` finds arrays that a loop only writes: their cotangents are not carried through its reverse.
//! - `products.rs` adds up cotangents that are multiples of the same one.
//! - `segments.rs` says which loops are run again by segments, because their tapes are too large to be kept.

mod again;
mod calls;
mod forward;
mod guards;
mod overwritten;
mod products;
mod reverse;
mod saved;
mod scopes;
mod segments;
mod totals;

use super::activity;
use super::emit::Emit;
use super::expand;
use crate::error::Result;
use crate::graph::{Builder, Graph, Node, SiteId, ValueId};
use crate::hash::{HashMap, HashSet};
use saved::{Frame, Tape};
use scopes::Scopes;

/// The graph and its adjoint; see [`super::vjp`].
pub(super) fn run(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    let inputs: Vec<ValueId> = wrt.iter().map(|&k| graph.body.params[k]).collect();
    let mut graph = expand::run(graph, &inputs, Some(tape));
    let (adjoint, segments) = adjoint(&graph, &inputs, tape)?;
    if segments.is_empty() {
        return Ok(adjoint);
    }
    segments::cut(&mut graph, &segments, tape)?;
    Ok(self::adjoint(&graph, &inputs, tape)?.0)
}

/// The same, and nothing is run again: for a reverse pass that is to run many times.
pub(super) fn with_all_tapes(graph: &Graph, wrt: &[usize], tape: usize) -> Result<Graph> {
    let inputs: Vec<ValueId> = wrt.iter().map(|&k| graph.body.params[k]).collect();
    let graph = expand::run(graph, &inputs, Some(tape));
    Ok(adjoint(&graph, &inputs, tape)?.0)
}

/// The graph and its adjoint, and the loops whose tapes are too large.
fn adjoint(graph: &Graph, inputs: &[ValueId], tape: usize) -> Result<(Graph, Vec<segments::Segments>)> {
    let is_float = |v: &ValueId| graph.ty(*v).dtype.is_float();
    let outputs: Vec<ValueId> = graph.body.results.iter().copied().filter(is_float).collect();
    let scopes = Scopes::new(graph);
    let mut pass = Pass {
        graph,
        guards: guards::find(graph, &scopes),
        scopes,
        varied: activity::varied(graph, inputs),
        useful: activity::useful(graph, &outputs),
        builder: Builder::extending(graph),
        adjoints: HashMap::default(),
        frames: vec![Frame::new(0, None)],
        tapes: Vec::new(),
        products: HashMap::default(),
        settled: HashSet::default(),
        counters: HashMap::default(),
        totals: Vec::new(),
        capacity: tape,
        site: SiteId(0),
    };
    let cotangents: Vec<ValueId> = outputs
        .iter()
        .enumerate()
        .map(|(k, &v)| pass.builder.param(graph.ty(v).clone(), Some(format!("ct{k}").into())))
        .collect();
    pass.builder.open();
    for (&v, cotangent) in outputs.iter().zip(cotangents) {
        pass.accumulate(v, cotangent)?;
    }
    pass.reverse(&graph.body)?;
    let mut results = graph.body.results.clone();
    for &v in inputs {
        results.push(pass.adjoint_or_zeros(v)?);
    }
    let reverse = pass.builder.close(Vec::new());
    let segments = segments::find(graph, pass.builder.graph(), &pass.scopes, &pass.tapes);
    pass.forward()?;
    pass.builder.splice(reverse);
    Ok((pass.builder.finish(results), segments))
}

struct Pass<'g> {
    graph: &'g Graph,
    scopes: Scopes<'g>,
    guards: HashMap<ValueId, guards::Guard>,
    varied: activity::Set,
    useful: activity::Set,
    builder: Builder,
    /// The cotangents so far, of values whose uses were all met; none is zero.
    adjoints: HashMap<ValueId, ValueId>,
    /// Cotangents that are multiples of another one.
    products: HashMap<ValueId, products::Product>,
    /// The regions whose reverse is being written, outermost first.
    frames: Vec<Frame>,
    tapes: Vec<Tape>,
    /// Carries that a loop only writes: no cotangent goes through them, that of what stood there before is settled.
    settled: HashSet<ValueId>,
    /// The trip counters of `while` loops.
    counters: HashMap<*const Node, Counter>,
    /// Loops that count their iterations over all runs.
    totals: Vec<totals::Total>,
    /// How many iterations a tape holds of a loop whose trips are not bounded.
    capacity: usize,
    site: SiteId,
}

/// The number of iterations that a `while` made: one more carry of the forward pass.
#[derive(Clone, Copy)]
struct Counter {
    inside: ValueId,
    after: ValueId,
}

impl Emit for Pass<'_> {
    fn builder(&mut self) -> &mut Builder {
        &mut self.builder
    }
    fn site(&self) -> SiteId {
        self.site
    }
    fn primal(&mut self, v: ValueId) -> Result<ValueId> {
        self.request(v)
    }
}
