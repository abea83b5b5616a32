//! Passes from graph to graph. The pipeline is this one function; every pass is verified after it ran in
//! debug builds, and tested on textual graphs in `tests/graph/`.

mod calls;
mod columns;
mod compact;
mod cse;
mod dce;
mod effects;
mod fold;
mod leave;
mod rows;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;

/// A pass: its name and what it does.
type Pass = (&'static str, fn(&mut Graph));

/// The passes in the order they run.
const PIPELINE: [Pass; 7] = [
    ("calls", calls::run),
    ("fold", fold::run),
    ("columns", columns::run),
    ("rows", rows::run),
    ("dce", dce::run),
    ("leave", leave::run),
    ("compact", compact::run),
];

/// The passes before a transform.
const BEFORE_TRANSFORMS: [Pass; 5] = [
    ("fold", fold::run),
    ("cse", cse::run),
    ("rows", rows::run),
    ("dce", dce::run),
    ("compact", compact::run),
];

/// Runs the whole pipeline.
pub(crate) fn run(graph: &mut Graph) -> Result<()> {
    passes(graph, &PIPELINE)
}

/// Runs the passes that keep what transforms need to know: they follow on this graph.
pub(crate) fn simplify(graph: &mut Graph) -> Result<()> {
    passes(graph, &BEFORE_TRANSFORMS)
}

/// Puts the nodes of calls in their place: nothing else runs them.
pub(crate) fn place_calls(graph: &mut Graph) {
    calls::run(graph);
}

fn passes(graph: &mut Graph, list: &[Pass]) -> Result<()> {
    for &(name, pass) in list {
        pass(graph);
        if cfg!(debug_assertions) {
            graph.verify().map_err(|e| e.note(format!("after the pass `{name}`")))?;
        }
    }
    Ok(())
}

impl Graph {
    /// Runs one optimisation pass by name: `calls` (their nodes in their place), `fold` (constants), `columns` (lists of
    /// structs as arrays), `cse` (equal values once), `rows` (elements of rows where they lie), `dce` (what no result needs), `leave` (counted loops end where nothing
    /// happens any more), `compact` (numbers values anew).
    ///
    /// # Errors
    /// There is no such pass, or it broke the graph.
    ///
    /// ```
    /// let mut g: desc_jit::Graph =
    ///     "graph f() { %0: f64 = const{2.0}()  %1: f64 = mul(%0, %0)  return %1 }".parse()?;
    /// for pass in ["fold", "dce", "compact"] {
    ///     g.run_pass(pass)?;
    /// }
    /// assert!(g.to_string().contains("const{4.0}"));
    /// # Ok::<(), desc_jit::Error>(())
    /// ```
    pub fn run_pass(&mut self, name: &str) -> Result<()> {
        let Some((_, pass)) = PIPELINE.iter().chain(&BEFORE_TRANSFORMS).find(|(n, _)| *n == name) else {
            let names = ["calls", "fold", "columns", "cse", "rows", "dce", "leave", "compact"];
            return Err(Error::new(ErrorKind::Argument, format!("there is no pass `{name}`"))
                .note(format!("the passes are {}", names.join(", "))));
        };
        pass(self);
        self.verify()
    }
}
