//! What is decided once per graph: which values die where, and which control nodes run in the register
//! machine.

use super::vm::{self, Program};
use crate::array::Device;
use crate::backend::Engine;
use crate::graph::{Graph, Region, ValueId, captures};
use crate::op::Op;
use std::collections::{HashMap, HashSet};

/// A graph ready to run.
pub(crate) struct Plan {
    pub graph: Graph,
    pub body: RegionPlan,
}

/// The plan of one region, node by node.
pub(crate) struct RegionPlan {
    pub steps: Vec<Step>,
    /// For each result: its value is given up here, so it can be moved out.
    pub result_dies: Vec<bool>,
}

/// The plan of one node.
#[derive(Default)]
pub(crate) struct Step {
    /// For each input: this is its last use.
    pub input_dies: Vec<bool>,
    /// Values that regions of this node may give up at their last use inside, and that are gone after it.
    pub captured_dying: Vec<ValueId>,
    /// The register machine's program of a control node, where it takes the node.
    pub program: Option<Program>,
    pub regions: Vec<RegionPlan>,
}

impl Plan {
    pub fn new(graph: Graph, device: &Device, engine: Engine) -> Plan {
        let planner = Planner { graph: &graph, use_programs: device.is_cpu() && engine == Engine::Machine };
        let own: HashSet<ValueId> = graph.body.params.iter().copied().collect();
        let body = planner.region(&graph.body, own);
        Plan { graph, body }
    }
}

struct Planner<'g> {
    graph: &'g Graph,
    /// Programs run over host memory.
    use_programs: bool,
}

impl Planner<'_> {
    /// `mortal`: values from outside (or parameters) that this region may give up.
    fn region(&self, region: &Region, mut mortal: HashSet<ValueId>) -> RegionPlan {
        mortal.extend(region.nodes.iter().flat_map(|n| n.outputs.iter().copied()));
        // Position of the last use of each mortal value: a node, or the results (= nodes.len()).
        let mut last: HashMap<ValueId, usize> = HashMap::new();
        let captured: Vec<Vec<ValueId>> = region.nodes.iter().map(captures).collect();
        for (k, node) in region.nodes.iter().enumerate() {
            for &v in node.inputs.iter().chain(&captured[k]) {
                last.insert(v, k);
            }
        }
        let end = region.nodes.len();
        region.results.iter().for_each(|&v| {
            last.insert(v, end);
        });
        let dies_at = |v: ValueId, k: usize| mortal.contains(&v) && last.get(&v) == Some(&k);
        let steps = region.nodes.iter().enumerate().map(|(k, node)| {
            let input_dies = (0..node.inputs.len())
                .map(|j| {
                    let v = node.inputs[j];
                    // Of several operands with one value the last takes it, unless a region needs it too.
                    let again = node.inputs[j + 1..].contains(&v) || captured[k].contains(&v);
                    dies_at(v, k) && !again
                })
                .collect();
            let dying: Vec<ValueId> = captured[k].iter().copied().filter(|&v| dies_at(v, k)).collect();
            let mut step = Step { input_dies, ..Step::default() };
            if node.op.is_control() {
                if self.use_programs {
                    step.program = vm::compile(self.graph, node, &|v| dies_at(v, k));
                }
                let once = matches!(node.op, Op::Cond | Op::Switch);
                for inner in &node.regions {
                    let mut own: HashSet<ValueId> = inner.params.iter().copied().collect();
                    if once {
                        own.extend(&dying);
                    }
                    step.regions.push(self.region(inner, own));
                }
            }
            step.captured_dying = dying;
            step
        });
        let steps = steps.collect();
        let result_dies = (0..region.results.len())
            .map(|j| dies_at(region.results[j], end) && !region.results[j + 1..].contains(&region.results[j]))
            .collect();
        RegionPlan { steps, result_dies }
    }
}
