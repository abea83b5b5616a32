//! One kernel at one size: first calls, comparison of the results, then rounds over everybody.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use desc_jit::prelude::*;
use desc_jit_examples::timing::median;
use indicatif::ProgressBar;

use crate::bench::{Bench, Call, Case, Tolerance, Way};
use crate::peers::Peers;
use crate::python::{Library, Python};
use crate::report::Row;
use crate::values::Values;

/// A sample takes at least this long: short kernels are called several times in it. The first call after a pause finds cold
/// caches, which costs up to 60 microseconds.
const SAMPLE: Duration = Duration::from_millis(10);

/// Between two samples, so that threads of the one before that still look for work have gone to sleep.
const PAUSE: Duration = Duration::from_millis(25);

/// Peers may reorder, contract and approximate; further away than this (or than a kernel's own tolerance, where
/// rounding is amplified) they compute something else.
const PEER_TOLERANCE: f64 = 1e-8;

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Rounds over everybody.
    pub rounds: usize,
    /// A participant whose samples took this long together sits the other rounds out.
    pub budget: Duration,
}

/// Everything that a process does once, as another kernel of a user's program would have done it before.
pub fn warm_up() {
    #[desc_jit]
    fn first_kernel(x: &Array1<f64>) -> Array1<f64> {
        let mut y = x.clone();
        for i in 0..x.len() {
            y[i] = 2.0 * x[i] + 1.0;
        }
        y
    }
    for _ in 0..3 {
        let _ = first_kernel(&Array1::ones(100_000));
        wait_for_background();
    }
}

/// Waits until nothing is compiled in the background.
fn wait_for_background() {
    desc_jit::backend::wait_for_compiler();
}

/// What a kernel runs before it is timed: by then its C version has been asked for.
const WARM_UP: Duration = Duration::from_millis(60);

/// Brings a kernel to its steady state.
pub fn settle(case: &mut dyn Case) -> Result<()> {
    let mut ran = Duration::ZERO;
    let mut calls = 1;
    while ran < WARM_UP {
        ran += case.time(Way::Ours, calls)?;
        calls *= 2;
    }
    wait_for_background();
    case.time(Way::Ours, 1)?;
    Ok(())
}

/// Who takes part in the rounds.
enum Player<'a> {
    Here(Way),
    There(&'a mut Python),
    /// Our reading of the kernel whose derivative is measured.
    Primal(Box<dyn Case>),
}

impl Player<'_> {
    fn time(&mut self, case: &mut dyn Case, calls: usize) -> Result<Duration> {
        match self {
            Player::Here(way) => case.time(*way, calls),
            Player::There(python) => python.time(calls),
            Player::Primal(case) => case.time(Way::Ours, calls),
        }
    }

    fn name(&self) -> String {
        match self {
            Player::Here(way) => format!("{way:?}").to_lowercase(),
            Player::There(python) => python.library().to_string(),
            Player::Primal(_) => "primal".to_string(),
        }
    }
}

