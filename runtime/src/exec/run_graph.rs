//! Running a graph by itself: for graphs read from text, and for tests of passes and engines.

use super::args::buffer_of;
use super::plan::{Body, Plan};
use super::walk;
use crate::array::{Buffer, Device};
use crate::backend::engine;
use crate::dtype::Type;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::kernel::{Access, OutSlots, Slot};
use crate::op::datum::Datum;

impl Graph {
    /// Runs the graph on the CPU with the engine in use; scalars are buffers of shape `[]`.
    ///
    /// # Errors
    /// Inputs of other types than the graph's parameters, and what the graph itself raises.
    ///
    /// ```
    /// use desc_jit::array::Buffer;
    ///
    /// let g: desc_jit::Graph =
    ///     "graph f(%0: f64[2], %1: f64) { %2: f64[2] = broadcast(%1)  %3: f64[2] = mul(%0, %2)  return %3 }".parse()?;
    /// let x = Buffer::from_vec(vec![1.0, 2.0], &[2])?;
    /// let k = Buffer::from_vec(vec![10.0], &[])?;
    /// let y = g.run(&[&x, &k])?;
    /// assert_eq!(y[0].as_slice::<f64>(), Some(&[10.0, 20.0][..]));
    /// # Ok::<(), desc_jit::Error>(())
    /// ```
    pub fn run(&self, inputs: &[&Buffer]) -> Result<Vec<Buffer>> {
        let params = &self.body.params;
        let found: Vec<Type> = inputs.iter().map(|b| Type::new(b.dtype(), b.shape())).collect();
        let wanted: Vec<Type> = params.iter().map(|&p| self.ty(p).clone()).collect();
        if found != wanted {
            let message = format!("`{}` takes {wanted:?}, but the inputs are {found:?}", self.name);
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let scalar = |b: &Buffer| b.shape().is_empty().then(|| Ok(Datum::Lent(b).reader()?(0)));
        let device = Device::cpu();
        let mut graph = self.clone();
        crate::optimize::place_calls(&mut graph);
        let plan = Plan::new(graph, &[], &device, engine())?;
        let mut results = OutSlots::new();
        match &plan.body {
            Body::Kernel(kernel) => {
                let slot = |k: usize, access| match (scalar(inputs[k]), access) {
                    (Some(literal), _) => literal.map(Slot::Scalar),
                    (None, Access::Write) => inputs[k].deep_clone().map(Slot::Write),
                    (None, _) => Ok(Slot::Read(inputs[k])),
                };
                kernel.run(slot, &mut results)?;
            }
            Body::Nodes(body) => {
                let datum = |b| scalar(b).map_or(Ok(Datum::Lent(b)), |literal| literal.map(Datum::Scalar));
                let data = inputs.iter().map(|b| datum(b)).collect::<Result<Vec<_>>>()?;
                walk::run(&plan.graph, body, data, &device, &mut results)?;
            }
        }
        results.into_iter().map(buffer_of).collect()
    }
}
