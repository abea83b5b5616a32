//! Runs a graph node by node, each op on Candle and control flow as control flow, control nodes made of scalars
//! and elements as kernels.

use super::nans;
use super::plan::{RegionPlan, Step};
use crate::array::Device;
use crate::backend::{debug_nans, emit};
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, Region, ValueId};
use crate::kernel::{Access, OutSlot, OutSlots, Program, Slot};
use crate::op::datum::Datum;
use crate::op::index::loop_overflow;
use crate::op::text::Template;
use crate::op::{Op, eval};

/// Runs a graph node by node on its inputs; adds the graph's results to `out`.
pub(crate) fn run<'a>(
    graph: &Graph,
    body: &RegionPlan,
    inputs: impl IntoIterator<Item = Datum<'a>>,
    device: &Device,
    out: &mut OutSlots,
) -> Result<()> {
    let mut walker = Walker { graph, env: Vec::new(), device, look_for_nan: debug_nans() };
    walker.env.resize_with(graph.values.len(), || None);
    for (&p, datum) in graph.body.params.iter().zip(inputs) {
        walker.env[p.index()] = Some(datum);
    }
    let results = walker.region(&graph.body, body)?;
    for datum in results {
        out.push(match datum {
            Datum::Scalar(literal) => OutSlot::Scalar(literal),
            // A result must not share storage with an argument.
            other => OutSlot::Array(other.into_unique(device)?),
        });
    }
    Ok(())
}

fn result<'a>(slot: OutSlot) -> Result<Datum<'a>> {
    match slot {
        OutSlot::Scalar(literal) => Ok(Datum::Scalar(literal)),
        OutSlot::Array(buffer) => Ok(Datum::owned(buffer)),
        OutSlot::Updated => {
            Err(Error::new(ErrorKind::Verify, "a part of a graph has no arguments of the caller"))
        }
    }
}

struct Walker<'p, 'a> {
    graph: &'p Graph,
    env: Vec<Option<Datum<'a>>>,
    device: &'p Device,
    look_for_nan: bool,
}

fn lost(v: ValueId) -> Error {
    Error::new(ErrorKind::Verify, format!("{v} was given up before its last use"))
}

