//! Building a graph front to back: nodes go into the innermost open region.

use super::types::{Graph, Node, Region, SiteId, Type, ValueId};
use crate::error::{Location, Result};
use crate::hash::HashMap;
use crate::op::Op;
use std::sync::Arc;

/// File, function, line, column and width.
type SiteKey = (Arc<str>, Arc<str>, u32, u32, u32);

/// A graph under construction.
pub(crate) struct Builder {
    graph: Graph,
    /// Open regions, outermost first.
    open: Vec<Region>,
    sites: HashMap<SiteKey, SiteId>,
}

impl Builder {
    /// An empty graph whose site 0 is `at`, with the body open.
    pub fn new(name: Arc<str>, at: Location) -> Builder {
        let graph = Graph {
            name,
            values: Vec::new(),
            sites: vec![at],
            body: Region::default(),
            statics: Vec::new(),
            list_depths: Vec::new(),
        };
        Builder { graph, open: vec![Region::default()], sites: HashMap::default() }
    }

    /// A graph under construction that starts from the values and places of `graph`, whose ids stay valid, and
    /// whose body is empty but for its parameters.
    pub fn extending(graph: &Graph) -> Builder {
        let body = Region { params: graph.body.params.clone(), ..Region::default() };
        let graph = Graph { body: Region::default(), ..graph.clone() };
        Builder { graph, open: vec![body], sites: HashMap::default() }
    }

    /// A new value that is defined later.
    pub fn reserve(&mut self, ty: Type) -> ValueId {
        self.graph.new_value(ty, None)
    }

    /// Appends a finished node, whose values exist, to the innermost open region.
    pub fn append(&mut self, node: Node) {
        self.innermost().nodes.push(node);
    }

    /// The graph so far (without what is in open regions).
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The id of a place.
    pub fn site(&mut self, at: Location) -> SiteId {
        let key = (at.file.clone(), at.function.clone(), at.line, at.column, at.width);
        let sites = &mut self.graph.sites;
        *self.sites.entry(key).or_insert_with(|| {
            sites.push(at);
            SiteId(sites.len() as u32 - 1)
        })
    }

    /// Adds a parameter to the innermost open region.
    pub fn param(&mut self, ty: Type, name: Option<Arc<str>>) -> ValueId {
        let v = self.graph.new_value(ty, name);
        self.innermost().params.push(v);
        v
    }

    /// Adds a node without regions; its result types come from the op's rule.
    pub fn push(&mut self, op: Op, inputs: Vec<ValueId>, site: SiteId) -> Result<Vec<ValueId>> {
        let types: Vec<Type> = inputs.iter().map(|&v| self.graph.ty(v).clone()).collect();
        let results = op.infer(&types)?;
        Ok(self.push_control(op, inputs, Vec::new(), results, site))
    }

    /// Adds a node with regions and the given result types.
    pub fn push_control(
        &mut self,
        op: Op,
        inputs: Vec<ValueId>,
        regions: Vec<Region>,
        results: Vec<Type>,
        site: SiteId,
    ) -> Vec<ValueId> {
        let outputs: Vec<ValueId> = results.into_iter().map(|ty| self.graph.new_value(ty, None)).collect();
        self.innermost().nodes.push(Node { op, inputs, outputs: outputs.clone(), regions, site });
        outputs
    }

    /// Opens a nested region; what follows goes into it.
    pub fn open(&mut self) {
        self.open.push(Region::default());
    }

    /// Closes the innermost region with these results.
    pub fn close(&mut self, results: Vec<ValueId>) -> Region {
        let mut region = self.open.pop().expect("regions are opened and closed in pairs");
        region.results = results;
        region
    }

    /// Appends the nodes of a closed region without parameters to the innermost open one.
    pub fn splice(&mut self, region: Region) {
        debug_assert!(region.params.is_empty());
        self.innermost().nodes.extend(region.nodes);
    }

