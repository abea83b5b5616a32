//! Kernels compiled by Cranelift: machine code within a millisecond or so, with the bits of the register
//! machine.
//!
//! ```text
//! Kernel ── support ──► ── function (one per entry, one per parallel loop) ──► Cranelift ──► Compiled
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `target.rs` | the host's instruction set |
//! | `support.rs` | what this engine takes |
//! | `unit.rs` | what the functions of a kernel share, and their compilation |
//! | `function.rs` | a function while it is written: registers, slots, constants, calls |
//! | `code.rs` | lists, branches and loops |
//! | `scalar.rs`, `checked.rs` | instructions that never fail; those that may |
//! | `calls.rs` | mathematics |
//! | `memory.rs` | addresses, loads and stores, copies and swaps |
//! | `folds.rs` | reductions |
//! | `tiles.rs` | vector loops in tiles |
//! | `lanes.rs`, `vector.rs` | groups of their iterations: what runs in vectors; the vectors |
//! | `sums.rs` | sums and products whose lanes are in registers |
//! | `parallel.rs` | loops that are shared among threads |
//! | `product.rs` | matrix products |
//! | `helpers.rs` | functions in Rust that the code calls |
//!
//! Cranelift optimises little across loops by itself. What counts is how the code is put: addresses are
//! `slot + invariant * size` (which it moves out of the loop) plus `index * size + constant` (an addressing
//! mode); loops test at the bottom; floating-point constants are loaded, so that they stay in registers.

mod calls;
mod checked;
mod code;
mod folds;
mod function;
mod helpers;
mod lanes;
mod memory;
mod parallel;
mod product;
mod scalar;
mod sums;
mod support;
mod target;
mod tiles;
mod unit;
mod vector;

use super::engine::{Executable, Failure, Frame, OPERANDS};
use super::ir::{Kernel, TrapId};
use super::library::{self, Context};
use crate::backend::Engine;
use cranelift_jit::JITModule;
use std::fmt;
use std::sync::Mutex;

/// The entry: `(registers, slots, owners, context, trap)`, gives 0 or a trap's number plus one.
type Entry = unsafe extern "C" fn(*mut u64, *mut *mut u8, *mut usize, *const Context, *mut u64) -> i64;

/// Machine code of a kernel.
pub(super) struct Compiled {
    entry: Entry,
    registers: usize,
    /// Owns the code; locked by nobody, which makes it shareable.
    module: Mutex<Option<JITModule>>,
    /// Constants that the code loads.
    _constants: Box<[u64]>,
}

/// Machine code of a kernel; `None` where this engine does not take it.
pub(super) fn compile(kernel: &Kernel) -> Option<Compiled> {
    support::takes(kernel).then_some(())?;
    let (module, id, constants) = unit::compile(kernel)?;
    let address = module.get_finalized_function(id);
    // SAFETY: the function was declared with this signature.
    let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
    let module = Mutex::new(Some(module));
    Some(Compiled { entry, registers: kernel.regs.len(), module, _constants: constants })
}

impl Executable for Compiled {
    fn registers(&self) -> usize {
        self.registers
    }

    fn engine(&self) -> Engine {
        Engine::Cranelift
    }

    unsafe fn run(&self, frame: &mut Frame<'_>) -> Result<(), Failure> {
        let mut operands = [0; OPERANDS];
        let (registers, table) = (frame.registers.as_mut_ptr(), &mut *frame.table);
        let (slots, owners) = (table.elements.as_mut_ptr(), table.owner.as_mut_ptr());
        // SAFETY: the code was made of the kernel that the frame belongs to, and keeps to its registers and
        // slots; that element accesses lie inside their buffers is the kernel's promise, as for the machine.
        let code =
            unsafe { (self.entry)(registers, slots, owners, library::context(), operands.as_mut_ptr()) };
        match u32::try_from(code - 1) {
            Err(_) => Ok(()),
            Ok(trap) => Err(Failure { trap: Some(TrapId(trap)), operands }),
        }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        let module = self.module.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(module) = module.take() {
            // SAFETY: whoever runs the code borrows `self`, so nobody does now; the entry is private to
            // `self`, and bodies of parallel loops are called only while the entry runs.
            unsafe { module.free_memory() };
        }
    }
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").field("entry", &(self.entry as *const ())).finish_non_exhaustive()
    }
}
