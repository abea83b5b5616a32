//! Graphviz output: one cluster per region, one box per node, edges from definitions to uses.

use super::types::{Graph, Node, Region, ValueId};
use std::collections::HashMap;
use std::fmt::Write;

impl Graph {
    /// The graph in Graphviz's DOT language (`dot -Tsvg`).
    ///
    /// ```
    /// let g: desc_jit::Graph = "graph f(%0: f64) {\n %1: f64 = sin(%0)\n return %1\n}".parse()?;
    /// assert!(g.to_dot().starts_with("digraph"));
    /// # Ok::<(), desc_jit::Error>(())
    /// ```
    pub fn to_dot(&self) -> String {
        let mut dot = Dot { graph: self, out: String::new(), source: HashMap::new(), next: 0 };
        let _ = writeln!(dot.out, "digraph {:?} {{", &*self.name);
        dot.out.push_str("  node [shape=box, fontname=\"monospace\"];\n  compound=true;\n");
        dot.region(&self.body, "return", 1);
        dot.out.push_str("}\n");
        dot.out
    }
}

struct Dot<'g> {
    graph: &'g Graph,
    out: String,
    /// The DOT node that defines each value.
    source: HashMap<ValueId, String>,
    next: usize,
}

impl Dot<'_> {
    fn fresh(&mut self) -> String {
        self.next += 1;
        format!("n{}", self.next)
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn region(&mut self, region: &Region, end: &str, depth: usize) {
        for &p in &region.params {
            let id = self.fresh();
            let info = &self.graph.values[p.index()];
            let label = format!("{} {}: {}", p, info.name.as_deref().unwrap_or(""), info.ty);
            self.line(depth, &format!("{id} [label={label:?}, shape=ellipse];"));
            self.source.insert(p, id);
        }
        for node in &region.nodes {
            self.node(node, depth);
        }
        let id = self.fresh();
        self.line(depth, &format!("{id} [label={end:?}, shape=plaintext];"));
        self.edges(&region.results, &id, depth);
    }

    fn edges(&mut self, uses: &[ValueId], to: &str, depth: usize) {
        for v in uses {
            if let Some(from) = self.source.get(v).cloned() {
                let label = v.to_string();
                self.line(depth, &format!("{from} -> {to} [label={label:?}];"));
            }
        }
    }

    fn node(&mut self, node: &Node, depth: usize) {
        let id = self.fresh();
        let label = format!("{}\\l{}", self.graph.print_node(node).replace('"', "'"), self.place(node));
        self.line(depth, &format!("{id} [label=\"{label}\"];"));
        self.edges(&node.inputs, &id, depth);
        for (k, region) in node.regions.iter().enumerate() {
            self.line(depth, &format!("subgraph cluster_{id}_{k} {{"));
            self.line(depth + 1, &format!("label=\"{} region {k}\";", node.op.name()));
            self.region(region, "yield", depth + 1);
            self.line(depth, "}");
        }
        for &v in &node.outputs {
            self.source.insert(v, id.clone());
        }
    }

    fn place(&self, node: &Node) -> String {
        let at = self.graph.location(node.site);
        format!("{}:{}\\l", at.file, at.line)
    }
}