/// Measures a kernel at a size, with `factor` times its number of steps, and what it is the derivative of in the same
/// rounds. Differences beyond the tolerances are warnings of the row.
pub fn measure(
    bench: &Bench,
    primal: Option<&Bench>,
    size: &'static str,
    factor: usize,
    peers: &mut Peers,
    effort: Effort,
    bar: &ProgressBar,
) -> Result<Row> {
    let title = format!("{} {size}", bench.name());
    bar.set_message(format!("{title}: inputs"));
    let mut case = bench.longer(size, factor)?;
    let mut row = Row::new(bench.name(), size, bench.extent(size));
    row.primal = bench.primal();
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let arguments = if peers.python.is_empty() { Vec::new() } else { case.describe(folder.path())? };

    bar.set_message(format!("{title}: native"));
    desc_jit::backend::release_memory();
    let Call { results: expected, time: native_once, growth } = case.call(Way::Native)?;
    row.input_bytes = case.input_bytes();
    row.native_peak_bytes = row.input_bytes + growth;
    bar.set_message(format!("{title}: ours, first calls"));
    let results = first_calls(&mut *case, &mut row)?;
    row.compare("ours", &expected, &results, bench.tolerance().bound());
    drop(results);
    let peer_tolerance = match bench.tolerance() {
        Tolerance::Edges(share) => share,
        own => PEER_TOLERANCE.max(own.bound()),
    };
    let mut players = vec![Player::Here(Way::Ours)];
    if let Some(primal) = primal {
        let mut case = primal.longer(size, factor)?;
        settle(&mut *case)?;
        players.push(Player::Primal(case));
    }
    for python in &mut peers.python {
        if !Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("python/kernels/{}.py", bench.name()))
            .is_file()
        {
            continue;
        }
        let library = python.library();
        bar.set_message(format!("{title}: {library}, first call"));
        match python.load(bench.name(), &arguments, folder.path()) {
            Ok((results, first_ms)) => {
                row.compare(&library.to_string(), &expected, &results, peer_tolerance);
                match library {
                    Library::Jax => row.jax_first_ms = Some(first_ms),
                    Library::Numba => row.numba_first_ms = Some(first_ms),
                }
                players.push(Player::There(python));
            }
            Err(error) => bar.suspend(|| eprintln!("note: {title} without {library}: {error:#}")),
        }
    }
    if peers.native {
        players.push(Player::Here(Way::Native));
    }
    if peers.limit && bench.has_limit() {
        match case.call(Way::Limit) {
            Ok(Call { results, .. }) => {
                row.compare("limit", &expected, &results, peer_tolerance);
                players.push(Player::Here(Way::Limit));
            }
            Err(error) => bar.suspend(|| eprintln!("note: {title} without limit: {error:#}")),
        }
    }

    settle(&mut *case)?;
    // What is timed from here on was compiled by another engine than the first call's.
    desc_jit::backend::release_memory();
    let Call { results, growth, .. } = case.call(Way::Ours)?;
    row.ours_peak_bytes = row.input_bytes + growth;
    row.compare("ours, settled", &expected, &results, bench.tolerance().bound());
    drop(results);
    // Native code that is slower than a whole budget has been measured by now.
    let known = |player: &Player<'_>| match player {
        Player::Here(Way::Native) if native_once > effort.budget => Some(milliseconds(native_once)),
        _ => None,
    };
    let known = players.iter().map(known).collect();
    let samples = rounds(&mut *case, &mut players, known, effort, bar, &title)?;
    for (player, samples) in players.iter().zip(samples) {
        let ms = median(&samples);
        row.samples.insert(player.name(), samples.len());
        row.best_ms.insert(player.name(), samples.into_iter().fold(f64::INFINITY, f64::min));
        match player {
            Player::Here(Way::Ours) => row.ours_ms = ms,
            Player::Here(Way::Native) => row.native_ms = Some(ms),
            Player::Here(Way::Limit) => row.limit_ms = Some(ms),
            Player::Primal(_) => row.primal_ms = Some(ms),
            Player::There(python) => match python.library() {
                Library::Jax => row.jax_ms = Some(ms),
                Library::Numba => row.numba_ms = Some(ms),
            },
        }
    }
    Ok(row)
}

/// How often the first call is repeated.
const FIRST_CALLS: usize = 3;

/// Calls with nothing compiled, until they took a second: their times are medians. What the last one returned.
fn first_calls(case: &mut dyn Case, row: &mut Row) -> Result<Vec<Values>> {
    let (mut whole, mut compiling, mut results) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    while whole.is_empty() || (whole.len() < FIRST_CALLS && start.elapsed() < Duration::from_secs(1)) {
        case.forget();
        let before = case.compile_time();
        let call = case.call(Way::Ours)?;
        compiling.push(milliseconds(case.compile_time() - before));
        whole.push(milliseconds(call.time));
        results = call.results;
        wait_for_background();
    }
    (row.ours_first_ms, row.ours_stage_compile_ms) = (median(&whole), median(&compiling));
    Ok(results)
}

/// The milliseconds of a call in each sample of each player; of those that are `known`, only that.
fn rounds(
    case: &mut dyn Case,
    players: &mut [Player<'_>],
    known: Vec<Option<f64>>,
    effort: Effort,
    bar: &ProgressBar,
    title: &str,
) -> Result<Vec<Vec<f64>>> {
    let mut calls = Vec::new();
    let mut samples = vec![Vec::new(); players.len()];
    let mut spent = vec![Duration::ZERO; players.len()];
    for (k, player) in players.iter_mut().enumerate() {
        bar.set_message(format!("{title}: {}, calls in a sample", player.name()));
        if let Some(ms) = known[k] {
            (samples[k], spent[k]) = (vec![ms], Duration::MAX);
            calls.push(1);
            continue;
        }
        let (count, taken) = calls_in_a_sample(|calls| player.time(case, calls))?;
        calls.push(count);
        if taken > effort.budget {
            (samples[k], spent[k]) = (vec![milliseconds(taken) / count as f64], taken);
        }
    }
    for round in 1..=effort.rounds {
        for (k, player) in players.iter_mut().enumerate() {
            if spent[k] > effort.budget {
                continue;
            }
            bar.set_message(format!("{title}: round {round}, {}", player.name()));
            thread::sleep(PAUSE);
            let time = player.time(case, calls[k])?;
            spent[k] += time;
            samples[k].push(milliseconds(time) / calls[k] as f64);
        }
    }
    Ok(samples)
}

/// How many calls fill a sample, and the time that they took.
pub fn calls_in_a_sample(mut time: impl FnMut(usize) -> Result<Duration>) -> Result<(usize, Duration)> {
    let mut calls = 1;
    loop {
        let taken = time(calls)?;
        if taken >= SAMPLE {
            return Ok((calls, taken));
        }
        ensure!(calls < 1 << 40, "calls that take no time");
        let factor = SAMPLE.as_secs_f64() / taken.as_secs_f64().max(1e-9);
        calls = (calls as f64 * (1.2 * factor).clamp(1.5, 100.0)).ceil() as usize;
    }
}

/// In milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
