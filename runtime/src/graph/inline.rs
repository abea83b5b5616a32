//! Copying the body of one graph into another.

use super::builder::Builder;
use super::types::{Graph, Node, Region, SiteId, ValueId};
use crate::hash::HashMap;

/// Adds the nodes of `graph` to the innermost open region of `builder`, with `args` for its parameters; gives its
/// results. The places of its nodes stay those of its own source.
pub(crate) fn inline(builder: &mut Builder, graph: &Graph, args: &[ValueId]) -> Vec<ValueId> {
    let mut copy = Copy::new(graph, args);
    for node in &graph.body.nodes {
        copy.node(builder, node);
    }
    copy.all(&graph.body.results)
}

/// The graph as a closed region that is to be part of `builder`'s graph.
pub(crate) fn as_region(builder: &mut Builder, graph: &Graph) -> Region {
    builder.open();
    let params: Vec<ValueId> =
        graph.body.params.iter().map(|&p| builder.param(graph.ty(p).clone(), None)).collect();
    let results = inline(builder, graph, &params);
    builder.close(results)
}

/// A copy in progress, for those who copy some nodes of a graph and treat others in their own way.
#[derive(Clone)]
pub(crate) struct Copy<'g> {
    graph: &'g Graph,
    map: HashMap<ValueId, ValueId>,
}

impl<'g> Copy<'g> {
    /// With `args` for the parameters of `graph`.
    pub fn new(graph: &'g Graph, args: &[ValueId]) -> Copy<'g> {
        Copy { graph, map: graph.body.params.iter().copied().zip(args.iter().copied()).collect() }
    }

    /// What stands for a value of the graph, if it was copied.
    pub fn get(&self, value: ValueId) -> Option<ValueId> {
        self.map.get(&value).copied()
    }

    /// Lets `copy` stand for a value of the graph.
    pub fn set(&mut self, value: ValueId, copy: ValueId) {
        self.map.insert(value, copy);
    }

    fn all(&self, values: &[ValueId]) -> Vec<ValueId> {
        values.iter().map(|v| self.map[v]).collect()
    }

    fn site(&self, builder: &mut Builder, site: SiteId) -> SiteId {
        builder.site(self.graph.location(site).clone())
    }

    /// Adds a node, all of whose operands were copied, to the innermost open region.
    pub fn node(&mut self, builder: &mut Builder, node: &Node) {
        let site = self.site(builder, node.site);
        let inputs = self.all(&node.inputs);
        let regions: Vec<Region> = node.regions.iter().map(|r| self.region(builder, r)).collect();
        let types = node.outputs.iter().map(|&v| self.graph.ty(v).clone()).collect();
        let outputs = builder.push_control(node.op.clone(), inputs, regions, types, site);
        self.map.extend(node.outputs.iter().copied().zip(outputs));
    }

    fn region(&mut self, builder: &mut Builder, region: &Region) -> Region {
        builder.open();
        for &p in &region.params {
            let info = &self.graph.values[p.index()];
            let new = builder.param(info.ty.clone(), info.name.clone());
            self.map.insert(p, new);
        }
        for node in &region.nodes {
            self.node(builder, node);
        }
        let results = self.all(&region.results);
        builder.close(results)
    }
}
