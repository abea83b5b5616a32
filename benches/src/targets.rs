//! What the figures of a table are meant to reach, and whether they do.

use std::fmt;

use crate::report::{Ratio, Row, first, geometric_mean, memory, show};

/// A bound on the geometric mean of a ratio, and one on each kernel's.
struct Target {
    what: &'static str,
    ratio: Ratio,
    mean: f64,
    each: Option<f64>,
}

const TARGETS: [Target; 4] = [
    Target { what: "JAX / ours", ratio: |row| Some(row.jax_ms? / row.ours_ms), mean: 4.0, each: Some(1.0) },
    Target {
        what: "Numba / ours",
        ratio: |row| Some(row.numba_ms? / row.ours_ms),
        mean: 1.2,
        each: Some(0.8),
    },
    Target { what: "limit / ours", ratio: |row| Some(row.limit_ms? / row.ours_ms), mean: 0.85, each: None },
    Target { what: "JAX's first call / ours", ratio: first, mean: 20.0, each: None },
];

/// Staging and compiling together, in milliseconds.
const COMPILE: f64 = 5.0;

/// Our peak of memory over native's.
const MEMORY: f64 = 1.5;

/// What a call may take beside that, whatever its arrays: registers, slots, results in their boxes.
const BOOKKEEPING: usize = 16 << 10;

/// The targets and the kernels that miss them.
pub struct Targets<'a>(pub &'a [Row]);

impl Targets<'_> {
    /// The kernels where `value` is bad, with it.
    fn misses(&self, value: impl Fn(&Row) -> Option<f64>, bad: impl Fn(&Row, f64) -> bool) -> String {
        let misses = self.0.iter().filter_map(|row| {
            let value = value(row).filter(|&value| bad(row, value))?;
            Some(format!("{} {} {}", row.kernel, row.size, show(Some(value))))
        });
        misses.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Targets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |met: bool, what: &str, text: String| {
            writeln!(f, "{} {what}: {text}", if met { "met   " } else { "missed" })
        };
        for target in &TARGETS {
            let Some(mean) = geometric_mean(self.0.iter().filter_map(target.ratio)) else { continue };
            let mut text = format!("geometric mean {}, wanted {}", show(Some(mean)), target.mean);
            let mut met = mean >= target.mean;
            if let Some(each) = target.each {
                let misses = self.misses(target.ratio, |_, ratio| ratio < each);
                met &= misses.is_empty();
                text += &format!("; below {each}: {}", or_none(&misses));
            }
            line(met, target.what, text)?;
        }
        let slow = self.misses(|row| Some(row.ours_stage_compile_ms), |_, ms| ms > COMPILE);
        line(slow.is_empty(), "stage and compile", format!("above {COMPILE} ms: {}", or_none(&slow)))?;
        let too_much = |row: &Row, ratio: f64| {
            ratio > MEMORY && row.ours_peak_bytes > row.native_peak_bytes + BOOKKEEPING
        };
        let large = self.misses(memory, too_much);
        line(large.is_empty(), "peak memory / native's", format!("above {MEMORY}: {}", or_none(&large)))
    }
}

/// What is wanted of programs that have no other peer: none takes longer than as plain Rust.
pub struct NotSlower<'a>(pub &'a [Row]);

impl fmt::Display for NotSlower<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slow = Targets(self.0).misses(|row| Some(row.native_ms? / row.ours_ms), |_, ratio| ratio < 1.0);
        let met = if slow.is_empty() { "met   " } else { "missed" };
        writeln!(f, "{met} native / ours: below 1: {}", or_none(&slow))
    }
}

fn or_none(list: &str) -> &str {
    if list.is_empty() { "none" } else { list }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn a_kernel_that_misses_a_target_is_named() {
        let mut row = Row::new("gemm", "S", "");
        (row.ours_ms, row.jax_ms) = (2.0, Some(1.0));
        (row.ours_stage_compile_ms, row.ours_peak_bytes, row.native_peak_bytes) = (6.0, 1 << 20, 1 << 19);
        let text = Targets(&[row]).to_string();
        assert!(text.contains("below 1: gemm S 0.5000"), "{text}");
        assert!(
            text.contains("above 5 ms: gemm S 6.00") && text.contains("above 1.5: gemm S 2.00"),
            "{text}"
        );
        assert!(!text.contains("Numba"), "{text}");
    }

    #[test]
    fn a_program_that_is_slower_than_plain_rust_is_named() {
        let mut row = Row::new("life", "S", "");
        (row.ours_ms, row.native_ms) = (2.0, Some(1.0));
        assert!(
            NotSlower(&[row.clone()]).to_string().contains("missed native / ours: below 1: life S 0.5000")
        );
        row.native_ms = Some(3.0);
        assert!(NotSlower(&[row]).to_string().starts_with("met"));
    }
}
