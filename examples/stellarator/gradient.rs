//! How the volume changes with each Fourier mode of the boundary: one reverse pass for all of them.

use std::path::Path;

use anyhow::{Context, Result};
use desc_jit::prelude::*;
use desc_jit_examples::drawing::{FINE, FONT, INK, draw_png, heat_colour};
use desc_jit_examples::timing::{median, repeated, show, timed};
use plotters::prelude::*;

use crate::boundary::{Boundary, Series};
use crate::{angles, surface};

/// dV/dR_mn and dV/dZ_mn, in square metres, in the order of the modes.
pub struct Gradient {
    /// By the modes of R.
    pub by_r: Array1<f64>,
    /// By the modes of Z.
    pub by_z: Array1<f64>,
    /// The first call, which differentiates and compiles, in seconds.
    pub first_call_s: f64,
    /// A later call: the median, in seconds.
    pub call_s: f64,
}

/// The gradient of the volume on a grid of `grid` by `grid` points.
pub fn of_volume(boundary: &Boundary, grid: usize, repeats: usize) -> Result<Gradient> {
    let (r, z, nfp) = (&boundary.r, &boundary.z, boundary.nfp);
    let (theta, zeta) = (angles(grid, 1), angles(grid, nfp));
    let gradient = grad(surface::volume::jit().wrt(argnums![1, 3]));
    let call = || gradient.try_call(&r.modes, &r.coefficients, &z.modes, &z.coefficients, nfp, &theta, &zeta);
    let ((by_r, by_z), first_call_s) = timed(call).context("the gradient of the volume stopped")?;
    let call_s = median(&repeated(repeats, call)?);
    Ok(Gradient { by_r, by_z, first_call_s, call_s })
}

/// Modes that are printed.
const PRINTED: usize = 8;

impl Gradient {
    /// By the mean major radius, R_00; `None` where the boundary has no such mode.
    pub fn by_r00(&self, boundary: &Boundary) -> Option<f64> {
        let modes = &boundary.r.modes;
        (0..self.by_r.len()).find(|&k| modes[[k, 0]] == 0 && modes[[k, 1]] == 0).map(|k| self.by_r[k])
    }

    /// Prints the modes that matter most.
    pub fn print(&self, boundary: &Boundary) {
        let named = |name: char, series: &Series, by: &Array1<f64>| -> Vec<(String, f64)> {
            let mode =
                |k: usize| format!("{name} m = {}, n = {}", series.modes[[k, 0]], series.modes[[k, 1]]);
            (0..by.len()).map(|k| (mode(k), by[k])).collect()
        };
        let mut all = named('R', &boundary.r, &self.by_r);
        all.extend(named('Z', &boundary.z, &self.by_z));
        all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        println!();
        println!("change of the volume with each of {} modes, the largest first (m^2):", all.len());
        for (mode, slope) in all.iter().take(PRINTED) {
            println!("  dV/d({mode:<16}) = {slope:>16.12}");
        }
        println!("time of the gradient by all modes:");
        println!("  first call        {:>10}", show(self.first_call_s));
        println!("  later calls       {:>10}", show(self.call_s));
    }

    /// Draws the magnitudes over the mode numbers, those of R beside those of Z.
    pub fn draw(&self, path: &Path, boundary: &Boundary) -> Result<()> {
        let largest = self.by_r.iter().chain(self.by_z.iter()).fold(0.0, |most: f64, g| most.max(g.abs()));
        let panel = 560 * FINE;
        draw_png(path, (2 * panel, panel), |area| {
            let (left, right) = area.split_horizontally(panel);
            for (area, name, series, by) in
                [(&left, "R", &boundary.r, &self.by_r), (&right, "Z", &boundary.z, &self.by_z)]
            {
                let reach =
                    |axis: usize| (0..by.len()).map(|k| series.modes[[k, axis]].abs()).max().unwrap_or(0) + 1;
                let (m, n) = (reach(0), reach(1));
                let mut chart = ChartBuilder::on(area)
                    .margin(12 * FINE)
                    .caption(format!("log10 |dV/d{name}_mn|"), (FONT, 24 * FINE, &INK))
                    .x_label_area_size(50 * FINE)
                    .y_label_area_size(60 * FINE)
                    .build_cartesian_2d(-m..m + 1, -n..n + 1)?;
                chart
                    .configure_mesh()
                    .disable_mesh()
                    .x_desc("m")
                    .y_desc("n")
                    .axis_style(INK.stroke_width(FINE))
                    .label_style((FONT, 16 * FINE, &INK))
                    .axis_desc_style((FONT, 20 * FINE, &INK))
                    .draw()?;
                chart.draw_series((0..by.len()).map(|k| {
                    let (m, n) = (series.modes[[k, 0]], series.modes[[k, 1]]);
                    // Eight decades of magnitude.
                    let brightness = 1.0 + (by[k].abs() / largest).log10() / 8.0;
                    Rectangle::new([(m, n), (m + 1, n + 1)], heat_colour(brightness).filled())
                }))?;
            }
            Ok(())
        })
    }
}
