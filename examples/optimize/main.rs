//! Recovers a heat source on a plate from what a few sensors read over time, by the gradient through the whole simulation.
//!
//! ```text
//! cargo run --release --example optimize -- --size 24 --iterations 150
//! ```

mod fit;
mod model;
mod picture;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;
use desc_jit::prelude::*;
use desc_jit_examples::timing::{median, repeated, show};
use desc_jit_examples::{exit, files, progress};
use serde::Serialize;

use fit::{Fit, Measurements};

/// Recovers a heat source from measurements: two spots on a plate, seen by sensors over time.
///
/// Writes optimize.png.
#[derive(Parser)]
struct Options {
    /// Points of the plate along each side.
    #[arg(long, default_value_t = 18, value_parser = clap::value_parser!(u16).range(6..=512))]
    size: u16,

    /// Time steps.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,

    /// Time steps between two readings of the sensors.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..), value_name = "STEPS")]
    every: u32,

    /// Points from one sensor to the next.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..), value_name = "POINTS")]
    spacing: u16,

    /// Diffusivity times time step over grid spacing squared, at most 0.25.
    #[arg(long, default_value_t = 0.2)]
    alpha: f64,

    /// Errors of the readings, as a fraction of the largest.
    #[arg(long, default_value_t = 0.0)]
    noise: f64,

    /// Iterations of the search at most.
    #[arg(long, default_value_t = 1000)]
    iterations: u64,

    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,

    /// Folder for the picture.
    #[arg(long, default_value = "out", value_name = "DIR")]
    output: PathBuf,
}

/// The figures of a run.
#[derive(Serialize)]
struct Report {
    /// Unknown numbers.
    unknowns: usize,
    /// Numbers that were measured.
    measured: usize,
    /// |found - true| / |true|, in the 2-norm.
    relative_error: f64,
    /// The misfit at the start and at the end.
    misfit: (f64, f64),
    /// Iterations of the search.
    iterations: usize,
    /// Gradients that it took.
    gradients: usize,
    /// One simulation, in seconds.
    simulation_s: f64,
    /// The first gradient, which differentiates and compiles, in seconds.
    first_gradient_s: f64,
    /// A later gradient: the median, in seconds.
    gradient_s: f64,
    /// The picture.
    picture: String,
}

fn main() -> ExitCode {
    exit(optimize(&Options::parse()))
}

fn optimize(options: &Options) -> Result<()> {
    ensure!(
        options.alpha > 0.0 && options.alpha <= 0.25,
        "alpha is {}, but this explicit scheme is stable only for 0 < alpha <= 0.25",
        options.alpha
    );
    ensure!(
        options.every <= options.steps,
        "no reading: {} steps are fewer than {}",
        options.steps,
        options.every
    );
    files::make_output_folder(&options.output)?;
    let size = usize::from(options.size);
    let wanted = two_spots(size - 2);
    let sensors = sensors(size, usize::from(options.spacing));
    let (steps, every) = (options.steps as usize, options.every as usize);
    let clean = model::readings::try_call(&wanted, &sensors, options.alpha, steps, every)?;
    let simulation_s =
        median(&repeated(5, || model::readings::try_call(&wanted, &sensors, options.alpha, steps, every))?);
    let measured = Measurements {
        read: noisy(&clean, options.noise),
        sensors,
        alpha: options.alpha,
        // Without noise everything in the readings is true.
        smoothness: 1e-12 + options.noise * options.noise * 10.0,
        steps,
        every,
        inner: size - 2,
    };
    let bar = progress::bar(options.iterations, "iterations");
    bar.set_message("L-BFGS");
    let fit = fit::source(&measured, options.iterations, &bar)?;
    bar.finish_and_clear();

    let path = options.output.join("optimize.png");
    picture::draw(&path, &wanted, &fit.source, &fit.history)?;
    let report = report(&wanted, &measured, &fit, simulation_s, path.display().to_string());
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

/// Two round spots of different strength.
fn two_spots(inner: usize) -> Array2<f64> {
    let spot = |x: f64, y: f64, at: (f64, f64), width: f64| {
        (-((x - at.0).powi(2) + (y - at.1).powi(2)) / (2.0 * width * width)).exp()
    };
    Array2::from_shape_fn((inner, inner), |(i, j)| {
        let (x, y) = (i as f64 / inner as f64, j as f64 / inner as f64);
        0.1 * spot(x, y, (0.3, 0.35), 0.12) + 0.06 * spot(x, y, (0.7, 0.65), 0.15)
    })
}

/// A square lattice of sensors on the inner points.
fn sensors(size: usize, spacing: usize) -> Array2<usize> {
    let along: Vec<usize> = (1..size - 1).step_by(spacing).collect();
    Array2::from_shape_fn((along.len() * along.len(), 2), |(s, axis)| {
        if axis == 0 { along[s / along.len()] } else { along[s % along.len()] }
    })
}

/// Readings with errors, always the same ones.
fn noisy(clean: &Array2<f64>, noise: f64) -> Array2<f64> {
    let largest = clean.iter().fold(0.0, |most: f64, u| most.max(u.abs()));
    let mut state = 1_u64;
    let mut error = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    clean.mapv(|u| u + noise * largest * error())
}

fn report(
    wanted: &Array2<f64>,
    measured: &Measurements,
    fit: &Fit,
    simulation_s: f64,
    picture: String,
) -> Report {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let error = norm(&mut wanted.iter().zip(fit.source.iter()).map(|(a, b)| a - b));
    let later = fit.gradients_s.get(1..).filter(|later| !later.is_empty()).unwrap_or(&fit.gradients_s);
    Report {
        unknowns: wanted.len(),
        measured: measured.read.len(),
        relative_error: error / norm(&mut wanted.iter().copied()),
        misfit: (
            fit.history.first().copied().unwrap_or(f64::NAN),
            fit.history.last().copied().unwrap_or(f64::NAN),
        ),
        iterations: fit.history.len(),
        gradients: fit.gradients_s.len(),
        simulation_s,
        first_gradient_s: fit.gradients_s.first().copied().unwrap_or(f64::NAN),
        gradient_s: median(later),
        picture,
    }
}

fn print(report: &Report) {
    println!("unknowns     {} sources, from {} readings", report.unknowns, report.measured);
    println!("search       {} iterations, {} gradients", report.iterations, report.gradients);
    println!(
        "misfit       {:e} after the first iteration, {:e} at the end",
        report.misfit.0, report.misfit.1
    );
    println!("error        {:e} of the source, in the 2-norm", report.relative_error);
    println!("time of one simulation:");
    println!("  jit               {:>10}", show(report.simulation_s));
    println!("time of one gradient by all sources:");
    println!(
        "  first             {:>10}   differentiates and compiles, then runs",
        show(report.first_gradient_s)
    );
    println!(
        "  later             {:>10}   {:.1} simulations",
        show(report.gradient_s),
        report.gradient_s / report.simulation_s
    );
    println!();
    println!("wrote {}", report.picture);
}
