//! Numbers values anew in order of definition and forgets those that no longer exist, so that printed
//! graphs read well.

use crate::graph::{Graph, Region, ValueId, ValueInfo};
use crate::hash::HashMap;

pub(super) fn run(graph: &mut Graph) {
    let mut numbering =
        Numbering { old: std::mem::take(&mut graph.values), new: Vec::new(), map: HashMap::default() };
    numbering.region(&mut graph.body);
    graph.values = numbering.new;
}

struct Numbering {
    old: Vec<ValueInfo>,
    new: Vec<ValueInfo>,
    map: HashMap<ValueId, ValueId>,
}

impl Numbering {
    fn define(&mut self, v: &mut ValueId) {
        let id = ValueId(self.new.len() as u32);
        self.new.push(self.old[v.index()].clone());
        self.map.insert(*v, id);
        *v = id;
    }

    fn use_(&self, v: &mut ValueId) {
        *v = self.map[v];
    }

    fn region(&mut self, region: &mut Region) {
        region.params.iter_mut().for_each(|v| self.define(v));
        for node in &mut region.nodes {
            node.inputs.iter_mut().for_each(|v| self.use_(v));
            node.regions.iter_mut().for_each(|r| self.region(r));
            node.outputs.iter_mut().for_each(|v| self.define(v));
        }
        region.results.iter_mut().for_each(|v| self.use_(v));
    }
}
