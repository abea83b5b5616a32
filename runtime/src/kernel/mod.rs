//! Kernels: parts of a graph compiled to loops over raw buffers.
//!
//! A kernel is made of control flow, scalars, element accesses and array ops, runs without dispatching on
//! Candle and without allocating per iteration. Every op has the meaning of
//! [`op::scalar`](crate::op::scalar); integer overflow and indices out of range are errors.
//!
//! ```text
//! nodes of a graph ── lower/ ──► ir::Kernel ── passes ──► ir::Kernel ── an engine ──► Executable
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `ir.rs`, `inst.rs` | the kernel: loops and branches of scalar instructions |
//! | `lower/` | graph to kernel: scopes and hoisting, in-place stores, bounds proofs |
//! | `ranges.rs` | intervals and affine forms of integers |
//! | `text/` | the textual form, printed and read back |
//! | `verify.rs` | what every kernel satisfies, checked around every pass in debug builds |
//! | `passes.rs` | copies forwarded, dead code dropped |
//! | `engine.rs` | what every engine offers |
//! | `machine/` | the engine that interprets |
//! | `in_place.rs` | which arguments may be updated where they lie |
//! | `places.rs` | the buffers of a run |
//! | `program.rs` | a compiled kernel with its arguments and results |
//! | `report.rs` | from a failed instruction to an error |

mod ahead;
mod align;
mod c;
mod contract;
mod copies;
mod counters;
mod cranelift;
mod cse;
mod edges;
mod engine;
mod expand;
mod explain;
mod extremes;
mod flatten;
mod fma;
mod forms;
mod forward;
mod fuse;
mod guard;
mod hot;
mod in_place;
mod inst;
mod interchange;
mod invariant;
mod ir;
mod jam;
mod late;
mod launch;
mod library;
mod liveness;
mod lower;
mod machine;
mod marks;
pub(crate) mod math;
mod memory;
mod optimize;
mod partial;
mod parts;
mod passes;
mod peel;
mod places;
mod product;
mod program;
mod promote;
mod prove;
mod ranges;
mod rearrange;
mod relocate;
mod report;
mod rows;
mod shadow;
mod short;
mod signs;
mod slide;
mod split;
mod strips;
#[cfg(test)]
mod tests;
mod text;
mod tile;
mod verify;
mod views;

pub(crate) use c::{available as c_compiler, wait_for_compiler};
pub(crate) use explain::{Width, check_parallel, explain};
pub use launch::Backwards;
pub(crate) use launch::{with_backwards, with_threads};
pub(crate) use optimize::with_native_arithmetic;
pub(crate) use places::{OutSlot, OutSlots, Slot};
pub(crate) use program::{Access, Program, Unit, compile};