    /// Sets the nested open regions aside, so that what follows goes to the end of the body; the regions come
    /// back with [`resume`](Self::resume).
    pub fn suspend(&mut self) -> Vec<Region> {
        self.open.split_off(1)
    }

    /// Opens suspended regions again.
    pub fn resume(&mut self, regions: Vec<Region>) {
        self.open.extend(regions);
    }

    /// The number of open regions; with [`truncate`](Self::truncate) staging that failed half way is undone.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Drops open regions down to `depth`.
    pub fn truncate(&mut self, depth: usize) {
        self.open.truncate(depth);
    }

    /// The finished graph.
    pub fn finish(mut self, results: Vec<ValueId>) -> Graph {
        self.graph.body = self.close(results);
        self.graph
    }

    fn innermost(&mut self) -> &mut Region {
        self.open.last_mut().expect("the body stays open until the graph is finished")
    }
}

impl Builder {
    /// Reopens a closed region to add to it.
    pub fn reopen(&mut self, region: Region) {
        self.open.push(region);
    }

    /// Names of the function's parameters on which `v` depends through nodes of open regions.
    pub fn roots(&self, v: ValueId) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        let mut seen = crate::hash::HashSet::default();
        let mut todo = vec![v];
        while let Some(v) = todo.pop() {
            if !seen.insert(v) {
                continue;
            }
            if self.open[0].params.contains(&v) {
                names.extend(self.graph.values[v.index()].name.clone());
                continue;
            }
            let definition = self.open.iter().flat_map(|r| &r.nodes).find(|n| n.outputs.contains(&v));
            todo.extend(definition.into_iter().flat_map(|n| n.inputs.iter().copied()));
        }
        names.sort();
        names
    }
}

impl Builder {
    /// The node in open regions that makes `v`.
    pub fn definition(&self, v: ValueId) -> Option<&Node> {
        self.open.iter().flat_map(|r| &r.nodes).find(|n| n.outputs.contains(&v))
    }

    /// The nodes of such ops in open regions, by their first result.
    pub fn made_by(&self, is_meant: impl Fn(&Op) -> bool) -> HashMap<ValueId, &Node> {
        let nodes = self.open.iter().flat_map(|r| &r.nodes).filter(|n| is_meant(&n.op));
        nodes.filter_map(|n| Some((*n.outputs.first()?, n))).collect()
    }

    /// `v - base` where both are the same value with constants added in open regions.
    pub fn offset_from(&self, v: ValueId, base: ValueId) -> Option<i128> {
        let ((root, offset), (base, start)) = (self.offset(v), self.offset(base));
        (root == base).then_some(offset - start)
    }

    /// The value that `v` is computed from by adding constants, and their sum.
    fn offset(&self, v: ValueId) -> (ValueId, i128) {
        use crate::op::BinaryOp::{Add, Sub};
        let constant = |v: ValueId| match self.definition(v).map(|n| &n.op) {
            Some(Op::Const(literal)) => literal.as_i128(),
            _ => None,
        };
        let (mut root, mut sum) = (v, 0);
        while let Some(node) = self.definition(root) {
            let Op::Binary(op @ (Add | Sub)) = node.op else { break };
            let (a, b) = (node.inputs[0], node.inputs[1]);
            (root, sum) = match (op, constant(a), constant(b)) {
                (Sub, _, Some(k)) => (a, sum - k),
                (Add, _, Some(k)) => (a, sum + k),
                (Add, Some(k), _) => (b, sum + k),
                _ => break,
            };
        }
        (root, sum)
    }
}

impl Builder {
    /// The elements of a `stack` of constants.
    pub fn stacked_constants(&self, v: ValueId) -> Option<Vec<crate::dtype::Literal>> {
        let node = self.definition(v).filter(|n| n.op == Op::Stack)?;
        let literal = |&v: &ValueId| match self.definition(v).map(|n| &n.op) {
            Some(Op::Const(literal)) => Some(*literal),
            _ => None,
        };
        node.inputs.iter().map(literal).collect()
    }
}
