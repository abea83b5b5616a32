//! What an iteration costs, in nanoseconds, roughly: enough to tell a loop worth dividing from one that is not.

use crate::kernel::inst::Inst;
use crate::kernel::ir::{Code, Item, Kernel, Loop};

/// Iterations of a loop of which nothing is known.
pub(in crate::kernel) const UNKNOWN_TRIPS: f64 = 16.0;

/// Nanoseconds of one iteration.
pub(in crate::kernel) fn of_iteration(kernel: &Kernel, l: &Loop) -> u64 {
    let at_once = if l.mark.vector || l.mark.simt { 4.0 } else { 1.0 };
    // Memory is what a plain sweep over arrays waits for.
    ((of_list(kernel, &l.body) / at_once).ceil() as u64).max(1)
}

fn of_list(kernel: &Kernel, list: &Code) -> f64 {
    list.iter()
        .map(|item| match item {
            Item::Inst(inst, _) => of_inst(kernel, inst),
            Item::Loop(l) => {
                let at_once = if l.mark.vector || l.mark.simt { 4.0 } else { 1.0 };
                // A loop from 0 to n inside a triangle runs half as often as it could.
                let trips = l.max_trips.map_or(UNKNOWN_TRIPS, |n| n as f64);
                1.0 + trips * (0.3 + of_list(kernel, &l.body) / at_once)
            }
            Item::While(w) => UNKNOWN_TRIPS * (1.0 + of_list(kernel, &w.head) + of_list(kernel, &w.body)),
            Item::Branch(b) => 1.0 + b.arms.iter().map(|(code, _)| of_list(kernel, code)).fold(0.0, f64::max),
        })
        .sum()
}

/// Nanoseconds of an instruction.
pub(in crate::kernel) fn of_inst(kernel: &Kernel, inst: &Inst) -> f64 {
    use Inst::*;
    match inst {
        DivF64 { .. } | DivF32 { .. } | SqrtF64 { .. } | SqrtF32 { .. } => 3.0,
        DivI32 { .. } | DivI64 { .. } | DivU { .. } | RemI32 { .. } | RemI64 { .. } | RemU { .. } => 6.0,
        Math { .. } | Math2 { .. } | Call { .. } | CallPure { .. } => 8.0,
        CopyBuf { dst, .. } => 0.2 * kernel.slots[dst.index()].count() as f64,
        _ => 0.3,
    }
}

/// Cycles from an instruction's operands to its result, roughly.
pub(in crate::kernel) fn latency(inst: &Inst) -> u32 {
    use Inst::*;
    match inst {
        Mov { .. } => 0,
        AddF64 { .. } | SubF64 { .. } | MulF64 { .. } | FmaF64 { .. } => 4,
        AddF32 { .. } | SubF32 { .. } | MulF32 { .. } | FmaF32 { .. } => 4,
        DivF64 { .. } => 14,
        DivF32 { .. } => 11,
        SqrtF64 { .. } => 18,
        SqrtF32 { .. } => 12,
        Math { .. } | Math2 { .. } | Call { .. } | CallPure { .. } => 60,
        _ if inst.is_load() => 5,
        _ => 1,
    }
}
