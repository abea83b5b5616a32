//! The register machine: interprets a kernel. The portable fallback of the compiled engines, and their
//! oracle: it keeps the order of floating-point operations of the graph, and its functions are std's.
//!
//! ```text
//! kernel ── strip ──► ── passes::finish ──► ── flatten ──► bytecode ── run
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `flatten.rs` | from nested loops to bytecode with jumps |
//! | `strip/` | innermost loops run an instruction at a time over many iterations |
//! | `run.rs` | the interpreter, with the safety argument |

mod flatten;
mod run;
pub(super) mod strip;

use super::engine::{Executable, Failure, Frame, OPERANDS};
use super::inst::Reg;
use super::ir::{Call, Kernel, SlotInfo};
use super::passes;
use crate::backend::Engine;
use crate::dtype::Literal;
use flatten::Flat;
pub(super) use run::call;

/// Bytecode with its tables.
#[derive(Debug)]
pub(super) struct Machine {
    flat: Flat,
    calls: Vec<Call>,
    slots: Vec<SlotInfo>,
    /// Room for the vectors of strip loops, in vectors.
    lanes: usize,
}

/// Bytecode of a kernel, with or without strips; `None` where it needs too many registers.
pub(super) fn compile(kernel: &Kernel, strips: bool) -> Option<Machine> {
    let mut code = kernel.code.clone();
    let count = kernel.regs.len();
    let constant = |r: Reg| {
        let number = kernel.constant(r).and_then(Literal::as_i128);
        number.and_then(|x| i64::try_from(x).ok())
    };
    if strips {
        strip::plan_all(&mut code, &kernel.slots, &constant);
    }
    passes::finish(&mut code, count, &kernel.results);
    let uses = passes::count_uses(&mut code, count, &kernel.results);
    let flat = flatten::flatten(code, count, kernel.zero, &uses)?;
    if let Err(at) = run::validate(&flat, &kernel.slots, kernel.calls.len()) {
        debug_assert!(false, "instruction {at} is not valid: {:?}\n{:?}", flat.code, kernel.slots);
        return None;
    }
    Some(Machine {
        lanes: flat.strips.iter().map(strip::StripPlan::vectors).max().unwrap_or(0),
        flat,
        calls: kernel.calls.clone(),
        slots: kernel.slots.clone(),
    })
}

impl Executable for Machine {
    fn registers(&self) -> usize {
        self.flat.registers
    }

    fn engine(&self) -> Engine {
        Engine::Machine
    }

    unsafe fn run(&self, frame: &mut Frame<'_>) -> Result<(), Failure> {
        let mut lanes = strip::Lanes::new(self.lanes);
        let machine = run::Interpreter { flat: &self.flat, calls: &self.calls, slots: &self.slots };
        // SAFETY: `compile` validated the bytecode; the rest is what the caller promises.
        unsafe { machine.run(frame.registers, frame.table, &mut lanes) }.map_err(|at| {
            let mut failure = Failure { trap: self.flat.traps[at], operands: [0; OPERANDS] };
            let reads = self.flat.code[at].reads().map(|r| frame.registers[r.index()]);
            failure.operands.iter_mut().zip(reads).for_each(|(operand, bits)| *operand = bits);
            failure
        })
    }
}
