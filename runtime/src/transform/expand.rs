//! Ops whose derivative is that of what they stand for: products of many elements, blocks that are multiplied or compared
//! in place, and rows one after the other. For reverse mode, loops that are to be run again by segments.

use super::emit::Emit;
use super::{activity, calls};
use crate::dtype::{Literal, Type};
use crate::error::Result;
use crate::graph::{Builder, Graph, Node, Region, SiteId, ValueId};
use crate::op::{Axis, BinaryOp, Op, ReduceOp, Rule, StoreMode};
use std::sync::Arc;

/// The graph with such ops, where they vary with `inputs`, written out. Its parameters stay the same values. In reverse
/// mode with how many iterations a tape holds.
pub(super) fn run(graph: &Graph, inputs: &[ValueId], reverse: Option<usize>) -> Graph {
    let varied = activity::varied(graph, inputs);
    let mut found = false;
    crate::graph::for_each_node(&graph.body, &mut |n| {
        found |= stands_for_more(&n.op, reverse.is_some()) && n.outputs.iter().any(|&v| varied.has(v));
    });
    if !found {
        return graph.clone();
    }
    let mut pass = Pass { graph, varied, reverse, builder: Builder::extending(graph), site: SiteId(0) };
    match pass.nodes(&graph.body) {
        Ok(()) => pass.builder.finish(graph.body.results.clone()),
        // The rule of the op will say that it has none.
        Err(_) => graph.clone(),
    }
}

fn stands_for_more(op: &Op, reverse: bool) -> bool {
    match op {
        Op::Call { rule, .. } => reverse && *rule == Rule::Segments,
        Op::Reduce { op, .. } => *op == ReduceOp::Prod,
        Op::Put { mode, .. } | Op::Store { mode, .. } => !matches!(mode, StoreMode::Set | StoreMode::Add),
        _ => false,
    }
}

