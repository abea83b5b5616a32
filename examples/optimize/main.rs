//! An inverse problem: where is a plate heated, and how strongly, given what a few sensors measured?
//!
//! ```text
//! cargo run --release --example optimize -- --size 64 --noise 0.01
//! ```

mod experiment;
mod kernel;
mod picture;
mod report;
mod search;

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use desc_jit::prelude::*;
use desc_jit_examples::timing::{median, repeated, timed};
use desc_jit_examples::{exit, files, progress};

use experiment::Experiment;
use report::Report;

/// Recovers a heat source from measurements, by gradients through the simulation.
///
/// The measurements are made from a known source, which is then searched for: the misfit between simulation and
/// measurements is minimised by L-BFGS over the source at every point.
#[derive(Parser)]
struct Options {
    /// Points of the plate in each direction.
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(u16).range(8..=1024))]
    size: u16,

    /// A sensor stands at every N-th inner point in each direction.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    sensors_apart: u16,

    /// Time steps; rounded up to a multiple of 25, the number of samples.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,

    /// Most iterations of L-BFGS.
    #[arg(long, default_value_t = 500)]
    iterations: u32,

    /// Standard deviation of the errors of measurement, in parts of the measurements' root mean square.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    noise: f64,

    /// Which noise: another number, another noise of the same strength.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Weight of the smoothness of the source [default: 1e-7, or more where there is noise].
    #[arg(long, allow_negative_numbers = true)]
    smoothing: Option<f64>,

    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,

    /// Folder for the picture optimize.png.
    #[arg(long, default_value = "out", value_name = "DIR")]
    output: PathBuf,

    /// Timed calls of simulation and gradient; the median counts.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    repeats: u16,
}

fn main() -> ExitCode {
    exit(optimize(&Options::parse()))
}

fn optimize(options: &Options) -> Result<()> {
    let (size, apart) = (usize::from(options.size), usize::from(options.sensors_apart));
    ensure!(apart < size - 1, "sensors {apart} points apart leave none inside a plate of {size} points");
    for (name, value) in [("noise", options.noise), ("smoothing", options.smoothing.unwrap_or(0.0))] {
        ensure!((0.0..f64::INFINITY).contains(&value), "{name} is {value}, but it is a number from 0 on");
    }
    let smoothing = options.smoothing.unwrap_or_else(|| smoothing_for(options.noise));
    files::make_output_folder(&options.output)?;
    let picture = options.output.join("optimize.png");

    let experiment = Experiment::new(size, apart, options.steps as usize, options.noise, options.seed);
    let experiment = Rc::new(experiment.context("the simulation of the measurements stopped")?);
    let Experiment { sensors, measured, alpha, every, .. } = &*experiment;
    let gradient = value_and_grad(kernel::misfit::jit());
    let evaluate =
        |source: &Array2<f64>| gradient.try_call(source, measured, sensors, *alpha, *every, smoothing);

    let ((), first_gradient_s) = timed(|| evaluate(&Array2::zeros((size, size))).map(drop))?;
    let bar = progress::bar(u64::from(options.iterations), "iterations");
    let (found, search_s) = {
        let start = std::time::Instant::now();
        let found = search::search(&experiment, u64::from(options.iterations), &bar, evaluate)?;
        (found, start.elapsed().as_secs_f64())
    };
    bar.finish_and_clear();

    let repeats = usize::from(options.repeats);
    let simulation =
        || kernel::simulate::try_call(&found.source, sensors, *alpha, measured.nrows(), *every).map(drop);
    simulation()?;
    let simulation_s = median(&repeated(repeats, simulation)?);
    let gradient_s = median(&repeated(repeats, || evaluate(&found.source).map(drop))?);
    let report = Report {
        size,
        unknowns: size * size,
        sensors: sensors.nrows(),
        steps: experiment.steps(),
        noise: options.noise,
        smoothing,
        iterations: found.misfits.len() - 1,
        evaluations: found.evaluations,
        ended: found.ended.clone(),
        first_misfit: found.misfits[0],
        last_misfit: found.misfits[found.misfits.len() - 1],
        source_error: experiment.error_of(&found.source),
        gradient_error: gradient_error(&Array2::zeros((size, size)), evaluate)?,
        simulation_s,
        gradient_s,
        gradient_per_simulation: gradient_s / simulation_s,
        first_gradient_s,
        search_s,
        picture: picture.display().to_string(),
    };
    picture::draw(&picture, &experiment, &found)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(())
}

/// Noise fits to itself wherever the source may be rough. The weight that balances the two grows with the square of
/// the noise (the misfit of the true source is half that square).
fn smoothing_for(noise: f64) -> f64 {
    f64::max(1e-7, 0.1 * noise * noise)
}

/// The gradient at `source` times its own direction, against the central difference in that direction.
fn gradient_error(
    source: &Array2<f64>,
    evaluate: impl Fn(&Array2<f64>) -> desc_jit::Result<(f64, Array2<f64>)>,
) -> Result<f64> {
    let (_, gradient) = evaluate(source)?;
    let length = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    let direction = &gradient / length;
    let (ahead, _) = evaluate(&(source + &direction))?;
    let (behind, _) = evaluate(&(source - &direction))?;
    Ok((0.5 * (ahead - behind) / length - 1.0).abs())
}
