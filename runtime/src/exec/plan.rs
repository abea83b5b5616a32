//! What is decided once per graph: whether it runs as one kernel; if not, which values die where, and which
//! control nodes run as kernels.

use crate::array::Device;
use crate::backend::Engine;
use crate::error::Result;
use crate::graph::{Graph, Region, ValueId, captures};
use crate::kernel::{self, Access, OutSlots, Program, Slot, Unit};
use crate::op::Op;
use std::collections::{HashMap, HashSet};

/// A graph ready to run.
pub(crate) struct Plan {
    pub graph: Graph,
    pub body: Body,
    /// A loop records its iterations for a reverse pass: how many it has room for.
    pub tape: Option<usize>,
    /// The linear map of a linearised function: takes the last results of the graph, then the tangents.
    pub linear: Option<Box<Plan>>,
}

/// How the graph's body runs.
pub(crate) enum Body {
    /// Compiled as a whole.
    Kernel(Box<WholeKernel>),
    /// Node by node.
    Nodes(RegionPlan),
}

/// A graph compiled as a whole.
pub(crate) struct WholeKernel {
    pub program: Program,
    /// For each input of the program, which parameter of the graph it is.
    pub params: Vec<usize>,
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
    /// The engine that the next run takes; of a graph that runs in parts, that of its first kernel.
    pub fn engine(&self) -> Engine {
        fn first(region: &RegionPlan) -> Option<Engine> {
            region.steps.iter().find_map(|step| match &step.program {
                Some(program) => Some(program.engine()),
                None => step.regions.iter().find_map(first),
            })
        }
        match &self.body {
            Body::Kernel(kernel) => kernel.program.engine(),
            Body::Nodes(region) => first(region).unwrap_or(Engine::Candle),
        }
    }

    /// `updates`: parameters of the graph that the caller lends to be changed, and the results that they become.
    ///
    /// # Errors
    /// A loop that is marked `#[parallel]` and is not.
    pub fn new(graph: Graph, updates: &[(usize, usize)], device: &Device, engine: Engine) -> Result<Plan> {
        kernel::check_parallel(&graph)?;
        // The op-by-op engine fuses no products with sums: with that option the machine leaves it nothing that it
        // can run itself.
        let whole_graph = engine.compiles() || (engine == Engine::Machine && crate::backend::fma());
        let compiled = device.is_cpu() && whole_graph;
        if compiled && let Some(kernel) = whole(&graph, updates, engine) {
            return Ok(Plan { graph, body: Body::Kernel(Box::new(kernel)), tape: None, linear: None });
        }
        let engine = (device.is_cpu() && engine != Engine::Candle).then_some(engine);
        let planner = Planner { graph: &graph, engine };
        let own: HashSet<ValueId> = graph.body.params.iter().copied().collect();
        let body = planner.region(&graph.body, own);
        Ok(Plan { graph, body: Body::Nodes(body), tape: None, linear: None })
    }
}

/// The whole graph as one kernel, where the engine takes it.
fn whole(graph: &Graph, updates: &[(usize, usize)], engine: Engine) -> Option<WholeKernel> {
    let body = &graph.body;
    // Nobody reads an argument after the call: those given away are updated in place, those lent are copied
    // first by whoever runs the kernel.
    let unit = Unit { graph, nodes: &body.nodes, outputs: &body.results, dead_after: &|_| true };
    let mut program = kernel::compile(&unit, engine)?;
    let param = |v: ValueId| body.params.iter().position(|&p| p == v);
    let params = program.inputs().iter().map(|i| param(i.value)).collect::<Option<Vec<usize>>>()?;
    for &(param, result) in updates {
        if let Some(input) = params.iter().position(|&p| p == param) {
            program.update_in_place(input, result);
        }
    }
    Some(WholeKernel { program, params })
}

impl WholeKernel {
    /// Runs it; `slot(k, access)` gives the `k`-th parameter of the graph, and is asked once for each.
    #[inline]
    pub fn run<'a>(
        &self,
        mut slot: impl FnMut(usize, Access) -> Result<Slot<'a>>,
        out: &mut OutSlots,
    ) -> Result<()> {
        let inputs = self.program.inputs().iter().zip(&self.params);
        self.program.run(inputs.map(|(input, &k)| slot(k, input.access)), out)
    }
}

struct Planner<'g> {
    graph: &'g Graph,
    /// The engine of control nodes; kernels run over host memory.
    engine: Option<Engine>,
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
                if let Some(engine) = self.engine {
                    step.program = kernel::compile(
                        &Unit {
                            graph: self.graph,
                            nodes: std::slice::from_ref(node),
                            outputs: &node.outputs,
                            dead_after: &|v| dies_at(v, k),
                        },
                        engine,
                    );
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
