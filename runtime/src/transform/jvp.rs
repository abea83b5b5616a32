//! Forward mode: beside every value that varies, its tangent.

use super::activity::{self, Set, first_carry};
use super::calls::reverse_only;
use super::emit::Emit;
use super::{expand, rules};
use crate::error::Result;
use crate::graph::{Builder, Graph, Node, Region, SiteId, ValueId, as_region, closed, inline};
use crate::hash::HashMap;
use crate::op::{Op, Rule};
use std::sync::Arc;

/// The graph and its derivative along a direction; see [`super::jvp`].
pub(super) fn run(graph: &Graph, wrt: &[usize]) -> Result<Graph> {
    let inputs: Vec<ValueId> = wrt.iter().map(|&k| graph.body.params[k]).collect();
    let graph = &expand::run(graph, &inputs, None);
    let varied = activity::varied(graph, &inputs);
    let mut pass = Pass {
        graph,
        varied,
        builder: Builder::extending(graph),
        tangents: HashMap::default(),
        site: SiteId(0),
    };
    for v in inputs {
        let info = &graph.values[v.index()];
        let name = info.name.as_ref().map(|n| format!("d_{n}").into());
        let tangent = pass.builder.param(info.ty.clone(), name);
        pass.tangents.insert(v, tangent);
    }
    pass.nodes(&graph.body)?;
    let mut results = graph.body.results.clone();
    for &v in &graph.body.results {
        if graph.ty(v).dtype.is_float() {
            results.push(pass.tangent(v)?);
        }
    }
    Ok(pass.builder.finish(results))
}

struct Pass<'g> {
    graph: &'g Graph,
    varied: Set,
    builder: Builder,
    tangents: HashMap<ValueId, ValueId>,
    site: SiteId,
}

impl Emit for Pass<'_> {
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

impl Pass<'_> {
    /// The tangent of `v`, zeros where it has none.
    fn tangent(&mut self, v: ValueId) -> Result<ValueId> {
        match self.tangents.get(&v) {
            Some(&tangent) => Ok(tangent),
            None => {
                let ty = self.graph.ty(v).clone();
                (self as &mut dyn Emit).zeros(&ty)
            }
        }
    }

    fn nodes(&mut self, region: &Region) -> Result<()> {
        for node in &region.nodes {
            self.site = node.site;
            if let Op::Call { rule, name } = &node.op {
                self.call(node, *rule, name)?;
                continue;
            }
            if node.op.is_control() {
                self.control(node)?;
                continue;
            }
            self.builder.append(node.clone());
            if let Op::Empty(_) = node.op {
                // Of a tape the tangents are one, written where it is.
                let tangent = (self as &mut dyn Emit).push(node.op.clone(), &[])?;
                self.tangents.insert(node.outputs[0], tangent);
                continue;
            }
            if !node.outputs.iter().any(|&v| self.varied.has(v)) {
                continue;
            }
            let known = |(k, v): (usize, &ValueId)| {
                self.tangents.get(v).copied().filter(|_| rules::passes(self.graph, node, k))
            };
            let tangents: Vec<Option<ValueId>> = node.inputs.iter().enumerate().map(known).collect();
            let tangent = rules::jvp(self, node, &tangents)?;
            self.tangents.insert(node.outputs[0], tangent);
        }
        Ok(())
    }

    fn call(&mut self, node: &Node, rule: Rule, name: &Arc<str>) -> Result<()> {
        if !node.outputs.iter().any(|&v| self.varied.has(v)) {
            self.builder.append(node.clone());
            return Ok(());
        }
        let is_float = |v: &ValueId| self.graph.ty(*v).dtype.is_float();
        let which = usize::from(rule == Rule::Jvp);
        let (graph, captured) = closed(self.graph, &node.regions[which]);
        match rule {
            Rule::Vjp => return Err(reverse_only(name)),
            Rule::Jvp => {
                let mut args = node.inputs.clone();
                for v in node.inputs.iter().copied().filter(is_float) {
                    args.push(self.tangent(v)?);
                }
                args.extend(captured);
                let found = inline(&mut self.builder, &graph, &args);
                let (results, tangents) = found.split_at(node.outputs.len());
                for (&out, &is) in node.outputs.iter().zip(results) {
                    // A new name for the same value: folding removes it.
                    let op = Op::Reshape(self.graph.ty(out).shape.clone());
                    let (inputs, outputs) = (vec![is], vec![out]);
                    self.builder.append(Node { op, inputs, outputs, regions: Vec::new(), site: node.site });
                }
                let outputs = node.outputs.iter().copied().filter(is_float);
                self.tangents.extend(outputs.zip(tangents.iter().copied()));
            }
            _ => {
                let around: Vec<ValueId> = node.inputs.iter().copied().chain(captured).collect();
                let wrt: Vec<usize> =
                    (0..around.len()).filter(|&k| self.tangents.contains_key(&around[k])).collect();
                let both = run(&graph, &wrt)?;
                let region = as_region(&mut self.builder, &both);
                let mut inputs = around.clone();
                inputs.extend(wrt.iter().map(|&k| self.tangents[&around[k]]));
                let mut outputs = node.outputs.clone();
                for v in node.outputs.iter().copied().filter(is_float) {
                    let tangent = self.builder.reserve(self.graph.ty(v).clone());
                    outputs.push(tangent);
                    self.tangents.insert(v, tangent);
                }
                let (op, regions) = (node.op.clone(), vec![region]);
                self.builder.append(Node { op, inputs, outputs, regions, site: node.site });
            }
        }
        Ok(())
    }

    /// Control flow carries, or yields, the tangents behind the values.
    fn control(&mut self, node: &Node) -> Result<()> {
        let is_loop = matches!(node.op, Op::For { .. } | Op::While);
        let live: Vec<usize> =
            (0..node.outputs.len()).filter(|&k| self.varied.has(node.outputs[k])).collect();
        let mut inputs = node.inputs.clone();
        if is_loop {
            for &k in &live {
                inputs.push(self.tangent(node.inputs[first_carry(&node.op) + k])?);
            }
        }
        let mut regions = Vec::with_capacity(node.regions.len());
        for (which, region) in node.regions.iter().enumerate() {
            if node.op == Op::While && which == 0 {
                // The condition depends on values, not on tangents.
                self.builder.reopen(region.clone());
                for &k in &live {
                    self.builder.param(self.graph.ty(region.params[k]).clone(), None);
                }
                regions.push(self.builder.close(region.results.clone()));
                continue;
            }
            self.builder.reopen(Region { params: region.params.clone(), ..Region::default() });
            if is_loop {
                let first = usize::from(node.op != Op::While);
                for &k in &live {
                    let param = region.params[first + k];
                    let tangent = self.builder.param(self.graph.ty(param).clone(), None);
                    self.tangents.insert(param, tangent);
                }
            }
            self.nodes(region)?;
            self.site = node.site;
            let mut results = region.results.clone();
            for &k in &live {
                results.push(self.tangent(region.results[k])?);
            }
            regions.push(self.builder.close(results));
        }
        let mut outputs = node.outputs.clone();
        for &k in &live {
            let tangent = self.builder.reserve(self.graph.ty(node.outputs[k]).clone());
            outputs.push(tangent);
            self.tangents.insert(node.outputs[k], tangent);
        }
        self.builder.append(Node { op: node.op.clone(), inputs, outputs, regions, site: node.site });
        Ok(())
    }
}
