//! What a function became: `f::explain(..)`.

use super::args::ArgValue;
use super::call::{Callee, compiled, graph};
use crate::backend::{Engine, engine};
use crate::error::{Location, Result};
use crate::kernel::{self, Width};
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
    runs_on: Option<Engine>,
    loops: Vec<LoopExplanation>,
    work: Option<(u128, u128)>,
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
    threads: usize,
    width: Option<Width>,
    work: Option<(u128, u128)>,
}

impl Explanation {
    /// The engine that the next such call takes: with [`Engine::Auto`] Cranelift, and C once that is ready. `None`
    /// before the first call.
    pub fn runs_on(&self) -> Option<Engine> {
        self.runs_on
    }

    /// Floating-point operations of a call, at most, where the trip counts are known.
    pub fn operations(&self) -> Option<u128> {
        self.work.map(|w| w.0)
    }

    /// Bytes that a call loads and stores, at most, where the trip counts are known. What stays in a cache is
    /// counted every time.
    pub fn bytes(&self) -> Option<u128> {
        self.work.map(|w| w.1)
    }

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

    /// How many threads share its iterations, at most.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How many iterations one instruction of an engine does, at most; 1 where it has no vectors for this loop.
    pub fn lanes(&self, engine: Engine) -> usize {
        self.width.map_or(1, |width| width.lanes(engine))
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
        write!(f, "{} on engine {}", self.function, self.engine)?;
        match (self.engine, self.runs_on) {
            (Engine::Auto, None) => write!(f, ": cranelift at the first call, c when it is hot")?,
            (_, None) => write!(f, ": not called yet")?,
            (Engine::Auto, Some(Engine::Cranelift)) => write!(f, ": cranelift now, c when it is hot")?,
            (_, Some(Engine::Candle)) => write!(f, ": op by op now")?,
            (_, Some(now)) if self.ir.is_none() => write!(f, ": op by op now, with parts on {now}")?,
            (_, Some(now)) => write!(f, ": {now} now")?,
        }
        writeln!(f)?;
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
            if let Some(width) = l.width {
                let lanes = |engine| match width.lanes(engine) {
                    1 => "one at a time".to_string(),
                    n => format!("{n} at a time"),
                };
                let (c, cranelift) = (lanes(Engine::C), lanes(Engine::Cranelift));
                writeln!(f, "{indent}  iterations of {} in c: {c}, in cranelift: {cranelift}", width.dtype)?;
            }
            if let Some((operations, bytes)) = l.work {
                writeln!(f, "{indent}  at most {operations} operations, {bytes} bytes loaded and stored")?;
            }
        }
        if let Some((operations, bytes)) = self.work {
            writeln!(f, "  in all at most {operations} operations, {bytes} bytes loaded and stored")?;
        }
        Ok(())
    }
}

/// Explains what a call with these arguments runs.
pub(super) fn explain(function: &dyn Callee, args: &mut [ArgValue<'_>]) -> Result<Explanation> {
    let graph = graph(function, args)?;
    let found = kernel::explain(&graph);
    let loops = found.loops.into_iter().map(|l| LoopExplanation {
        location: graph.location(l.site).clone(),
        depth: l.depth,
        became: l.became,
        why_not: l.why_not,
        threads: l.threads,
        width: l.width,
        work: l.work,
    });
    let (ir, c) = found.kernel.map_or((None, None), |(ir, c)| (Some(ir), c));
    Ok(Explanation {
        function: function.name(),
        engine: engine(),
        runs_on: compiled(function, args).map(|plan| plan.engine()),
        loops: loops.collect(),
        work: found.work,
        ir,
        c,
    })
}