struct Pass<'g> {
    graph: &'g Graph,
    varied: activity::Set,
    reverse: Option<usize>,
    builder: Builder,
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
    fn nodes(&mut self, region: &Region) -> Result<()> {
        for node in &region.nodes {
            self.site = node.site;
            if stands_for_more(&node.op, self.reverse.is_some())
                && node.outputs.iter().any(|&v| self.varied.has(v))
            {
                match &node.op {
                    Op::Reduce { axes, .. } => self.product(node, axes)?,
                    Op::Call { name, .. } => self.segments(node, name)?,
                    Op::Store { .. } => self.update(node)?,
                    _ => self.rows(node)?,
                }
                continue;
            }
            let mut regions = Vec::with_capacity(node.regions.len());
            for region in &node.regions {
                self.builder.reopen(Region { params: region.params.clone(), ..Region::default() });
                self.nodes(region)?;
                regions.push(self.builder.close(region.results.clone()));
            }
            self.builder.append(Node { regions, ..node.clone() });
        }
        Ok(())
    }

    /// A loop over `count` that carries one value and ends as the output of `node`, up to its shape.
    fn carried(
        &mut self,
        node: &Node,
        count: usize,
        init: ValueId,
        body: &mut dyn FnMut(&mut dyn Emit, ValueId, ValueId) -> Result<ValueId>,
    ) -> Result<()> {
        let (start, trips) = ((self as &mut dyn Emit).usize(0)?, (self as &mut dyn Emit).usize(count)?);
        let ty = (self as &mut dyn Emit).ty(init);
        self.builder.open();
        let index = self.builder.param(Type::scalar(crate::dtype::DType::Usize), None);
        let carry = self.builder.param(ty.clone(), None);
        let result = body(self, index, carry)?;
        let region = self.builder.close(vec![result]);
        let out = &self.graph.ty(node.outputs[0]).shape;
        let same = *out == ty.shape;
        let output = if same { node.outputs[0] } else { self.builder.reserve(ty) };
        self.builder.append(Node {
            op: Op::For { step: 1, parallel: false },
            inputs: vec![start, trips, init],
            outputs: vec![output],
            regions: vec![region],
            site: node.site,
        });
        if !same {
            self.builder.append(Node {
                op: Op::Reshape(out.clone()),
                inputs: vec![output],
                outputs: node.outputs.clone(),
                regions: Vec::new(),
                site: node.site,
            });
        }
        Ok(())
    }

    /// `for k { product *= x[.., k] }`, the reduced axes last and as one.
    fn product(&mut self, node: &Node, axes: &[usize]) -> Result<()> {
        let x = self.graph.ty(node.inputs[0]).clone();
        let kept: Vec<usize> = (0..x.rank()).filter(|k| !axes.contains(k)).collect();
        let rows: usize = kept.iter().map(|&k| x.shape[k]).product();
        let count: usize = axes.iter().map(|&k| x.shape[k]).product();
        let w: &mut dyn Emit = self;
        let moved = w.transpose(node.inputs[0], kept.iter().chain(axes).copied().collect())?;
        let flat = w.reshape(moved, &[rows, count])?;
        let one = w.full(Literal::one(x.dtype), &[rows])?;
        self.carried(node, count, one, &mut |w, k, product| {
            let op = Op::Load { axes: vec![Axis::full(rows), Axis::At], name: None };
            let factor = w.push(op, &[flat, k])?;
            w.binary(BinaryOp::Mul, product, factor)
        })
    }

    /// A loop by segments. Where the region of the call holds no loop, the call stays.
    fn segments(&mut self, node: &Node, name: &Arc<str>) -> Result<()> {
        let Some((before, the_loop, behind)) = calls::loop_of(node) else {
            self.builder.append(node.clone());
            return Ok(());
        };
        let region = &node.regions[0];
        for (&param, &arg) in region.params.iter().zip(&node.inputs) {
            self.rename(param, arg, node);
        }
        before.iter().for_each(|n| self.builder.append(n.clone()));
        let (graph, tape) = (self.graph, self.reverse.unwrap_or(1));
        calls::by_segments(self, graph, the_loop, name, None, tape)?;
        behind.iter().for_each(|n| self.builder.append(n.clone()));
        for (&out, &result) in node.outputs.iter().zip(&region.results) {
            self.rename(out, result, node);
        }
        Ok(())
    }

    /// Another name for a value; folding removes it.
    fn rename(&mut self, new: ValueId, is: ValueId, node: &Node) {
        let op = Op::Reshape(self.graph.ty(is).shape.clone());
        let (inputs, outputs) = (vec![is], vec![new]);
        self.builder.append(Node { op, inputs, outputs, regions: Vec::new(), site: node.site });
    }

    /// `for k { array[indices[k]] op= values[k] }`
    fn rows(&mut self, node: &Node) -> Result<()> {
        let Op::Put { mode, name } = &node.op else { return Ok(()) };
        let (array, indices, values) = (node.inputs[0], node.inputs[1], node.inputs[2]);
        let mut axes: Vec<Axis> = self.graph.ty(array).shape.iter().map(|&n| Axis::full(n)).collect();
        axes[0] = Axis::At;
        let count = self.graph.ty(indices).count();
        self.carried(node, count, array, &mut |w, k, array| {
            let row = w.push(Op::Load { axes: vec![Axis::At], name: None }, &[indices, k])?;
            let value = w.push(Op::Load { axes: axes.clone(), name: None }, &[values, k])?;
            let old = w.push(Op::Load { axes: axes.clone(), name: name.clone() }, &[array, row])?;
            let new = combined(w, *mode, old, value)?;
            let store = Op::Store { axes: axes.clone(), mode: StoreMode::Set, name: name.clone() };
            w.push(store, &[array, row, new])
        })
    }

    /// `array[index] = op(array[index], value)`. A value by itself, so that a tape holds what was overwritten and not
    /// the array.
    fn update(&mut self, node: &Node) -> Result<()> {
        let Op::Store { axes, mode, name } = &node.op else { return Ok(()) };
        let (place, value) = node.inputs.split_at(node.inputs.len() - 1);
        let w: &mut dyn Emit = self;
        let old = w.push(Op::Load { axes: axes.clone(), name: name.clone() }, place)?;
        let new = combined(w, *mode, old, value[0])?;
        self.builder.append(Node {
            op: Op::Store { axes: axes.clone(), mode: StoreMode::Set, name: name.clone() },
            inputs: [place, &[new]].concat(),
            outputs: node.outputs.clone(),
            regions: Vec::new(),
            site: node.site,
        });
        Ok(())
    }
}

fn combined(w: &mut dyn Emit, mode: StoreMode, old: ValueId, value: ValueId) -> Result<ValueId> {
    mode.combine().map_or(Ok(value), |op| w.binary(op, old, value))
}
