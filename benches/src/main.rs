//! Kernels of physics, timed beside JAX, Numba, plain Rust and hand-written parallel code.
//!
//! ```text
//! cargo run --release -p desc-jit-bench -- --filter jacobi --size S
//! ```

#![allow(clippy::too_many_arguments, reason = "kernels take the parameters of their definitions")]

#[macro_use]
mod bench;
mod c_library;
// The tests beside these functions are run in their own place.
#[cfg(not(test))]
mod canon;
mod chart;
mod derivatives;
mod growth;
mod kernels;
mod measure;
mod memory;
mod parameters;
mod peers;
mod python;
mod report;
mod scaling;
mod targets;
#[cfg(test)]
mod tests;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, ValueEnum};
use desc_jit::backend::print_backend_info;
use desc_jit_examples::{exit, progress};

use bench::Bench;
use measure::{Effort, measure};
use peers::{Peer, Peers};
use report::{JsonLines, Row};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// Which kernels; means are taken over one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Functions as they are.
    Kernels,
    /// Gradients, Jacobians, products with Hessians, batches, and what they are taken of.
    Derivatives,
    /// The textbook programs of `tests/corpus/`, beside themselves as plain Rust.
    #[cfg(not(test))]
    Canon,
}

/// Runs the kernels and their peers on the same inputs, interleaved round by round, and prints medians.
#[derive(Parser)]
struct Options {
    /// Which kernels.
    #[arg(long, value_name = "GROUP", default_value = "kernels")]
    group: Group,

    /// Only kernels whose name contains this text.
    #[arg(long, value_name = "NAME", default_value = "")]
    filter: String,

    /// Whom to compare with.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "jax,numba,native,limit")]
    peers: Vec<Peer>,

    /// Sizes to run, as the kernels name them [default: S, M, ..].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    size: Vec<String>,

    /// Rounds; every figure is a median over them.
    #[arg(long, value_name = "N", default_value_t = 7)]
    repeat: usize,

    /// No further round for a peer, or for us, once its samples of a kernel took this many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    budget: f64,

    /// Instead of the table: how time grows with the number of steps, for the kernels that have one.
    #[arg(long)]
    scaling: bool,

    /// Instead of the table: how time and memory grow with the number of steps, ours to 50 times and JAX's to 8 times
    /// those of the size, as a table and a chart.
    #[arg(long, value_name = "FILE.png")]
    growth: Option<PathBuf>,

    /// Write one JSON object per kernel and size, a line each.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Draw the times of the peers in units of ours as a bar chart.
    #[arg(long, value_name = "FILE.png")]
    plot: Option<PathBuf>,

    /// The Python of JAX and Numba [default: that of python/setup.sh, target/bench-venv/bin/python].
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
}

fn main() -> ExitCode {
    exit(run(&Options::parse()))
}

fn run(options: &Options) -> Result<()> {
    ensure!(options.repeat > 0, "--repeat 0 measures nothing: give at least 1");
    let budget = Duration::try_from_secs_f64(options.budget)
        .with_context(|| format!("--budget {} is no number of seconds", options.budget))?;
    let effort = Effort { rounds: options.repeat, budget };
    let kernels = match options.group {
        Group::Kernels => kernels::all(),
        Group::Derivatives => kernels::derivatives(),
        #[cfg(not(test))]
        Group::Canon => canon::all(),
    };
    let all = kernels.clone();
    let work = selected(kernels, &options.filter, &options.size)?;
    if options.scaling {
        return scaling::run(&work, options.repeat);
    }
    let mut json = options.json.as_deref().map(JsonLines::create).transpose()?;
    // Numba does not differentiate, and nobody else has the textbook programs.
    let wanted = |peer: &Peer| match options.group {
        Group::Kernels => true,
        Group::Derivatives => *peer != Peer::Numba,
        #[cfg(not(test))]
        Group::Canon => *peer == Peer::Native,
    };
    let peers: Vec<Peer> = options.peers.iter().copied().filter(wanted).collect();
    let mut peers = Peers::start(&peers, options.python.as_deref())?;
    print_backend_info();
    measure::warm_up();
    if let Some(path) = &options.growth {
        return growth::run(path, &work, &mut peers, effort);
    }

    let bar = progress::bar(work.len() as u64, "kernels");
    let mut rows: Vec<Row> = Vec::new();
    let mut failures = Vec::new();
    for (bench, size) in &work {
        // One kernel that fails should not cost the figures of the others.
        let primal = all.iter().find(|other| Some(other.name()) == bench.primal());
        match measure(bench, primal, size, 1, &mut peers, effort, &bar) {
            Ok(row) => {
                if let Some(json) = &mut json {
                    json.write(&row)?;
                }
                failures.extend(row.warnings.iter().cloned());
                rows.push(row);
            }
            Err(error) => failures.push(format!("{} {size}: {error:#}", bench.name())),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    match options.group {
        Group::Kernels => println!("\n{}\n{}", report::Table(&rows), targets::Targets(&rows)),
        Group::Derivatives => println!("\n{}\n{}", report::Table(&rows), derivatives::Derivatives(&rows)),
        #[cfg(not(test))]
        Group::Canon => println!("\n{}\n{}", report::Table(&rows), targets::NotSlower(&rows)),
    }
    if let Some(path) = &options.plot {
        chart::draw(path, &rows)?;
        println!("wrote {}", path.display());
    }
    ensure!(failures.is_empty(), "not every kernel is right:\n{}", failures.join("\n"));
    Ok(())
}

/// The kernels of that name at those sizes; without sizes at all but those of the tests.
fn selected(all: Vec<Bench>, filter: &str, sizes: &[String]) -> Result<Vec<(Bench, &'static str)>> {
    let known = all.iter().map(|bench| bench.name()).collect::<Vec<_>>().join(", ");
    let mut work = Vec::new();
    for bench in all.into_iter().filter(|bench| bench.name().contains(filter)) {
        for size in bench.sizes() {
            let wanted = if sizes.is_empty() {
                !["tiny", "small"].contains(&size)
            } else {
                sizes.iter().any(|s| s == size)
            };
            if wanted {
                work.push((bench.clone(), size));
            }
        }
    }
    if work.is_empty() {
        bail!("no kernel whose name contains \"{filter}\" has one of the sizes {sizes:?}; there are {known}");
    }
    Ok(work)
}
