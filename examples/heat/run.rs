//! A run cut into equal calls, so that a progress bar can move and every call is a measurement.

use desc_jit::Result;
use desc_jit::prelude::*;
use desc_jit_examples::timing::{median, timed};
use indicatif::ProgressBar;

/// A run is cut into about this many calls of the kernel.
const CALLS: usize = 20;

/// A median wants at least this many calls after the first.
const LATER_CALLS: usize = 5;

/// How the steps of a run are cut into calls.
pub struct Plan {
    steps: usize,
    /// Steps of one call; the last call may do fewer.
    pub chunk: usize,
}

impl Plan {
    /// `steps` steps in about twenty calls.
    pub fn new(steps: usize) -> Plan {
        Plan { steps, chunk: steps.div_ceil(CALLS) }
    }

    /// How many calls the run takes; a run of no steps is one call too.
    pub fn calls(&self) -> usize {
        if self.chunk == 0 { 1 } else { self.steps.div_ceil(self.chunk) }
    }

    /// Steps of the whole run.
    pub fn total_steps(&self) -> usize {
        self.steps
    }
}

/// The field after a run and what its calls cost.
pub struct Run {
    /// The field after all steps.
    pub field: Array2<f64>,
    /// Seconds of each call that did `chunk` steps, the first call first.
    pub calls: Vec<f64>,
}

/// Marches `field` forward. Only the kernel is timed, not the progress bar.
pub fn march(
    field: &Array2<f64>,
    plan: &Plan,
    bar: &ProgressBar,
    mut kernel: impl FnMut(&Array2<f64>, usize) -> Result<Array2<f64>>,
) -> Result<Run> {
    let mut timed_call = |u: &Array2<f64>, steps: usize| {
        timed(|| {
            let next = kernel(u, steps)?;
            next.block_until_ready();
            Ok(next)
        })
    };
    let (mut u, first_s) = timed_call(field, plan.chunk)?;
    let mut calls = vec![first_s];
    let mut done = plan.chunk;
    bar.inc(done as u64);
    while done < plan.steps {
        let steps = plan.chunk.min(plan.steps - done);
        let (next, seconds) = timed_call(&u, steps)?;
        if steps == plan.chunk {
            calls.push(seconds);
        }
        u = next;
        done += steps;
        bar.inc(steps as u64);
    }
    // A short run is over before there is a median to speak of; these calls are timed and thrown away.
    while calls.len() <= LATER_CALLS {
        calls.push(timed_call(&u, plan.chunk)?.1);
    }
    Ok(Run { field: u, calls })
}

impl Run {
    /// Seconds of one call: the median of all of them.
    pub fn call_s(&self) -> f64 {
        median(&self.calls)
    }

    /// Seconds of the first call.
    pub fn first_call_s(&self) -> f64 {
        self.calls[0]
    }

    /// Seconds of one call after the first: the median of those.
    pub fn later_call_s(&self) -> f64 {
        median(&self.calls[1..])
    }

    /// The largest difference between two fields at one point.
    pub fn largest_difference(&self, other: &Run) -> f64 {
        self.field.iter().zip(other.field.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
}
