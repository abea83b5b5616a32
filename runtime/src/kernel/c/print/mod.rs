//! From a kernel to the text of a C translation unit.
//!
//! ```text
//! desc_entry ── pointers from the table ──► body(restrict pointers)         no buffers are swapped
//!           └── swaps, time loops ──► nest(registers, restrict pointers)    otherwise
//! launch ──► range (frame, slots) ──► nest(registers, restrict pointers, first, count)
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `expr.rs`, `math.rs`, `check.rs` | instructions as expressions |
//! | `scope.rs` | where each register is declared |
//! | `unit.rs` | the translation unit: entry, functions and their parameters |
//! | `code.rs` | instructions, branches, moves |
//! | `loops.rs` | loops, one iteration after the other |
//! | `lines.rs` | stencils by whole cache lines |
//! | `ordered.rs` | carried sums that stay in their order |
//! | `tiles.rs`, `folds.rs` | vector loops, reductions |
//! | `simt.rs` | iterations side by side |
//! | `pairs.rs` | roots and quotients two at a time |
//! | `quotient.rs` | quotients by constants |
//! | `first.rs` | the first iteration of an inner loop apart |
//! | `strides.rs` | short steps through an array |
//! | `parallel.rs` | loops on several threads |
//! | `width.rs` | how wide vectors are |
//! | `prelude.h` | what every translation unit starts with |

mod check;
mod code;
pub(in crate::kernel) mod expr;
mod first;
mod folds;
mod lanes;
mod lines;
mod loops;
pub(in crate::kernel) mod math;
mod ordered;
mod pairs;
mod parallel;
mod quotient;
mod scope;
mod simt;
mod strides;
mod tiles;
mod unit;
mod width;

pub(super) use unit::{ENTRY, source};
#[cfg(test)]
pub(super) use unit::{PRELUDE, functions};