impl<'a> Walker<'_, 'a> {
    fn take(&mut self, v: ValueId, dies: bool) -> Result<Datum<'a>> {
        let slot = &mut self.env[v.index()];
        if dies { slot.take() } else { slot.clone() }.ok_or_else(|| lost(v))
    }

    fn region(&mut self, region: &Region, plan: &RegionPlan) -> Result<Vec<Datum<'a>>> {
        for (node, step) in region.nodes.iter().zip(&plan.steps) {
            self.node(node, step).map_err(|e| e.at(self.graph.location(node.site).clone()))?;
        }
        let results = region.results.iter().zip(&plan.result_dies);
        results.map(|(&v, &dies)| self.take(v, dies)).collect()
    }

    fn define(&mut self, ids: &[ValueId], values: Vec<Datum<'a>>) {
        for (id, value) in ids.iter().zip(values) {
            self.env[id.index()] = Some(value);
        }
    }

    fn node(&mut self, node: &Node, step: &Step) -> Result<()> {
        if let Some(program) = &step.program {
            return self.program(node, step, program);
        }
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for (&v, &dies) in node.inputs.iter().zip(&step.input_dies) {
            inputs.push(self.take(v, dies)?);
        }
        let outputs = match &node.op {
            Op::For { step: stride, .. } => self.for_(node, step, *stride, inputs)?,
            Op::While => self.while_(node, step, inputs)?,
            Op::Cond => {
                let taken = inputs[0].scalar()?.as_bool() == Some(true);
                let k = usize::from(!taken);
                self.region(&node.regions[k], &step.regions[k])?
            }
            Op::Switch => {
                let index = inputs[0].scalar()?.as_i128().unwrap_or(0);
                let k = index.clamp(0, node.regions.len() as i128 - 1) as usize;
                self.region(&node.regions[k], &step.regions[k])?
            }
            Op::Print { stream, text } => {
                emit(*stream, &Template::parse(text)?.render(&inputs)?);
                Vec::new()
            }
            Op::Progress { name } => {
                let number = |k: usize| -> Result<u64> {
                    let number = inputs[k].scalar()?.as_i128();
                    Ok(number.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
                };
                crate::progress::update(name, number(0)?, number(1)?);
                Vec::new()
            }
            Op::Check { .. } => {
                eval::eval(
                    &node.op,
                    inputs,
                    &crate::dtype::Type::scalar(crate::dtype::DType::Bool),
                    self.device,
                )?;
                Vec::new()
            }
            op if self.look_for_nan => {
                vec![nans::eval(op, inputs, self.graph.ty(node.outputs[0]), self.device)?]
            }
            op => {
                let ty = self.graph.ty(node.outputs[0]);
                vec![eval::eval(op, inputs, ty, self.device)?]
            }
        };
        for &v in &step.captured_dying {
            self.env[v.index()] = None;
        }
        self.define(&node.outputs, outputs);
        Ok(())
    }

    fn for_(
        &mut self,
        node: &Node,
        step: &Step,
        stride: i64,
        mut inputs: Vec<Datum<'a>>,
    ) -> Result<Vec<Datum<'a>>> {
        let mut carry = inputs.split_off(2);
        let (start, trips) = (inputs[0].scalar()?, inputs[1].scalar()?);
        if let Some(error) = loop_overflow(start, trips, stride) {
            return Err(error);
        }
        let integer = |l: Literal| {
            l.as_i128().ok_or_else(|| Error::new(ErrorKind::Verify, "a loop counts in integers"))
        };
        let (first, count) = (integer(start)?, integer(trips)?);
        let (region, plan) = (&node.regions[0], &step.regions[0]);
        for t in 0..count {
            let index = first + t * i128::from(stride);
            let index = Literal::I64(index as i64).cast(start.dtype());
            self.env[region.params[0].index()] = Some(Datum::Scalar(index));
            self.define(&region.params[1..], carry);
            carry = self.region(region, plan)?;
        }
        Ok(carry)
    }

    fn while_(&mut self, node: &Node, step: &Step, mut carry: Vec<Datum<'a>>) -> Result<Vec<Datum<'a>>> {
        loop {
            self.define(&node.regions[0].params, carry.clone());
            let go_on = self.region(&node.regions[0], &step.regions[0])?;
            // The condition's view of the carry must not keep the body from updating it in place.
            for p in &node.regions[0].params {
                self.env[p.index()] = None;
            }
            if go_on[0].scalar()?.as_bool() != Some(true) {
                return Ok(carry);
            }
            self.define(&node.regions[1].params, carry);
            carry = self.region(&node.regions[1], &step.regions[1])?;
        }
    }

    fn program(&mut self, node: &Node, step: &Step, program: &Program) -> Result<()> {
        // Written buffers are taken over first where this is their last use; then the others are lent.
        let dies = |v: ValueId| {
            let operand = node.inputs.iter().zip(&step.input_dies).any(|(&i, &d)| i == v && d);
            operand || step.captured_dying.contains(&v)
        };
        let mut owned = Vec::new();
        for input in program.inputs() {
            if input.access == Access::Write {
                let again = program.inputs().iter().filter(|i| i.value == input.value).count() > 1;
                let datum = self.take(input.value, dies(input.value) && !again)?;
                owned.push(Some(datum.into_unique(self.device)?));
            } else {
                if input.access == Access::Read {
                    let datum = self.take(input.value, false)?.written_out(self.device)?;
                    self.env[input.value.index()] = Some(datum);
                }
                owned.push(None);
            }
        }
        let slots = program.inputs().iter().zip(owned).map(|(input, owned)| {
            let datum = self.env[input.value.index()].as_ref();
            Ok(match (owned, input.access) {
                (Some(buffer), _) => Slot::Write(buffer),
                (None, Access::Scalar) => Slot::Scalar(datum.ok_or_else(|| lost(input.value))?.scalar()?),
                (None, _) => {
                    let buffer = datum.and_then(Datum::buffer).ok_or_else(|| lost(input.value))?;
                    Slot::Read(buffer)
                }
            })
        });
        let mut out = OutSlots::new();
        program.run(slots, &mut out)?;
        let outputs = out.into_iter().map(result).collect::<Result<_>>()?;
        for (&v, &dead) in node.inputs.iter().zip(&step.input_dies) {
            if dead {
                self.env[v.index()] = None;
            }
        }
        for &v in &step.captured_dying {
            self.env[v.index()] = None;
        }
        self.define(&node.outputs, outputs);
        Ok(())
    }
}
