//! The textual form of a kernel: what tests of passes compare, and what `explain` and `DESC_DUMP` show.
//!
//! ```text
//! kernel axpy(r0: f64) {
//!   b0 "x": f64[3] read
//!   b1 "y": f64[3] updated
//!   r3: i64 in 0..=3 = Mov 0
//!   for r3 until 3 step 1 at most 3 vector {
//!     r4: f64 = Load8 b0[0 + r3 + 0]
//!     r5: f64 = MulF64 r0 r4
//!     Store8 b1[0 + r3 + 0] = r5
//!   }
//!   return b1
//! }
//! ```
//!
//! A register is declared where the text first sets it, with a range where more is known than its dtype tells.
//! Registers that hold constants are written as their values, with the dtype behind them unless it is `i64` or
//! `f64`. An instruction that can fail names its entry `!k` in the table of traps, which stands behind the code.
//! Moves at the end of a body happen at once. Places in the source, the user's names of scalars and notes are left
//! out; of a loop, the number of its place is kept, because passes ask whether there is one.

#[cfg(test)]
mod lex;
#[cfg(test)]
mod parse;
mod print;
#[cfg(test)]
mod tables;

/// Printed, read back and printed again, a kernel is the same text.
#[cfg(test)]
pub(super) fn assert_reads_back(kernel: &super::ir::Kernel) {
    let text = kernel.to_string();
    match text.parse::<super::ir::Kernel>() {
        Ok(again) => assert_eq!(again.to_string(), text),
        Err(e) => panic!("{e}\n{text}"),
    }
}
