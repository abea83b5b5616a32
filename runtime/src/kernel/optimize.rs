//! The passes from kernel to kernel that the compiled engines ask for. The pipeline is this one table.

use super::ir::Kernel;
use super::{
    align, contract, counters, cse, edges, expand, extremes, flatten, forward, fuse, interchange, invariant,
    jam, late, marks, memory, partial, peel, promote, prove, rows, shadow, short, signs, slide, split,
    strips, verify, views,
};
use std::cell::Cell;

thread_local! {
    static NATIVE: Cell<bool> = const { Cell::new(false) };
}

/// Kernels that `f` compiles on this thread add up one value after the other and call std's functions, as the
/// native reading does: for tests that compare bits.
pub(crate) fn with_native_arithmetic<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            NATIVE.set(self.0);
        }
    }
    let _restore = Restore(NATIVE.replace(true));
    f()
}

/// Floating-point sums keep their order, and functions are those of std.
pub(super) fn native_arithmetic() -> bool {
    NATIVE.get()
}

/// A pass: its name and what it does.
type Pass = (&'static str, fn(&mut Kernel));

/// The passes in the order they run.
pub(super) const PIPELINE: [Pass; 32] = [
    ("prove", prove::run),
    ("counters", counters::run),
    ("flatten", flatten::run),
    ("invariant", invariant::run),
    ("contract in memory", contract::in_memory),
    ("interchange", interchange::run),
    ("promote", promote::run),
    ("contract", contract::run),
    ("align", align::run),
    ("split", split::run),
    ("extremes", extremes::run),
    ("memory", memory::run),
    ("views", views::run),
    ("fuse", fuse::run),
    ("expand", expand::run),
    ("jam", jam::run),
    ("slide", slide::run),
    ("known", edges::known),
    ("edges", edges::run),
    ("rows", rows::run),
    // A tape that begins with a row of another one.
    ("views", views::run),
    ("short", short::run),
    ("peel", peel::run),
    ("signs", signs::run),
    ("cse", cse::run),
    ("dce", cse::drop_dead),
    ("shadow", shadow::run),
    ("strips", strips::run),
    ("partial", partial::run),
    ("marks", marks::run),
    ("forward", forward::run),
    ("late", late::run),
];

/// Runs the whole pipeline. `DESC_DUMP` prints the kernel: after the pass of that name, or else at the end.
pub(super) fn run(kernel: &mut Kernel) {
    let dump = std::env::var("DESC_DUMP").ok();
    verify::check(kernel, "lower");
    #[cfg(test)]
    super::text::assert_reads_back(kernel);
    for (name, pass) in PIPELINE {
        pass(kernel);
        verify::check(kernel, name);
        if dump.as_deref() == Some(name) {
            eprintln!("{kernel}");
        }
    }
    #[cfg(test)]
    super::text::assert_reads_back(kernel);
    if dump.is_some_and(|dump| PIPELINE.iter().all(|pass| pass.0 != dump)) {
        eprintln!("{kernel}");
        eprintln!("{}", super::c::text(kernel).unwrap_or_default());
    }
}
