//! The verifier: scoping, types and the shape of every control node. It runs after staging and after
//! every pass in tests and debug builds, and names the failing equation with its source line.

use super::types::{Graph, Node, Region, Type, ValueId};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Op, Rule};
use std::collections::HashSet;

impl Graph {
    /// Checks every invariant of the graph.
    ///
    /// # Errors
    /// [`ErrorKind::Verify`] with the failing equation.
    pub fn verify(&self) -> Result<()> {
        let mut verifier = Verifier { graph: self, visible: HashSet::new(), defined: HashSet::new() };
        if self.sites.is_empty() {
            return Err(Error::new(ErrorKind::Verify, "a graph has at least one site"));
        }
        verifier.region(&self.body)
    }
}

struct Verifier<'g> {
    graph: &'g Graph,
    /// Values that may be used here.
    visible: HashSet<ValueId>,
    /// Values defined anywhere so far: each has one definition.
    defined: HashSet<ValueId>,
}

impl Verifier<'_> {
    fn define(&mut self, v: ValueId) -> std::result::Result<(), String> {
        if v.index() >= self.graph.values.len() {
            return Err(format!("{v} has no type"));
        }
        if !self.defined.insert(v) {
            return Err(format!("{v} is defined twice"));
        }
        self.visible.insert(v);
        Ok(())
    }

    fn used(&self, v: ValueId) -> std::result::Result<(), String> {
        if self.visible.contains(&v) { Ok(()) } else { Err(format!("{v} is used but not defined here")) }
    }

    fn region(&mut self, region: &Region) -> Result<()> {
        let outside = self.visible.clone();
        let plain = |message: String| Error::new(ErrorKind::Verify, format!("broken graph: {message}"));
        for &p in &region.params {
            self.define(p).map_err(plain)?;
        }
        for node in &region.nodes {
            self.node(node)?;
        }
        for &r in &region.results {
            self.used(r).map_err(plain)?;
        }
        self.visible = outside;
        Ok(())
    }

    fn node(&mut self, node: &Node) -> Result<()> {
        let fail = |message: String| {
            let mut error = Error::new(ErrorKind::Verify, format!("broken graph: {message}"))
                .note(format!("in the equation {}", self.graph.print_node(node)));
            if let Some(at) = self.graph.sites.get(node.site.0 as usize) {
                error = error.at(at.clone());
            }
            error
        };
        if node.site.0 as usize >= self.graph.sites.len() {
            return Err(fail(format!("there is no site {}", node.site.0)));
        }
        for &v in &node.inputs {
            self.used(v).map_err(fail)?;
        }
        let types = |ids: &[ValueId]| ids.iter().map(|&v| self.graph.ty(v).clone()).collect::<Vec<Type>>();
        let inputs = types(&node.inputs);
        for &v in &node.outputs {
            if v.index() >= self.graph.values.len() {
                return Err(fail(format!("{v} has no type")));
            }
        }
        let signatures = if node.op.is_control() {
            Some(
                control_signature(&node.op, &inputs, &types(&node.outputs), node.regions.len())
                    .map_err(fail)?,
            )
        } else if !node.regions.is_empty() {
            return Err(fail("only control flow has regions".into()));
        } else {
            None
        };
        let outputs = types(&node.outputs);
        match &signatures {
            None => {
                let expected = node.op.infer(&inputs).map_err(|e| fail(e.message().to_string()))?;
                if expected != outputs {
                    return Err(fail(format!("the result is {expected:?}, not {outputs:?}")));
                }
            }
            Some(signature) => {
                for (region, (params, results)) in node.regions.iter().zip(signature) {
                    for &v in region.params.iter().chain(&region.results) {
                        if v.index() >= self.graph.values.len() {
                            return Err(fail(format!("{v} has no type")));
                        }
                    }
                    let actual = types(&region.params);
                    if actual != *params {
                        return Err(fail(format!("a region's parameters are {params:?}, not {actual:?}")));
                    }
                    let wanted = results.as_ref().unwrap_or(&outputs);
                    let actual = types(&region.results);
                    if actual != *wanted {
                        return Err(fail(format!("a region yields {wanted:?}, not {actual:?}")));
                    }
                }
                if let Op::For { .. } | Op::While = node.op {
                    let carries = if node.op == Op::While { &inputs[..] } else { &inputs[2..] };
                    if outputs != carries {
                        return Err(fail(format!("the results are {carries:?}, not {outputs:?}")));
                    }
                }
            }
        }
        for region in &node.regions {
            self.region(region)?;
        }
        for &v in &node.outputs {
            self.define(v).map_err(fail)?;
        }
        Ok(())
    }
}

/// Parameter and result types of each region; `None` where the results are the node's outputs.
type Signature = Vec<(Vec<Type>, Option<Vec<Type>>)>;

fn control_signature(
    op: &Op,
    inputs: &[Type],
    outputs: &[Type],
    regions: usize,
) -> std::result::Result<Signature, String> {
    let wrong = |n: &str| Err(format!("`{}` takes {n} regions, not {regions}", op.name()));
    match op {
        Op::For { step, .. } => {
            if regions != 1 {
                return wrong("1");
            }
            if *step == 0 {
                return Err("a loop's step is not 0".into());
            }
            match inputs {
                [start, count, carries @ ..]
                    if start == count && start.is_scalar() && start.dtype.is_int() =>
                {
                    let params = std::iter::once(start).chain(carries).cloned().collect();
                    Ok(vec![(params, Some(carries.to_vec()))])
                }
                _ => Err("`for` takes a start and a count of one integer type".into()),
            }
        }
        Op::While => {
            if regions != 2 {
                return wrong("2");
            }
            let condition = vec![Type::scalar(DType::Bool)];
            Ok(vec![(inputs.to_vec(), Some(condition)), (inputs.to_vec(), Some(inputs.to_vec()))])
        }
        Op::Cond => {
            if regions != 2 {
                return wrong("2");
            }
            if inputs != [Type::scalar(DType::Bool)] {
                return Err("`cond` takes a scalar condition".into());
            }
            Ok(vec![(Vec::new(), None), (Vec::new(), None)])
        }
        Op::Call { rule, .. } => {
            let mut signature = vec![(inputs.to_vec(), None)];
            let floats =
                |list: &[Type]| list.iter().filter(|t| t.dtype.is_float()).cloned().collect::<Vec<_>>();
            match rule {
                Rule::Jvp => signature
                    .push(([inputs, &floats(inputs)].concat(), Some([outputs, &floats(outputs)].concat()))),
                Rule::Vjp => signature.push(([inputs, &floats(outputs)].concat(), Some(floats(inputs)))),
                Rule::Stop | Rule::Recompute | Rule::Segments => {}
            }
            if regions != signature.len() {
                return wrong(if signature.len() == 1 { "1" } else { "2" });
            }
            Ok(signature)
        }
        _ => {
            if regions == 0 {
                return wrong("at least 1");
            }
            if !matches!(inputs, [i] if i.is_scalar() && i.dtype.is_int()) {
                return Err("`switch` takes an integer scalar".into());
            }
            Ok(vec![(Vec::new(), None); regions])
        }
    }
}
