//! What comes out: a row per kernel and size, as a table and as lines of JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::values::Values;

/// The figures of one kernel at one size; times are of one call.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub kernel: &'static str,
    pub size: &'static str,
    pub extent: String,
    /// The kernel whose derivatives it computes.
    pub primal: Option<&'static str>,
    /// The first call: staging, compiling and running.
    pub ours_first_ms: f64,
    /// Without running.
    pub ours_stage_compile_ms: f64,
    pub ours_ms: f64,
    /// Ours, of the primal, in the same rounds.
    pub primal_ms: Option<f64>,
    pub native_ms: Option<f64>,
    pub jax_first_ms: Option<f64>,
    pub jax_ms: Option<f64>,
    pub numba_first_ms: Option<f64>,
    pub numba_ms: Option<f64>,
    pub limit_ms: Option<f64>,
    /// Of the arguments.
    pub input_bytes: usize,
    /// The arguments and what a settled call allocates beside them at most.
    pub ours_peak_bytes: usize,
    /// The arguments and what the function as written allocates beside them at most.
    pub native_peak_bytes: usize,
    /// How many samples each figure is the median of, by name.
    pub samples: BTreeMap<String, usize>,
    /// The best sample of each, by name: beside the medians it shows how disturbed a run was.
    pub best_ms: BTreeMap<String, f64>,
    /// Of anybody's results against the native ones; null where they could not be compared.
    pub max_rel_err: Option<f64>,
    /// What differs by more than it may.
    pub warnings: Vec<String>,
}

/// A peer's time over ours.
pub type Ratio = fn(&Row) -> Option<f64>;

/// The ratios that are shown, by name.
pub const RATIOS: [(&str, Ratio); 4] = [
    ("jax", |row| Some(row.jax_ms? / row.ours_ms)),
    ("numba", |row| Some(row.numba_ms? / row.ours_ms)),
    ("native", |row| Some(row.native_ms? / row.ours_ms)),
    ("limit", |row| Some(row.limit_ms? / row.ours_ms)),
];

/// JAX's first call over ours.
pub fn first(row: &Row) -> Option<f64> {
    Some(row.jax_first_ms? / row.ours_first_ms)
}

/// Our peak of memory over that of the function as written.
pub fn memory(row: &Row) -> Option<f64> {
    (row.native_peak_bytes > 0).then(|| row.ours_peak_bytes as f64 / row.native_peak_bytes as f64)
}

impl Row {
    /// A row without figures.
    pub fn new(kernel: &'static str, size: &'static str, extent: &str) -> Row {
        Row {
            kernel,
            size,
            extent: extent.to_string(),
            primal: None,
            ours_first_ms: f64::NAN,
            ours_stage_compile_ms: f64::NAN,
            ours_ms: f64::NAN,
            primal_ms: None,
            native_ms: None,
            jax_first_ms: None,
            jax_ms: None,
            numba_first_ms: None,
            numba_ms: None,
            limit_ms: None,
            input_bytes: 0,
            ours_peak_bytes: 0,
            native_peak_bytes: 0,
            samples: BTreeMap::new(),
            best_ms: BTreeMap::new(),
            max_rel_err: Some(0.0),
            warnings: Vec::new(),
        }
    }

    /// Takes the results of `who` into account: [`Row::max_rel_err`], and a warning beyond `tolerance`.
    pub fn compare(&mut self, who: &str, expected: &[Values], got: &[Values], tolerance: f64) {
        let mut warn = |what: String| {
            self.warnings.push(format!("{} {}, {who}: {what}", self.kernel, self.size));
        };
        if expected.len() != got.len() {
            warn(format!("{} results instead of {}", got.len(), expected.len()));
            self.max_rel_err = None;
            return;
        }
        for (k, (expected, got)) in expected.iter().zip(got).enumerate() {
            match expected.relative_error(got) {
                Ok(error) => {
                    if error > tolerance {
                        warn(format!(
                            "result {k} has a relative error of {error:.1e}, above {tolerance:.0e}"
                        ));
                    }
                    self.max_rel_err = self.max_rel_err.map(|most| most.max(error));
                }
                Err(error) => {
                    warn(format!("result {k}: {error}"));
                    self.max_rel_err = None;
                }
            }
        }
    }
}

