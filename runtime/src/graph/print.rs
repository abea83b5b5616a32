//! The textual form. `parse.rs` reads it back.
//!
//! ```text
//! graph axpy(%0 "a": f64, %1 "x": f64[3]) {
//!   %2: f64[3] = broadcast(%0) @0:4:5:1
//!   %3: f64[3] = mul(%2, %1) @0:4:5:1
//!   return %3
//! }
//! source 0 "src/main.rs" axpy
//! ```

use super::types::{Graph, Node, Region, ValueId};
use crate::backend::Stream;
use crate::op::{Axis, Op};
use std::fmt::{self, Write};

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer { graph: self, out: String::new(), sources: Vec::new() };
        printer.graph();
        f.write_str(&printer.out)
    }
}

impl Graph {
    /// One equation as text, nested regions as `{..}`.
    pub(crate) fn print_node(&self, node: &Node) -> String {
        let mut printer = Printer { graph: self, out: String::new(), sources: Vec::new() };
        printer.head(node);
        if !node.regions.is_empty() {
            printer.out.push_str(" {..}");
        }
        printer.out
    }
}

struct Printer<'g> {
    graph: &'g Graph,
    out: String,
    /// (file, function) pairs in order of first use.
    sources: Vec<(String, String)>,
}

impl Printer<'_> {
    fn graph(&mut self) {
        self.out.push_str("graph ");
        self.out.push_str(&title(&self.graph.name));
        self.params(&self.graph.body.params);
        self.out.push_str(" {\n");
        self.nodes(&self.graph.body, 1);
        self.out.push_str("  return");
        self.ids(&self.graph.body.results);
        self.out.push_str("\n}\n");
        for (k, (file, function)) in self.sources.iter().enumerate() {
            let _ = writeln!(self.out, "source {k} {file:?} {function}");
        }
    }

    fn definition(&mut self, v: ValueId) {
        let _ = write!(self.out, "{v}");
        // A broken graph can be printed too: the verifier quotes it.
        let Some(info) = self.graph.values.get(v.index()) else { return };
        if let Some(name) = &info.name {
            let _ = write!(self.out, " {name:?}");
        }
        let _ = write!(self.out, ": {}", info.ty);
    }

    fn params(&mut self, params: &[ValueId]) {
        self.out.push('(');
        for (k, &p) in params.iter().enumerate() {
            if k > 0 {
                self.out.push_str(", ");
            }
            self.definition(p);
        }
        self.out.push(')');
    }

    fn ids(&mut self, ids: &[ValueId]) {
        for (k, v) in ids.iter().enumerate() {
            let _ = write!(self.out, "{} {v}", if k > 0 { "," } else { "" });
        }
    }

    fn head(&mut self, node: &Node) {
        for (k, &v) in node.outputs.iter().enumerate() {
            if k > 0 {
                self.out.push_str(", ");
            }
            self.definition(v);
        }
        if !node.outputs.is_empty() {
            self.out.push_str(" = ");
        }
        self.out.push_str(node.op.name());
        let attributes = attributes(&node.op);
        if !attributes.is_empty() {
            let _ = write!(self.out, "{{{attributes}}}");
        }
        self.out.push('(');
        let inputs: Vec<String> = node.inputs.iter().map(ToString::to_string).collect();
        self.out.push_str(&inputs.join(", "));
        self.out.push(')');
    }

    fn site(&mut self, node: &Node) {
        let at = self.graph.location(node.site);
        let key = (at.file.to_string(), at.function.to_string());
        let k = self.sources.iter().position(|s| *s == key).unwrap_or_else(|| {
            self.sources.push(key);
            self.sources.len() - 1
        });
        let _ = write!(self.out, " @{k}:{}:{}:{}", at.line, at.column, at.width);
    }

    fn nodes(&mut self, region: &Region, depth: usize) {
        let indent = "  ".repeat(depth);
        for node in &region.nodes {
            self.out.push_str(&indent);
            self.head(node);
            self.site(node);
            for inner in &node.regions {
                self.out.push_str(" {\n");
                self.out.push_str(&indent);
                self.out.push_str("  ");
                self.params(&inner.params);
                self.out.push('\n');
                self.nodes(inner, depth + 1);
                self.out.push_str(&indent);
                self.out.push_str("  yield");
                self.ids(&inner.results);
                self.out.push('\n');
                self.out.push_str(&indent);
                self.out.push('}');
            }
            self.out.push('\n');
        }
    }
}

