//! A plasma boundary, stellarator or tokamak: its surface from Fourier modes, its volume and its area, computed
//! as plain Rust and as a staged function.
//!
//! ```text
//! cargo run --release --example stellarator -- --grid 129
//! ```

mod boundary;
mod gradient;
mod gradient_picture;
mod picture;
mod report;
mod surface;

use std::f64::consts::PI;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use desc_jit::backend::{Device, backend, device, print_backend_info, set_device};
use desc_jit::prelude::*;
use desc_jit_examples::timing::{median, repeated, timed};
use desc_jit_examples::{exit, files, progress};

use boundary::Boundary;
use gradient::Gradient;
use report::{Measured, Report};

/// Measures a plasma boundary: volume, area, radii, and a picture of its cross-sections.
#[derive(Parser)]
struct Options {
    /// Fourier modes of the boundary [default: the shipped W7-X, data/w7x_boundary.csv].
    #[arg(long, value_name = "FILE.csv")]
    input: Option<PathBuf>,

    /// Points in each angle, over one field period.
    #[arg(long, default_value_t = 65, value_parser = clap::value_parser!(u16).range(4..=2048))]
    grid: u16,

    /// Where to run: cpu, gpu or cuda:N.
    #[arg(long, default_value = "cpu")]
    device: String,

    /// Differentiate the volume by every Fourier coefficient, and draw the derivatives to gradient.png.
    #[arg(long)]
    gradient: bool,

    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,

    /// Folder for the pictures.
    #[arg(long, default_value = "out", value_name = "DIR")]
    output: PathBuf,

    /// Timed calls of each kind; the median counts. Fewer when they take long.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    repeats: u16,
}

fn main() -> ExitCode {
    exit(stellarator(&Options::parse()))
}

fn stellarator(options: &Options) -> Result<()> {
    let input = options.input.clone().unwrap_or_else(|| files::shipped("w7x_boundary.csv"));
    let boundary = Boundary::read(&input)?;
    set_device(&options.device)?;
    files::make_output_folder(&options.output)?;
    let picture = options.output.join("cross-sections.png");

    let measurement = both_ways(&boundary, usize::from(options.grid), usize::from(options.repeats))?;
    let (r, z, volume, area, section) = &measurement.jit;
    let least = |field: &Array2<f64>| field.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |field: &Array2<f64>| field.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let name = input.display();
    ensure!(
        volume.is_finite() && area.is_finite(),
        "the boundary in {name} is too large: its volume overflows"
    );
    ensure!(
        least(r) > 0.0,
        "the boundary in {name} crosses the axis of the torus: R falls to {} m",
        least(r)
    );
    // A line traversed forth and back has a cross-section of rounding errors.
    ensure!(*section > 1e-12 * most(r).powi(2), "the boundary in {name} encloses no volume");

    let gradient = if options.gradient { Some(differentiated(&boundary, options)?) } else { None };
    let (major, minor) = report::radii(*volume, *section);
    let report = Report {
        volume_m3: *volume,
        area_m2: *area,
        nfp: boundary.nfp,
        major_radius_m: major,
        minor_radius_m: minor,
        aspect_ratio: major / minor,
        r_min_m: least(r),
        r_max_m: most(r),
        z_max_m: most(z),
        grid: usize::from(options.grid),
        modes_r: boundary.r.coefficients.len(),
        modes_z: boundary.z.coefficients.len(),
        backend: backend().to_string(),
        device: device().to_string(),
        native_s: median(&measurement.native_s),
        first_call_s: measurement.first_call_s,
        call_s: median(&measurement.call_s),
        max_abs_diff_native: report::largest_difference(&measurement.native, &measurement.jit),
        picture: picture.display().to_string(),
        gradient,
    };
    picture::draw(&picture, &boundary)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("boundary     {}", input.display());
        print_backend_info();
        report.print();
    }
    Ok(())
}

/// The derivatives of the volume, with their picture.
fn differentiated(boundary: &Boundary, options: &Options) -> Result<Gradient> {
    let picture = options.output.join("gradient.png");
    let (grid, repeats) = (usize::from(options.grid), usize::from(options.repeats));
    let gradient = Gradient::of(boundary, grid, repeats, picture.display().to_string())?;
    gradient_picture::draw(&picture, &gradient.by_mode)?;
    Ok(gradient)
}

/// One boundary measured twice, with the seconds of the calls.
struct Measurement {
    native: Measured,
    jit: Measured,
    native_s: Vec<f64>,
    first_call_s: f64,
    call_s: Vec<f64>,
}

/// Measures the boundary natively and staged, under one progress bar.
fn both_ways(boundary: &Boundary, grid: usize, repeats: usize) -> Result<Measurement> {
    let bar = progress::bar(2 * repeats as u64 + 1, "calls");
    let (r, z, nfp) = (&boundary.r, &boundary.z, boundary.nfp);
    let theta = angles(grid, 1);
    let zeta = angles(grid, nfp);

    bar.set_message("native");
    let native_call = || {
        let measured = surface::measure::native(
            &r.modes,
            &r.coefficients,
            &z.modes,
            &z.coefficients,
            nfp,
            &theta,
            &zeta,
        );
        bar.inc(1);
        Ok(measured)
    };
    let (native, seconds) = timed(native_call)?;
    let mut native_s = vec![seconds];
    if repeats > 1 {
        native_s.extend(repeated(repeats - 1, native_call)?);
    }

    bar.set_message("jit");
    let on = device();
    let (r_modes, r_coefficients) = (r.modes.to_device(&on)?, r.coefficients.to_device(&on)?);
    let (z_modes, z_coefficients) = (z.modes.to_device(&on)?, z.coefficients.to_device(&on)?);
    let (theta, zeta) = (theta.to_device(&on)?, zeta.to_device(&on)?);
    let jit_call = || {
        let measured = surface::measure::try_call(
            &r_modes,
            &r_coefficients,
            &z_modes,
            &z_coefficients,
            nfp,
            &theta,
            &zeta,
        )?;
        measured.0.block_until_ready();
        bar.inc(1);
        Ok(measured)
    };
    let (jit, first_call_s) = timed(jit_call).context("the staged call of `measure` stopped")?;
    let call_s = repeated(repeats, jit_call)?;
    let jit = (jit.0.to_device(&Device::cpu())?, jit.1.to_device(&Device::cpu())?, jit.2, jit.3, jit.4);
    bar.finish_and_clear();
    Ok(Measurement { native, jit, native_s, first_call_s, call_s })
}

/// `n` equidistant angles over one of `periods` parts of a turn: 2 pi k / (periods n).
pub fn angles(n: usize, periods: i64) -> Array1<f64> {
    Array1::from_shape_fn(n, |k| 2.0 * PI * k as f64 / (periods as f64 * n as f64))
}
