//! The figures of a boundary, as text and as JSON.

use desc_jit::prelude::*;
use desc_jit_examples::timing::show;
use serde::Serialize;

use crate::gradient::Gradient;

/// What [`measure`](crate::surface::measure) returns: R, Z, volume, area, mean cross-section.
pub type Measured = (Array2<f64>, Array2<f64>, f64, f64, f64);

/// The figures of a boundary and how long it took to get them. Lengths are in metres, times in seconds.
#[derive(Serialize)]
pub struct Report {
    /// Volume inside.
    pub volume_m3: f64,
    /// Area of the surface.
    pub area_m2: f64,
    /// Number of field periods.
    pub nfp: i64,
    /// The major radius R0 = V / (2 pi A), with A the mean area of the cross-sections. R0 and a are those of
    /// the circular torus with the same V and A, as the codes VMEC and DESC define them.
    pub major_radius_m: f64,
    /// The minor radius a = sqrt(A / pi).
    pub minor_radius_m: f64,
    /// R0 / a.
    pub aspect_ratio: f64,
    /// The smallest R on the grid.
    pub r_min_m: f64,
    /// The largest R on the grid.
    pub r_max_m: f64,
    /// The largest Z on the grid.
    pub z_max_m: f64,
    /// Points in each angle.
    pub grid: usize,
    /// Fourier modes of R.
    pub modes_r: usize,
    /// Fourier modes of Z.
    pub modes_z: usize,
    /// `jit`, or `native` when staging was switched off by `DESC_BACKEND=native`.
    pub backend: String,
    /// Where the staged function ran.
    pub device: String,
    /// One call as plain Rust: the median.
    pub native_s: f64,
    /// The first staged call: staging and compiling are part of it.
    pub first_call_s: f64,
    /// One later staged call: the median.
    pub call_s: f64,
    /// The largest difference between native and staged over R, Z, volume, area and cross-section.
    pub max_abs_diff_native: f64,
    /// The picture of cross-sections.
    pub picture: String,
    /// The derivatives of the volume, where they were asked for.
    #[serde(flatten)]
    pub gradient: Option<Gradient>,
}

/// The mean radii of a torus of volume `volume` and mean cross-section `section`: major, minor.
pub fn radii(volume: f64, section: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    (volume / (2.0 * PI * section), (section / PI).sqrt())
}

/// The largest difference between two measurements of one boundary.
pub fn largest_difference(a: &Measured, b: &Measured) -> f64 {
    let fields = [(&a.0, &b.0), (&a.1, &b.1)];
    let on_surface = fields.iter().flat_map(|(x, y)| x.iter().zip(y.iter()).map(|(x, y)| (x - y).abs()));
    let scalars = [a.2 - b.2, a.3 - b.3, a.4 - b.4].map(f64::abs);
    on_surface.chain(scalars).fold(0.0, f64::max)
}

impl Report {
    /// Prints the figures with their units.
    pub fn print(&self) {
        println!("modes        {} of R, {} of Z; {} field periods", self.modes_r, self.modes_z, self.nfp);
        println!("grid         {0} x {0} points over one field period", self.grid);
        println!();
        println!("volume = {:.12} m^3", self.volume_m3);
        println!("area = {:.12} m^2", self.area_m2);
        println!(
            "major radius = {:.6} m   (V / 2 pi A, with A the mean area of the cross-sections)",
            self.major_radius_m
        );
        println!("minor radius = {:.6} m   (sqrt(A / pi))", self.minor_radius_m);
        println!("aspect ratio = {:.4}", self.aspect_ratio);
        println!(
            "extent: R from {:.4} to {:.4} m, Z up to {:.4} m",
            self.r_min_m, self.r_max_m, self.z_max_m
        );
        println!();
        println!("largest difference between native and jit: {:e}", self.max_abs_diff_native);
        println!("time of one call:");
        println!("  native            {:>10}", show(self.native_s));
        println!(
            "  jit, first call   {:>10}   stages and compiles the function, then runs it",
            show(self.first_call_s)
        );
        println!(
            "  jit, later calls  {:>10}   {:.2} times native",
            show(self.call_s),
            self.call_s / self.native_s
        );
        println!();
        println!("wrote {}", self.picture);
        if let Some(gradient) = &self.gradient {
            gradient.print();
        }
    }
}
