//! Loops whose tapes are too large. A simulation of 10,000 steps on a grid of 512 x 512 points has a tape of 21 GB, which
//! few machines have. Such a loop is cut into segments, as `#[checkpoint]` does it: what it carries is kept at their
//! starts, and a segment is run again when its turn comes.

use super::super::calls::by_segments;
use super::super::emit::Emit;
use super::saved::Tape;
use super::scopes::Scopes;
use crate::error::Result;
use crate::graph::{Builder, Graph, Node, SiteId, ValueId};
use crate::op::Op;

/// Tapes of fewer bytes stay. (From 16 MiB on they fit no cache, but memory is about as fast as the cheapest iteration:
/// Burgers' equation took 52 ms with a tape of 250 MiB, and 49 by segments.)
const LARGE: f64 = 1024.0 * 1024.0 * 1024.0;

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
            && let Some(length) = length(types, scopes, tapes, node)
        {
            found.push(Segments { at, length });
        }
    }
    found
}

fn length(types: &Graph, scopes: &Scopes<'_>, tapes: &[Tape], node: &Node) -> Option<usize> {
    let bytes = |v: ValueId| (types.ty(v).count() * types.ty(v).dtype.size()) as f64;
    let scope = scopes.of(&node.regions[0]);
    let (mut all, mut of_iteration) = (0.0, 0.0);
    for tape in tapes.iter().filter(|tape| tape.loops.first() == Some(&scope)) {
        let iterations: f64 = tape.lengths.iter().map(|&n| n as f64).product();
        let size = iterations * bytes(tape.value);
        all += size;
        of_iteration += size / tape.lengths[0].max(1) as f64;
    }
    if all < LARGE {
        return None;
    }
    let carried: f64 = node.inputs[2..].iter().map(|&v| bytes(v)).sum();
    let trips = all / of_iteration;
    // The tape of a segment and what is kept at the starts of all take the least memory where they take the same.
    let length = (trips * carried / of_iteration).sqrt().ceil().max(1.0);
    let left = length * of_iteration + trips / length * carried;
    (WORTH_IT * left <= all).then_some(length as usize)
}

/// Cuts these loops.
pub(super) fn cut(graph: &mut Graph, loops: &[Segments]) -> Result<()> {
    let body = graph.body.clone();
    let mut writer = Writer { builder: Builder::extending(graph), site: SiteId(0) };
    for (at, node) in body.nodes.iter().enumerate() {
        writer.site = node.site;
        match loops.iter().find(|l| l.at == at) {
            Some(l) => by_segments(&mut writer, node, &graph.name, Some(l.length))?,
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
