//! What every engine of kernels offers: executable code that works on a frame.

use super::inst::SHOWN;
use super::ir::TrapId;
use crate::backend::Engine;
use smallvec::SmallVec;
use std::fmt::Debug;

/// Code that an engine made of a [`Kernel`](super::ir::Kernel). Several threads may run it at once.
pub(super) trait Executable: Send + Sync + Debug {
    /// How many registers a frame needs.
    fn registers(&self) -> usize;

    /// The engine of the code that the next run takes.
    fn engine(&self) -> Engine;

    /// Runs the code once.
    ///
    /// # Safety
    ///
    /// The frame belongs to the kernel that the code was made of: its registers hold the constants and the
    /// scalar arguments; for every slot the table has the address of `count` initialised elements of its
    /// dtype, writable unless the slot is an argument that is not taken, and buffers of different slots do
    /// not overlap (those only read may).
    unsafe fn run(&self, frame: &mut Frame<'_>) -> Result<(), Failure>;
}

/// What a run works on. Scalar results are left in their registers.
pub(super) struct Frame<'a> {
    /// The kernel's registers (and perhaps more), as [`bits`](crate::dtype::Literal::bits).
    pub registers: &'a mut [u64],
    /// The kernel's buffers.
    pub table: &'a mut Table,
}

/// So many slots have a place on the stack.
pub(super) const FEW: usize = 8;

/// The buffer table while running: where each slot's elements are, and whose buffer that is.
pub(super) struct Table {
    pub elements: SmallVec<[*mut u8; FEW]>,
    pub owner: SmallVec<[usize; FEW]>,
}

/// An instruction that failed, and the values that it read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub trap: Option<TrapId>,
    pub operands: [u64; OPERANDS],
}

/// No instruction that fails reads more values.
pub(super) const OPERANDS: usize = 1 + SHOWN;
