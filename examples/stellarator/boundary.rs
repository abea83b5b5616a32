//! Reading a boundary: a CSV file of Fourier modes.
//!
//! ```text
//! # any comment; one of them says nfp=5
//! coord,m,n,value
//! R,0,0,5.5
//! Z,-1,0,0.6
//! ```

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use desc_jit::prelude::*;

/// Mode numbers beyond this are taken for a slip: the finest grid could not resolve them.
const LARGEST_MODE: u64 = 10_000;

/// The modes of R or Z.
pub struct Series {
    /// One row (m, n) per mode.
    pub modes: Array2<i64>,
    /// In metres.
    pub coefficients: Array1<f64>,
}

/// A boundary as a double Fourier series.
pub struct Boundary {
    /// How many equal field periods make one turn around the torus.
    pub nfp: i64,
    /// The distance from the axis of the torus.
    pub r: Series,
    /// The height.
    pub z: Series,
}

impl Boundary {
    /// Reads a file; the error of a malformed one names file and line.
    pub fn read(path: &Path) -> Result<Boundary> {
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read the boundary {}", path.display()))?;
        parse(&bytes).map_err(|e| anyhow!("{}:{}: {}", path.display(), e.line, e.message))
    }

    /// Whether it is the same at every toroidal angle, as in a tokamak.
    pub fn is_axisymmetric(&self) -> bool {
        [&self.r, &self.z].iter().all(|s| s.modes.column(1).iter().all(|&n| n == 0))
    }
}

/// What is wrong with a file, and on which line (from 1).
struct Malformed {
    line: usize,
    message: String,
}

fn malformed<T>(line: usize, message: impl fmt::Display) -> Result<T, Malformed> {
    Err(Malformed { line, message: message.to_string() })
}

/// One line of data.
struct Mode {
    is_r: bool,
    m: i64,
    n: i64,
    value: f64,
}

fn parse(bytes: &[u8]) -> Result<Boundary, Malformed> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(e) => {
            let line = 1 + bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count();
            return malformed(line, "this is not text: expected a CSV file in UTF-8");
        }
    };
    let mut nfp = None;
    let mut heading = None;
    let mut modes = Vec::new();
    let mut seen = HashMap::new();
    let mut last = 1;
    for (line, content) in (1..).zip(text.lines()) {
        last = line;
        let content = content.trim();
        if let Some(comment) = content.strip_prefix('#') {
            read_nfp(comment, line, &mut nfp)?;
        } else if content.is_empty() {
            continue;
        } else if heading.is_none() {
            read_heading(content, line)?;
            heading = Some(line);
        } else {
            let mode = read_mode(content, line)?;
            if let Some(first) = seen.insert((mode.is_r, mode.m, mode.n), line) {
                let coord = if mode.is_r { "R" } else { "Z" };
                return malformed(
                    line,
                    format_args!(
                        "the mode m={}, n={} of {coord} stands on line {first} already",
                        mode.m, mode.n
                    ),
                );
            }
            modes.push(mode);
        }
    }
    let Some(heading) = heading else {
        return malformed(last, "the file ends before the heading \"coord,m,n,value\"");
    };
    let Some((nfp, _)) = nfp else {
        return malformed(
            heading,
            "no comment says how many field periods the boundary has: write a line like \"# nfp=5\" above this one",
        );
    };
    Ok(Boundary { nfp, r: collect(&modes, true, last)?, z: collect(&modes, false, last)? })
}

/// Looks for `nfp=5` in a comment; other mentions of nfp are prose.
fn read_nfp(comment: &str, line: usize, nfp: &mut Option<(i64, usize)>) -> Result<(), Malformed> {
    let lower = comment.to_lowercase();
    for (at, name) in lower.match_indices("nfp") {
        let inside_a_word = lower[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let Some(rest) = lower[at + name.len()..].trim_start().strip_prefix('=') else { continue };
        if inside_a_word {
            continue;
        }
        let number =
            rest.trim_start().split(|c: char| c.is_whitespace() || c == ';' || c == ',').next().unwrap_or("");
        let value = match number.parse::<i64>() {
            Ok(value) if value > 0 && value.unsigned_abs() <= LARGEST_MODE => value,
            _ => {
                return malformed(
                    line,
                    format_args!(
                        "nfp is {number:?}, but the number of field periods is a whole number from 1 on"
                    ),
                );
            }
        };
        match *nfp {
            Some((other, first)) if other != value => {
                return malformed(line, format_args!("nfp={value} contradicts nfp={other} on line {first}"));
            }
            _ => *nfp = Some((value, line)),
        }
    }
    Ok(())
}

fn read_heading(content: &str, line: usize) -> Result<(), Malformed> {
    if content.split(',').map(str::trim).eq(["coord", "m", "n", "value"]) {
        return Ok(());
    }
    malformed(line, format_args!("expected the heading \"coord,m,n,value\" but found {content:?}"))
}

fn read_mode(content: &str, line: usize) -> Result<Mode, Malformed> {
    let columns: Vec<&str> = content.split(',').map(str::trim).collect();
    let [coord, m, n, value] = columns[..] else {
        return malformed(
            line,
            format_args!("expected 4 columns (coord,m,n,value) but found {}: {content:?}", columns.len()),
        );
    };
    let is_r = match coord {
        "R" => true,
        "Z" => false,
        other => return malformed(line, format_args!("unknown coordinate {other:?}: expected R or Z")),
    };
    let number = |name: &str, text: &str| match text.parse::<i64>() {
        Ok(k) if k.unsigned_abs() <= LARGEST_MODE => Ok(k),
        Ok(k) => malformed(
            line,
            format_args!("the mode number {name}={k} is out of range: at most {LARGEST_MODE}"),
        ),
        Err(_) => {
            malformed(line, format_args!("the mode number {name} is {text:?}, which is not a whole number"))
        }
    };
    let (m, n) = (number("m", m)?, number("n", n)?);
    match value.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Mode { is_r, m, n, value }),
        Ok(_) => malformed(
            line,
            format_args!("the value is {value:?}, but a coefficient is a finite number of metres"),
        ),
        Err(_) => malformed(line, format_args!("the value is {value:?}, which is not a number")),
    }
}

fn collect(modes: &[Mode], is_r: bool, last: usize) -> Result<Series, Malformed> {
    let own: Vec<&Mode> = modes.iter().filter(|mode| mode.is_r == is_r).collect();
    if own.is_empty() {
        let coord = if is_r { "R" } else { "Z" };
        return malformed(last, format_args!("the file ends without a mode of {coord}"));
    }
    Ok(Series {
        modes: Array2::from_shape_fn((own.len(), 2), |(k, axis)| if axis == 0 { own[k].m } else { own[k].n }),
        coefficients: Array1::from_shape_fn(own.len(), |k| own[k].value),
    })
}
