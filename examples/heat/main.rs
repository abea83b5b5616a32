//! The 2-D heat equation on a plate: one kernel, run as plain Rust and as a staged function.
//!
//! ```text
//! cargo run --release --example heat -- --steps 2000 --alpha 0.2
//! ```

mod kernel;
mod picture;
mod plate;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use desc_jit::backend::{Device, device, print_backend_info, set_device};
use desc_jit::prelude::*;
use desc_jit_examples::timing::show;
use desc_jit_examples::{exit, files, progress};

use run::{Run, march};

/// Diffuses the temperature of a plate, natively and staged, and compares the two.
///
/// The edges of the plate keep their temperature. Writes heat.npy and heat.png.
#[derive(Parser)]
struct Options {
    /// Initial field: a .npy file with a 2-D array of f64 [default: the shipped data/plate.npy].
    #[arg(long, value_name = "FILE.npy")]
    input: Option<PathBuf>,

    /// Number of time steps.
    #[arg(long, default_value_t = 500)]
    steps: usize,

    /// Diffusivity times time step over grid spacing squared, at most 0.25.
    #[arg(long, default_value_t = 0.2, allow_negative_numbers = true)]
    alpha: f64,

    /// Where to run: cpu, gpu or cuda:N.
    #[arg(long, default_value = "cpu")]
    device: String,

    /// Folder for the results.
    #[arg(long, default_value = "out", value_name = "DIR")]
    output: PathBuf,

    /// Write the shipped initial field anew to this file, and stop.
    #[arg(long, value_name = "FILE.npy")]
    make_input: Option<PathBuf>,
}

fn main() -> ExitCode {
    exit(heat(&Options::parse()))
}

fn heat(options: &Options) -> Result<()> {
    if let Some(path) = &options.make_input {
        return plate::write(&plate::shipped_field(), path);
    }
    check_alpha(options.alpha)?;
    set_device(&options.device)?;

    let input = options.input.clone().unwrap_or_else(|| files::shipped("plate.npy"));
    let field = plate::read(&input)?;
    let (nx, ny) = field.dim();
    println!("field        {nx} x {ny} points from {}", input.display());
    if nx < 3 || ny < 3 {
        println!(
            "note         a plate of less than 3 x 3 points is all edge, and edges keep their temperature"
        );
    }

    // Before the work: a run should not be lost to a folder that can't be made.
    files::make_output_folder(&options.output)?;
    let plan = run::Plan::new(options.steps);
    println!("run          {} steps at alpha = {}", options.steps, options.alpha);
    print_backend_info();

    let (native, jit) = both_ways(&field, options.alpha, &plan)?;
    report(&native, &jit, &plan);
    write_results(&field, &jit.field, options)
}

/// The explicit scheme grows without bound beyond 1/4 (von Neumann's criterion in two dimensions).
fn check_alpha(alpha: f64) -> Result<()> {
    ensure!(
        (0.0..=0.25).contains(&alpha),
        "alpha is {alpha}, but this explicit scheme is stable only for 0 <= alpha <= 0.25: take a smaller time step"
    );
    Ok(())
}

/// The whole run natively, then staged, under one progress bar.
fn both_ways(field: &Array2<f64>, alpha: f64, plan: &run::Plan) -> Result<(Run, Run)> {
    let bar = progress::bar(2 * plan.total_steps() as u64, "steps");
    bar.set_message("native");
    let native = march(field, plan, &bar, |u, steps| Ok(kernel::heat::native(u, alpha, steps)))?;

    bar.set_message("jit");
    let on_device = field.to_device(&device())?;
    let mut jit = march(&on_device, plan, &bar, |u, steps| kernel::heat::try_call(u, alpha, steps))
        .context("the staged run of `heat` stopped")?;
    jit.field = jit.field.to_device(&Device::cpu())?;
    bar.finish_and_clear();
    Ok((native, jit))
}

fn report(native: &Run, jit: &Run, plan: &run::Plan) {
    println!();
    println!("largest difference between native and jit: {:e}", native.largest_difference(jit));
    println!("time of one call of {} steps (calls in the whole run: {}):", plan.chunk, plan.calls());
    println!("  native            {:>10}   median of {}", show(native.call_s()), native.calls.len());
    println!(
        "  jit, first call   {:>10}   stages and compiles the function, then runs it",
        show(jit.first_call_s())
    );
    println!(
        "  jit, later calls  {:>10}   median of {}, {:.2} times native",
        show(jit.later_call_s()),
        jit.calls.len() - 1,
        jit.later_call_s() / native.call_s()
    );
}

fn write_results(before: &Array2<f64>, after: &Array2<f64>, options: &Options) -> Result<()> {
    let npy = options.output.join("heat.npy");
    let png = options.output.join("heat.png");
    plate::write(after, &npy)?;
    picture::draw(&png, before, after, options.steps)?;
    println!();
    println!("wrote {} and {}", npy.display(), png.display());
    Ok(())
}