/// A file of rows, one JSON object per line, each written when its kernel is done.
pub struct JsonLines(File);

impl JsonLines {
    /// Begins a new file.
    pub fn create(path: &Path) -> Result<JsonLines> {
        Ok(JsonLines(File::create(path).with_context(|| format!("cannot write {}", path.display()))?))
    }

    /// Adds a row. What is not finite becomes null.
    pub fn write(&mut self, row: &Row) -> Result<()> {
        writeln!(self.0, "{}", serde_json::to_string(row)?).context("cannot write the results")
    }
}

/// All rows, and the geometric means of the ratios.
pub struct Table<'a>(pub &'a [Row]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = ["first", "compile", "ours", "jax", "numba", "native", "limit"];
        write!(f, "{:<18} {:<22}", "ms per call", "size")?;
        for name in times {
            write!(f, " {name:>9}")?;
        }
        write!(f, " |")?;
        for (name, _) in RATIOS {
            write!(f, " {:>11}", format!("{name}/ours"))?;
        }
        writeln!(f, " {:>9} | {:>6} | {:>8}", "jax/first", "memory", "rel err")?;
        for row in self.0 {
            let size = match row.extent.as_str() {
                "" => row.size.to_string(),
                extent => format!("{} ({extent})", row.size),
            };
            write!(f, "{:<18} {size:<22}", row.kernel)?;
            let ours = [row.ours_first_ms, row.ours_stage_compile_ms, row.ours_ms].map(Some);
            for ms in ours.into_iter().chain([row.jax_ms, row.numba_ms, row.native_ms, row.limit_ms]) {
                write!(f, " {:>9}", show(ms))?;
            }
            write!(f, " |")?;
            for (_, ratio) in RATIOS {
                write!(f, " {:>11}", show(ratio(row)))?;
            }
            let error = row.max_rel_err.map_or("?".to_string(), |error| format!("{error:.0e}"));
            writeln!(f, " {:>9} | {:>6} | {error:>8}", show(first(row)), show_short(memory(row)))?;
        }
        write!(f, "{:<111} |", "geometric mean")?;
        for (_, ratio) in RATIOS {
            write!(f, " {:>11}", show(geometric_mean(self.0.iter().filter_map(ratio))))?;
        }
        writeln!(f, " {:>9} |", show(geometric_mean(self.0.iter().filter_map(first))))?;
        writeln!(f, "A ratio above 1 means that ours is faster. memory: our peak over native's.")
    }
}

/// Two digits after the point, or `-`.
pub fn show_short(x: Option<f64>) -> String {
    x.map_or("-".to_string(), |x| format!("{x:.2}"))
}

/// Three significant digits, or `-`.
pub fn show(x: Option<f64>) -> String {
    let Some(x) = x else { return "-".to_string() };
    match x.abs() {
        size if size >= 100.0 => format!("{x:.0}"),
        size if size >= 10.0 => format!("{x:.1}"),
        size if size >= 1.0 => format!("{x:.2}"),
        size if size >= 1e-2 => format!("{x:.4}"),
        _ => format!("{x:.2e}"),
    }
}

/// The geometric mean, where there is something to take it of.
pub fn geometric_mean(factors: impl Iterator<Item = f64>) -> Option<f64> {
    let logarithms: Vec<f64> = factors.map(f64::ln).collect();
    let count = logarithms.len();
    (count > 0).then(|| (logarithms.iter().sum::<f64>() / count as f64).exp())
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn the_geometric_mean_of_a_factor_and_its_inverse_is_one() {
        assert_eq!(geometric_mean([4.0, 0.25].into_iter()), Some(1.0));
        assert_eq!(geometric_mean(std::iter::empty()), None);
    }

    #[test]
    fn rows_without_peers_are_tables_and_json() {
        let mut row = Row::new("gemm", "S", "2 x 3");
        (row.ours_first_ms, row.ours_ms, row.native_ms) = (5.0, 2.0, Some(1.0));
        let table = Table(&[row.clone()]).to_string();
        assert!(table.contains("S (2 x 3)") && table.contains("0.5000"), "{table}");
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(json["kernel"], "gemm");
        assert!(json["jax_ms"].is_null());
    }
}
