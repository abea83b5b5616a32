//! The reverse of calls, by their rules.

use super::super::emit::Emit;
use super::super::select_results;
use super::Pass;
use crate::error::Result;
use crate::graph::{Node, ValueId, closed, inline, remove_nodes};
use crate::op::{Op, Rule};

impl Pass<'_> {
    pub(super) fn reverse_call(&mut self, node: &Node, rule: Rule) -> Result<()> {
        let is_float = |v: &ValueId| self.graph.ty(*v).dtype.is_float();
        let float_outputs: Vec<ValueId> = node.outputs.iter().copied().filter(is_float).collect();
        let float_inputs: Vec<ValueId> = node.inputs.iter().copied().filter(is_float).collect();
        let mut cotangents = Vec::with_capacity(float_outputs.len());
        for v in float_outputs {
            cotangents.push(self.adjoint_or_zeros(v)?);
        }
        node.outputs.iter().for_each(|v| {
            self.adjoints.remove(v);
        });
        let mut args = Vec::with_capacity(node.inputs.len());
        for &v in &node.inputs {
            args.push(self.request(v)?);
        }
        match rule {
            Rule::Stop => Ok(()),
            Rule::Vjp => {
                let (graph, captured) = closed(self.graph, &node.regions[1]);
                args.extend(cotangents);
                self.captured(&captured, &mut args)?;
                let found = inline(&mut self.builder, &graph, &args);
                self.give(&float_inputs, &found)
            }
            Rule::Jvp => {
                // The map from tangents to tangents is linear: its adjoint at any point is its transpose.
                let (graph, captured) = closed(self.graph, &node.regions[1]);
                let results = node.outputs.len();
                let tangents: Vec<usize> = (results..graph.body.results.len()).collect();
                let wrt: Vec<usize> = (node.inputs.len()..node.inputs.len() + float_inputs.len()).collect();
                let linear = select_results(&graph, &tangents);
                for &v in &float_inputs {
                    let ty = self.graph.ty(v).clone();
                    args.push((self as &mut dyn Emit).zeros(&ty)?);
                }
                self.captured(&captured, &mut args)?;
                let adjoint = super::run(&linear, &wrt, self.capacity)?;
                args.extend(cotangents);
                let found = inline(&mut self.builder, &adjoint, &args);
                self.give(&float_inputs, &found[tangents.len()..])
            }
            Rule::Recompute | Rule::Segments => {
                let (mut graph, captured) = closed(self.graph, &node.regions[0]);
                // The forward pass has printed.
                remove_nodes(&mut graph.body, &Op::only_shows);
                self.captured(&captured, &mut args)?;
                let around: Vec<ValueId> = node.inputs.iter().chain(&captured).copied().collect();
                let wrt: Vec<usize> = (0..around.len()).filter(|&k| self.is_active(around[k])).collect();
                let adjoint = super::with_all_tapes(&graph, &wrt, self.capacity)?;
                args.extend(cotangents);
                let found = inline(&mut self.builder, &adjoint, &args);
                let operands: Vec<ValueId> = wrt.iter().map(|&k| around[k]).collect();
                self.give(&operands, &found[node.outputs.len()..])
            }
        }
    }

    fn captured(&mut self, captured: &[ValueId], args: &mut Vec<ValueId>) -> Result<()> {
        for &v in captured {
            args.push(self.request(v)?);
        }
        Ok(())
    }

    fn give(&mut self, operands: &[ValueId], found: &[ValueId]) -> Result<()> {
        for (&v, &d) in operands.iter().zip(found) {
            self.accumulate(v, d)?;
        }
        Ok(())
    }
}
