//! Loops whose tapes are too large. A simulation of 10,000 steps on a grid of 512 x 512 points has a tape of 21 GB, which
//! few machines have. Such a loop is cut into segments, as `#[checkpoint]` does it: what it carries is kept at their
//! starts, and a segment is run again when its turn comes.
//!
//! Tapes that memory has room for and caches have not are cut where the iterations are cheap: to run one again takes less
//! time than to fetch from memory what it left.

use super::super::calls::by_segments;
use super::super::emit::Emit;
use super::saved::Tape;
use super::scopes::Scopes;
use crate::error::Result;
use crate::graph::{Builder, Graph, Node, Region, SiteId, ValueId};
use crate::op::{BinaryOp, Op, UnaryOp};

/// Tapes of fewer bytes are not cut for the sake of memory.
const LARGE: f64 = 1024.0 * 1024.0 * 1024.0;

/// Tapes of fewer bytes may stay in a cache that all cores share.
const FAR: f64 = 32.0 * 1024.0 * 1024.0;

/// What the caches near a core keep of a segment, in bytes.
const NEAR: f64 = 1024.0 * 1024.0;

/// Shorter segments are not worth it.
const SHORT: f64 = 8.0;

/// So many operations on numbers take as long as a byte on its way to memory and back.
const PER_BYTE: f64 = 2.0;

/// What is left has to be this many times less.
const WORTH_IT: f64 = 4.0;

/// A loop of the graph's body, by position, and the length of its segments.
pub(super) struct Segments {
    at: usize,
    length: usize,
}

/// The loops whose tapes are too large; `types` knows the values that were added too.
pub(super) fn find(graph: &Graph, types: &Graph, scopes: &Scopes<'_>, tapes: &[Tape]) -> Vec<Segments> {
    let mut found = Vec::new();
    for (at, node) in graph.body.nodes.iter().enumerate() {
        if let Op::For { .. } = node.op
            && let Some(length) = length([graph, types], scopes, tapes, node)
        {
            found.push(Segments { at, length });
        }
    }
    found
}

fn length([graph, types]: [&Graph; 2], scopes: &Scopes<'_>, tapes: &[Tape], node: &Node) -> Option<usize> {
    let bytes = |v: ValueId| (types.ty(v).count() * types.ty(v).dtype.size()) as f64;
    let scope = scopes.of(&node.regions[0]);
    let (mut all, mut of_iteration) = (0.0, 0.0);
    for tape in tapes.iter().filter(|tape| tape.outermost == Some(scope)) {
        let places: f64 = tape.lengths.iter().map(|&n| n as f64).product();
        all += places * bytes(tape.value);
        of_iteration += tape.places_of_iteration(scopes) * bytes(tape.value);
    }
    let carried: f64 = node.inputs[2..].iter().map(|&v| bytes(v)).sum();
    let trips = all / of_iteration;
    let length = if all >= LARGE {
        // The tape of a segment and what is kept at the starts of all take the least memory where they take the same.
        (trips * carried / of_iteration).sqrt().ceil().max(1.0)
    } else {
        let near = (NEAR / of_iteration).floor();
        let again = Cost { graph, types }.of_region(&node.regions[0]);
        if all < FAR || near < SHORT || again > PER_BYTE * of_iteration {
            return None;
        }
        near
    };
    let left = length * of_iteration + trips / length * carried;
    (WORTH_IT * left <= all).then_some(length as usize)
}

/// What it takes to run code, in operations on numbers, of which many are done at once.
struct Cost<'g> {
    graph: &'g Graph,
    types: &'g Graph,
}

impl Cost<'_> {
    fn of_region(&self, region: &Region) -> f64 {
        region.nodes.iter().map(|node| self.of_node(node)).sum()
    }

    fn of_node(&self, node: &Node) -> f64 {
        let inside = || node.regions.iter().map(|r| self.of_region(r)).sum::<f64>();
        let elements = || node.outputs.first().map_or(1.0, |&v| self.types.ty(v).count() as f64);
        let float = || node.outputs.iter().any(|&v| self.types.ty(v).dtype.is_float());
        match &node.op {
            Op::For { .. } => {
                let trips = crate::graph::constant(self.graph, node.inputs[1]);
                let trips = trips.map_or(f64::INFINITY, |n| n.max(0) as f64);
                // What an iteration leaves for the next one is waited for.
                let carries = &node.regions[0].params[1..];
                let waits = carries.iter().any(|&v| self.types.ty(v).is_scalar());
                trips * inside() * if waits { 4.0 } else { 1.0 }
            }
            Op::While => f64::INFINITY,
            Op::Cond | Op::Switch | Op::Call { .. } => inside(),
            Op::Dot | Op::CumSum { .. } => f64::INFINITY,
            Op::Unary(UnaryOp::Neg | UnaryOp::Abs) | Op::Select if float() => elements(),
            Op::Binary(BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Min | BinaryOp::Max)
                if float() =>
            {
                elements()
            }
            Op::Unary(_) | Op::Binary(_) if float() => 16.0 * elements(),
            _ => 0.0,
        }
    }
}

/// Cuts these loops.
pub(super) fn cut(graph: &mut Graph, loops: &[Segments], tape: usize) -> Result<()> {
    let (body, all) = (graph.body.clone(), graph.clone());
    let mut writer = Writer { builder: Builder::extending(graph), site: SiteId(0) };
    for (at, node) in body.nodes.iter().enumerate() {
        writer.site = node.site;
        match loops.iter().find(|l| l.at == at) {
            Some(l) => by_segments(&mut writer, &all, node, &all.name, Some(l.length), tape)?,
            None => writer.builder.append(node.clone()),
        }
    }
    *graph = writer.builder.finish(body.results);
    Ok(())
}

struct Writer {
    builder: Builder,
    site: SiteId,
}

impl Emit for Writer {
    fn builder(&mut self) -> &mut Builder {
        &mut self.builder
    }
    fn site(&self) -> SiteId {
        self.site
    }
    fn primal(&mut self, v: ValueId) -> Result<ValueId> {
        Ok(v)
    }
}
