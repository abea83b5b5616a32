//! Runs of graphs that record iterations for a reverse pass: a run that ends because its tape is full is repeated
//! with a longer one.

use super::args::ArgValue;
use super::cache::Planned;
use super::call::{Callee, compile, run};
use crate::array::Device;
use crate::backend::{capture_prints, emit};
use crate::error::Result;
use crate::graph::{Graph, for_each_node};
use crate::kernel::OutSlots;
use crate::op::Op;
use crate::transform::TAPE_FULL;

/// The first capacity: few loops that stop by themselves run longer, and those that do are soon found out.
pub(super) const START: usize = 256;

/// What follows is an error: no memory holds as many iterations.
const LONGEST: usize = 1 << 40;

const GROWTH: usize = 4;

/// A loop of the graph may find its tape full.
pub(super) fn is_used(graph: &Graph) -> bool {
    let mut found = false;
    for_each_node(&graph.body, &mut |node| {
        found |= matches!(&node.op, Op::Check { message, .. } if &**message == TAPE_FULL);
    });
    found
}

/// Runs a plan with a tape, and gives the one that was long enough. Arguments that were given away are only lent to a run: the next one may need them.
#[cold]
pub(super) fn run_until_it_fits(
    callee: &dyn Callee,
    mut plan: Planned,
    args: &mut [ArgValue<'_>],
    device: &Device,
    out: &mut OutSlots,
) -> Result<Planned> {
    loop {
        let mut lent: Vec<ArgValue<'_>> = args.iter_mut().map(ArgValue::lend).collect();
        // What a run prints that is repeated counts for nothing.
        let (done, printed) = capture_prints(|| run(callee, &plan, &mut lent, device, out));
        let error = match done {
            Err(error) if error.message() == TAPE_FULL => error,
            done => {
                printed.iter().for_each(|(stream, text)| emit(*stream, text));
                return done.map(|()| plan);
            }
        };
        drop(lent);
        out.clear();
        let longer = plan.tape.and_then(|tape| tape.checked_mul(GROWTH)).filter(|&tape| tape <= LONGEST);
        let Some(longer) = longer else { return Err(error) };
        callee.cache().forget(&plan);
        plan = compile(callee, args, device, longer)?;
    }
}
