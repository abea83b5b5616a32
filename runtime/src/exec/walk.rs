//! Runs a plan: as one kernel, or node by node, each op on Candle and control flow as control flow, control
//! nodes made of scalars and elements as kernels.

use super::plan::{Body, Plan, RegionPlan, Step, WholeKernel};
use crate::array::{Buffer, Device};
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, Region, ValueId};
use crate::kernel::{Access, OutSlot, Program, Slot};
use crate::op::datum::Datum;
use crate::op::index::loop_overflow;
use crate::op::{Op, eval};

/// Runs a plan on its inputs; returns the graph's results.
pub(crate) fn run<'a>(plan: &Plan, inputs: Vec<Datum<'a>>, device: &Device) -> Result<Vec<Datum<'a>>> {
    let body = match &plan.body {
        Body::Kernel(kernel) => return whole(kernel, inputs, device),
        Body::Nodes(body) => body,
    };
    let mut walker = Walker { graph: &plan.graph, env: Vec::new(), device };
    walker.env.resize_with(plan.graph.values.len(), || None);
    for (&p, datum) in plan.graph.body.params.iter().zip(inputs) {
        walker.env[p.index()] = Some(datum);
    }
    walker.region(&plan.graph.body, body)
}

/// Runs a graph that is one kernel.
fn whole<'a>(kernel: &WholeKernel, inputs: Vec<Datum<'a>>, device: &Device) -> Result<Vec<Datum<'a>>> {
    let wanted = kernel.program.inputs();
    let mut data: Vec<Option<Datum<'a>>> = inputs.into_iter().map(Some).collect();
    for (input, &k) in wanted.iter().zip(&kernel.params) {
        if let Some(datum) = data[k].take() {
            data[k] = Some(match input.access {
                Access::Scalar => datum,
                Access::Read => datum.written_out(device)?,
                Access::Write => Datum::owned(datum.into_unique(device)?),
            });
        }
    }
    let mut written: Vec<Option<Buffer>> = Vec::with_capacity(wanted.len());
    for (input, &k) in wanted.iter().zip(&kernel.params) {
        written.push(match input.access {
            Access::Write => data[k].take().map(|d| d.into_unique(device)).transpose()?,
            _ => None,
        });
    }
    let mut slots = Vec::with_capacity(wanted.len());
    for ((input, &k), written) in wanted.iter().zip(&kernel.params).zip(written) {
        slots.push(match (written, &data[k]) {
            (Some(buffer), _) => Slot::Write(buffer),
            (None, Some(Datum::Scalar(literal))) => Slot::Scalar(*literal),
            (None, datum) => {
                Slot::Read(datum.as_ref().and_then(Datum::buffer).ok_or_else(|| lost(input.value))?)
            }
        });
    }
    Ok(kernel.program.run(slots)?.into_iter().map(result).collect())
}

fn result<'a>(slot: OutSlot) -> Datum<'a> {
    match slot {
        OutSlot::Scalar(literal) => Datum::Scalar(literal),
        OutSlot::Array(buffer) => Datum::owned(buffer),
    }
}

struct Walker<'p, 'a> {
    graph: &'p Graph,
    env: Vec<Option<Datum<'a>>>,
    device: &'p Device,
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
            Op::Check { .. } => {
                eval::eval(
                    &node.op,
                    inputs,
                    &crate::dtype::Type::scalar(crate::dtype::DType::Bool),
                    self.device,
                )?;
                Vec::new()
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
        let mut slots = Vec::with_capacity(owned.len());
        for (input, owned) in program.inputs().iter().zip(owned) {
            let datum = self.env[input.value.index()].as_ref();
            slots.push(match (owned, input.access) {
                (Some(buffer), _) => Slot::Write(buffer),
                (None, Access::Scalar) => Slot::Scalar(datum.ok_or_else(|| lost(input.value))?.scalar()?),
                (None, _) => {
                    let buffer = datum.and_then(Datum::buffer).ok_or_else(|| lost(input.value))?;
                    Slot::Read(buffer)
                }
            });
        }
        let results = program.run(slots)?;
        let outputs = results.into_iter().map(result).collect();
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
