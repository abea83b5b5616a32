//! The engine that prints C and has the system's compiler make code of it: the fastest code, after the longest
//! wait. What was compiled is kept on disk, and the background builds while another engine runs.
//!
//! ```text
//! kernel ── print/ ──► C ── store.rs: kept? ── build.rs: compiler ──► shared library ── load.rs ──► C
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `print/` | from a kernel to C |
//! | `compiler.rs` | which compiler, and what it is asked for |
//! | `assembly.rs` | what is changed in what GCC makes of it |
//! | `process.rs` | running it, with a limit of time |
//! | `private.rs` | directories that nobody else can write to |
//! | `store.rs` | libraries kept on disk |
//! | `build.rs` | from C to a loaded library |
//! | `load.rs` | loaded libraries |
//! | `background.rs` | the thread that builds, and tickets for what it is asked for |
//!
//! **Invariant: a compiler never hurts a call.** One that is missing, fails, hangs or writes nonsense leaves the
//! kernel to the other engines.

mod assembly;
mod background;
mod build;
mod compiler;
mod load;
mod print;
mod private;
mod process;
mod store;
#[cfg(test)]
mod tests;

use super::engine::{Executable, Failure, Frame, OPERANDS};
use super::ir::{Kernel, TrapId};
use super::library::context;
use crate::backend::Engine;
use crate::observe::TARGET;
pub(crate) use background::wait_for_compiler;
pub(super) use background::{Ticket, request};
use load::Loaded;
use std::sync::Arc;

/// A kernel compiled by the system's compiler.
#[derive(Debug)]
pub(super) struct C {
    loaded: Arc<Loaded>,
    registers: usize,
}

/// Compiles a kernel, or takes it from disk; returns when that is done.
pub(super) fn compile(kernel: &Kernel) -> Option<C> {
    let source = print::source(kernel)?;
    match build::build(build::Tools::system()?, &source) {
        Ok(loaded) => Some(C { loaded: Arc::new(loaded), registers: kernel.regs.len() }),
        Err(problem) => {
            tracing::debug!(target: TARGET, kernel = %kernel.name, %problem, "no C code for a kernel");
            None
        }
    }
}

/// The C of a kernel.
pub(super) fn text(kernel: &Kernel) -> Option<String> {
    print::source(kernel)
}

/// Name and version of the compiler; `None` where there is none.
pub(crate) fn available() -> Option<String> {
    build::Tools::system().map(|tools| tools.compiler.version.clone())
}

impl Executable for C {
    fn registers(&self) -> usize {
        self.registers
    }

    fn engine(&self) -> Engine {
        Engine::C
    }

    unsafe fn run(&self, frame: &mut Frame<'_>) -> Result<(), Failure> {
        let mut operands = [0; OPERANDS];
        // SAFETY: the code does to a frame of its kernel what the kernel says, and the caller promises that this
        // is one.
        let code = unsafe {
            (self.loaded.entry)(
                frame.registers.as_mut_ptr(),
                frame.table.elements.as_mut_ptr(),
                frame.table.owner.as_mut_ptr().cast(),
                context(),
                operands.as_mut_ptr(),
            )
        };
        match code {
            0 => Ok(()),
            code => {
                let trap = u32::try_from(code - 1).ok().map(TrapId);
                Err(Failure { trap, operands })
            }
        }
    }
}

// The owners in a frame are words of 64 bits for compiled code.
const _: () = assert!(size_of::<usize>() == 8);
