//! What a function became: `f::explain(..)`.

use super::args::ArgValue;
use super::function::{Function, graph};
use crate::backend::{Engine, engine};
use crate::error::{Location, Result};
use crate::kernel;
use std::fmt;

/// What each loop of a function becomes for arguments of some shapes; made by `f::explain(..)`.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn running(x: &Array1<f64>) -> Array1<f64> {
///     let mut y = x.clone();
///     for i in 1..x.len() {
///         y[i] = y[i - 1] + 2.0 * x[i];
///     }
///     y
/// }
///
/// let explanation = running::explain(&Array1::ones(1000))?;
/// let found = &explanation.loops()[0];
/// assert_eq!(found.became(), "sequential");
/// assert_eq!(found.why_not(), Some("an iteration writes an element of `y` that another one may read"));
/// println!("{explanation}");
/// # Ok::<(), desc_jit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explanation {
    function: &'static str,
    engine: Engine,
    loops: Vec<LoopExplanation>,
    ir: Option<String>,
    c: Option<String>,
}

/// What one loop becomes.
#[derive(Clone, Debug)]
pub struct LoopExplanation {
    location: Location,
    depth: usize,
    became: String,
    why_not: Option<String>,
    work: Option<(u128, u128)>,
}

impl Explanation {
    /// The loops, in the order of the text. A loop of which nothing is left (unrolled, part of a matrix product)
    /// is among them.
    pub fn loops(&self) -> &[LoopExplanation] {
        &self.loops
    }

    /// The sources of the compiled kernels: the C of the background engine, or the compiler's own form where
    /// there is none. Empty for a function that runs op by op.
    pub fn kernels(&self) -> Vec<&str> {
        self.c.as_deref().or(self.ir.as_deref()).into_iter().collect()
    }

    /// The kernel in the compiler's own form, after all passes.
    pub fn ir(&self) -> Option<&str> {
        self.ir.as_deref()
    }
}

impl LoopExplanation {
    /// Where the loop stands.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// What it became: parallel, vector, reduction, sequential, and what passes did to it.
    pub fn became(&self) -> &str {
        &self.became
    }

    /// What makes the iterations depend on each other.
    pub fn why_not(&self) -> Option<&str> {
        self.why_not.as_deref()
    }

    /// Floating-point operations of one run of the loop, at most, where the trip counts are known.
    pub fn operations(&self) -> Option<u128> {
        self.work.map(|w| w.0)
    }

    /// Bytes that one run of the loop loads and stores, at most, where the trip counts are known.
    pub fn bytes(&self) -> Option<u128> {
        self.work.map(|w| w.1)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} on engine {}", self.function, self.engine)?;
        if self.loops.is_empty() {
            writeln!(f, "  no loops")?;
        }
        for l in &self.loops {
            let indent = "  ".repeat(l.depth + 1);
            let text = l.location.text.as_deref().unwrap_or("for").trim();
            writeln!(f, "{indent}line {}: {text}", l.location.line)?;
            writeln!(f, "{indent}  {}", l.became)?;
            if let Some(why) = &l.why_not {
                writeln!(f, "{indent}  because {why}")?;
            }
            if let Some((operations, bytes)) = l.work {
                writeln!(f, "{indent}  at most {operations} operations, {bytes} bytes loaded and stored")?;
            }
        }
        Ok(())
    }
}

/// Explains what a call with these arguments runs.
pub(crate) fn explain(function: &'static Function, args: &[ArgValue<'_>]) -> Result<Explanation> {
    let graph = graph(function, args)?;
    let found = kernel::explain(&graph);
    let loops = found.loops.into_iter().map(|l| LoopExplanation {
        location: graph.location(l.site).clone(),
        depth: l.depth,
        became: l.became,
        why_not: l.why_not,
        work: l.work,
    });
    let (ir, c) = found.kernel.map_or((None, None), |(ir, c)| (Some(ir), c));
    Ok(Explanation { function: function.info().name, engine: engine(), loops: loops.collect(), ir, c })
}