/// A name as the textual form has it: in quotes where it is no word, as `grad(f)`.
pub(crate) fn title(name: &str) -> std::borrow::Cow<'_, str> {
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_word { name.into() } else { format!("{name:?}").into() }
}

impl Op {
    /// Its name in the textual form.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Const(_) => "const",
            Op::Iota { .. } => "iota",
            Op::Empty(_) => "empty",
            Op::Unary(op) => op.name(),
            Op::Binary(op) => op.name(),
            Op::Compare(op) => op.name(),
            Op::Select => "select",
            Op::MulAdd => "mul_add",
            Op::Cast(_) => "cast",
            Op::Broadcast(_) => "broadcast",
            Op::Reshape(_) => "reshape",
            Op::Transpose(_) => "transpose",
            Op::Concat { .. } => "concat",
            Op::Stack => "stack",
            Op::Load { .. } => "load",
            Op::Store { .. } => "store",
            Op::Take { .. } => "take",
            Op::Put { .. } => "put",
            Op::Reduce { .. } => "reduce",
            Op::ArgReduce(op) => op.name(),
            Op::CumSum { .. } => "cumsum",
            Op::Dot => "dot",
            Op::Check { .. } => "check",
            Op::Print { .. } => "print",
            Op::Progress { .. } => "progress",
            Op::For { .. } => "for",
            Op::While => "while",
            Op::Cond => "cond",
            Op::Switch => "switch",
            Op::Call { .. } => "call",
        }
    }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn axes_text(axes: &[Axis]) -> String {
    let axes: Vec<String> = axes
        .iter()
        .map(|axis| match axis {
            Axis::At => "at".to_string(),
            Axis::Range { start, len, step } => format!("{start}:{len}:{step}"),
            Axis::Window { len } => format!("window {len}"),
        })
        .collect();
    list(&axes)
}

fn name_text(name: &Option<std::sync::Arc<str>>) -> String {
    name.as_ref().map(|n| format!("{n:?}")).unwrap_or_default()
}

/// What stands between the braces; types that follow from the result are left out.
fn attributes(op: &Op) -> String {
    match op {
        Op::Const(literal) => literal.to_string(),
        Op::Transpose(perm) => list(perm),
        Op::Concat { axis } | Op::CumSum { axis } => axis.to_string(),
        Op::Load { axes, name } => format!("{}; {}", axes_text(axes), name_text(name)),
        Op::Store { axes, mode, name } => {
            format!("{}; {}; {}", mode.name(), axes_text(axes), name_text(name))
        }
        Op::Take { name } => name_text(name),
        Op::Put { mode, name } => format!("{}; {}", mode.name(), name_text(name)),
        Op::Reduce { op, axes } => format!("{}; {}", op.name(), list(axes)),
        Op::Check { message, user: false } => format!("{message:?}"),
        Op::Check { message, user: true } => format!("{message:?}; user"),
        Op::Progress { name } => format!("{name:?}"),
        Op::Print { stream: Stream::Out, text } => format!("{text:?}"),
        Op::Print { stream: Stream::Err, text } => format!("{text:?}; err"),
        Op::Call { rule, name } => format!("{}; {name:?}", rule.name()),
        Op::For { step, parallel: false } => step.to_string(),
        Op::For { step, parallel: true } => format!("{step}; parallel"),
        _ => String::new(),
    }
}
