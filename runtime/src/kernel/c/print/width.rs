//! How wide the vectors of a kernel are. An instruction of 512 bits slows the core down for a while (its clock, and half
//! a core that has to wake up first): a recurrence beside a few short vector loops takes 7 % longer for it.

use crate::kernel::ir::{Code, Item, Kernel};
use crate::kernel::marks::cost::{UNKNOWN_TRIPS, of_inst};

/// So many times the work that is done in vectors, by the estimate, makes it not worth it.
const MOSTLY: f64 = 2.0;

/// The line that asks for vectors of 256 bits, where most of the work is outside of vectors.
pub(super) fn request(kernel: &Kernel) -> &'static str {
    let (mut scalar, mut vector) = (0.0, 0.0);
    work(kernel, &kernel.code, 1.0, false, &mut |lanes, ns| match lanes {
        true => vector += ns / 4.0,
        false => scalar += ns,
    });
    if scalar > MOSTLY * vector { "#define NARROW\n" } else { "" }
}

/// Gives the nanoseconds of each instruction, and whether it is in a loop that becomes vectors.
fn work(kernel: &Kernel, code: &Code, times: f64, lanes: bool, found: &mut dyn FnMut(bool, f64)) {
    for item in code {
        match item {
            Item::Inst(inst, _) => found(lanes, times * of_inst(kernel, inst)),
            Item::Loop(l) => {
                let trips = l.max_trips.filter(|&n| n < u64::MAX / 2).map_or(UNKNOWN_TRIPS, |n| n as f64);
                let lanes = lanes || l.mark.vector || l.mark.simt;
                work(kernel, &l.body, times * trips, lanes, found);
            }
            Item::While(w) => {
                work(kernel, &w.head, times * UNKNOWN_TRIPS, lanes, found);
                work(kernel, &w.body, times * UNKNOWN_TRIPS, lanes, found);
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| work(kernel, arm, times, lanes, found)),
        }
    }
}
