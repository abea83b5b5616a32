//! Derivatives beside what they are derivatives of, and what they are meant to reach.

use std::fmt;

use crate::report::{Row, show, show_short};

/// How many times as long as its function a gradient or a product with a Hessian may take.
const TIMES: f64 = 4.0;

/// A checkpoint is to save this factor of the memory that all steps take. (That is what the code by hand keeps; a gradient
/// without checkpoints may be cut into segments by itself.)
const LESS_MEMORY: f64 = 20.0;
/// .. for at most this factor of time.
const MORE_TIME: f64 = 2.5;

/// Every derivative of these rows whose primal is among them.
pub struct Derivatives<'a>(pub &'a [Row]);

impl<'a> Derivatives<'a> {
    fn row(&self, kernel: &str, size: &str) -> Option<&'a Row> {
        self.0.iter().find(|row| row.kernel == kernel && row.size == size)
    }

    fn pairs(&self) -> impl Iterator<Item = (&'a Row, &'a Row)> {
        self.0.iter().filter_map(|row| Some((row, self.row(row.primal?, row.size)?)))
    }

    /// A derivative with checkpoints, and the same without.
    fn checkpoints(&self) -> impl Iterator<Item = (&'a Row, &'a Row)> {
        self.0.iter().filter_map(|row| {
            let plain = format!("{}_gradient", row.kernel.strip_suffix("_checkpoint")?);
            Some((row, self.row(&plain, row.size)?))
        })
    }
}

/// Jacobians take as many directions as there are inputs or results.
fn has_one_direction(row: &Row) -> bool {
    !row.kernel.contains("jac") && !row.kernel.contains("checkpoint")
}

fn mebibytes(bytes: usize) -> String {
    show(Some(bytes as f64 / f64::from(1 << 20)))
}

impl fmt::Display for Derivatives<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<20} {:<4} {:>10} {:>11} {:>11} {:>11} {:>11}",
            "derivative / primal", "size", "ours", "jax", "by hand", "peak, MiB", "of primal"
        )?;
        let mut slow = Vec::new();
        for (row, primal) in self.pairs() {
            // A machine that is slower for a second would be so for one of two rows only.
            let ours = row.ours_ms / row.primal_ms.unwrap_or(primal.ours_ms);
            let over = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
            writeln!(
                f,
                "{:<20} {:<4} {:>10} {:>11} {:>11} {:>11} {:>11}",
                row.kernel,
                row.size,
                show_short(Some(ours)),
                show_short(over(row.jax_ms, primal.jax_ms)),
                show_short(over(row.native_ms, primal.native_ms)),
                mebibytes(row.ours_peak_bytes),
                mebibytes(primal.ours_peak_bytes),
            )?;
            if has_one_direction(row) && ours > TIMES {
                slow.push(format!("{} {} {}", row.kernel, row.size, show(Some(ours))));
            }
        }
        let slower = self.0.iter().filter_map(|row| {
            let ratio = row.jax_ms? / row.ours_ms;
            (ratio < 1.0).then(|| format!("{} {} {}", row.kernel, row.size, show(Some(ratio))))
        });
        writeln!(f)?;
        list(f, "JAX / ours below 1", &slower.collect::<Vec<_>>())?;
        list(f, &format!("one direction, derivative / primal above {TIMES}"), &slow)?;
        for (row, plain) in self.checkpoints() {
            let memory = row.native_peak_bytes as f64 / row.ours_peak_bytes as f64;
            let time = row.ours_ms / plain.ours_ms;
            writeln!(
                f,
                "{} {} {}: {} times less memory than all steps, wanted {LESS_MEMORY}; {} times the time, at most {MORE_TIME}",
                if memory >= LESS_MEMORY && time <= MORE_TIME { "met   " } else { "missed" },
                row.kernel,
                row.size,
                show(Some(memory)),
                show_short(Some(time)),
            )?;
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, what: &str, misses: &[String]) -> fmt::Result {
    let met = misses.is_empty();
    let which = if met { "none".to_string() } else { misses.join(", ") };
    writeln!(f, "{} {what}: {which}", if met { "met   " } else { "missed" })
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    fn row(kernel: &'static str, ms: f64, bytes: usize) -> Row {
        let mut row = Row::new(kernel, "S", "");
        (row.ours_ms, row.ours_peak_bytes) = (ms, bytes);
        row
    }

    #[test]
    fn derivatives_are_compared_with_their_primals() {
        let mut rows = [
            row("wave", 1.0, 1 << 20),
            row("wave_gradient", 5.0, 40 << 20),
            row("wave_checkpoint", 9.0, 1 << 20),
        ];
        rows[1].primal = Some("wave");
        rows[1].primal_ms = Some(1.25);
        rows[2].native_peak_bytes = 40 << 20;
        rows[1].jax_ms = Some(2.0);
        let text = Derivatives(&rows).to_string();
        assert!(text.contains("above 4: none"), "{text}");
        rows[1].primal_ms = Some(1.0);
        let text = Derivatives(&rows).to_string();
        assert!(text.contains("above 4: wave_gradient S 5.00"), "{text}");
        assert!(text.contains("below 1: wave_gradient S 0.4000"), "{text}");
        assert!(text.contains("met    wave_checkpoint S: 40.0 times less memory"), "{text}");
    }
}
