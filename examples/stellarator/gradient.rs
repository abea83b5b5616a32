//! The derivatives of the volume by every Fourier coefficient of the boundary, by reverse mode: how much each mode
//! matters.

use anyhow::{Context, Result};
use desc_jit::backend::{Device, device};
use desc_jit::prelude::*;
use desc_jit_examples::timing::{median, repeated, show, timed};
use serde::Serialize;

use crate::boundary::{Boundary, Series};
use crate::{angles, surface};

/// The derivative of the volume by one coefficient.
#[derive(Serialize)]
pub struct ByMode {
    /// `R` or `Z`.
    pub coord: char,
    /// Poloidal mode number.
    pub m: i64,
    /// Toroidal mode number.
    pub n: i64,
    /// In m^2.
    #[serde(rename = "dV_dcoefficient_m2")]
    pub derivative: f64,
}

/// All derivatives, and how long it took to get them.
#[derive(Serialize)]
pub struct Gradient {
    /// By the mode m = 0, n = 0 of R, if the boundary has it: the distance of the whole plasma from the axis.
    #[serde(rename = "dV_dR00")]
    pub by_r00: Option<f64>,
    /// One entry per coefficient, in the order of the file: those of R, then those of Z.
    #[serde(rename = "dV_dmodes")]
    pub by_mode: Vec<ByMode>,
    /// The first gradient, with staging, differentiating and compiling: seconds.
    pub first_gradient_s: f64,
    /// The volume and all derivatives: the median of later calls, in seconds.
    pub gradient_s: f64,
    /// The volume alone: the median, in seconds.
    pub volume_s: f64,
    /// The picture of the derivatives.
    pub gradient_picture: String,
}

impl Gradient {
    /// Differentiates the volume on a grid of `grid` by `grid` points.
    pub fn of(boundary: &Boundary, grid: usize, repeats: usize, picture: String) -> Result<Gradient> {
        let on = device();
        let there = |s: &Series| anyhow::Ok((s.modes.to_device(&on)?, s.coefficients.to_device(&on)?));
        let ((r_modes, r), (z_modes, z)) = (there(&boundary.r)?, there(&boundary.z)?);
        let (theta, zeta) = (angles(grid, 1).to_device(&on)?, angles(grid, boundary.nfp).to_device(&on)?);
        let nfp = boundary.nfp;

        let by_both = value_and_grad(surface::volume::jit().wrt(argnums![1, 3]));
        let call = || by_both.try_call(&r_modes, &r, &z_modes, &z, nfp, &theta, &zeta);
        let ((_, (by_r, by_z)), first_gradient_s) =
            timed(call).context("the gradient of `volume` stopped")?;
        let gradient_s = median(&repeated(repeats, || call().map(drop))?);
        let volume = || surface::volume::try_call(&r_modes, &r, &z_modes, &z, nfp, &theta, &zeta).map(drop);
        volume()?;
        let volume_s = median(&repeated(repeats, volume)?);

        let here = Device::cpu();
        let mut by_mode = listed('R', &boundary.r, &by_r.to_device(&here)?);
        let by_r00 = by_mode.iter().find(|mode| (mode.m, mode.n) == (0, 0)).map(|mode| mode.derivative);
        by_mode.extend(listed('Z', &boundary.z, &by_z.to_device(&here)?));
        Ok(Gradient { by_r00, by_mode, first_gradient_s, gradient_s, volume_s, gradient_picture: picture })
    }

    /// Prints every derivative, the largest ones of all first.
    pub fn print(&self) {
        println!();
        println!("derivatives of the volume by the {} coefficients, in m^2:", self.by_mode.len());
        println!("  coord     m     n          dV/dcoefficient");
        let mut sorted: Vec<&ByMode> = self.by_mode.iter().collect();
        sorted.sort_by(|a, b| b.derivative.abs().total_cmp(&a.derivative.abs()));
        for ByMode { coord, m, n, derivative } in sorted {
            println!("  {coord:>5} {m:>5} {n:>5} {derivative:>24.15e}");
        }
        println!();
        if let Some(by_r00) = self.by_r00 {
            println!("dV/dR00 = {by_r00:.12} m^2");
        }
        println!("time of one call:");
        println!("  volume            {:>10}", show(self.volume_s));
        println!(
            "  gradient          {:>10}   {:.2} volumes, for {} derivatives",
            show(self.gradient_s),
            self.gradient_s / self.volume_s,
            self.by_mode.len()
        );
        println!(
            "  first gradient    {:>10}   stages, differentiates and compiles it",
            show(self.first_gradient_s)
        );
        println!();
        println!("wrote {}", self.gradient_picture);
    }
}

fn listed(coord: char, series: &Series, derivatives: &Array1<f64>) -> Vec<ByMode> {
    let mode = |(k, &derivative): (usize, &f64)| ByMode {
        coord,
        m: series.modes[[k, 0]],
        n: series.modes[[k, 1]],
        derivative,
    };
    derivatives.iter().enumerate().map(mode).collect()
}
