//! The experiment that stands in for a real one: a known source, sensors, and measurements with noise.

use std::f64::consts::TAU;

use desc_jit::Result;
use desc_jit::prelude::*;

use crate::kernel;

/// Samples of the sensors over the whole time.
const SAMPLES: usize = 25;

/// What the optimiser is told, and the source that it is to find.
pub struct Experiment {
    /// The source that the measurements were made from: temperature per time.
    pub truth: Array2<f64>,
    /// One row (i, j) per sensor.
    pub sensors: Array2<usize>,
    /// One row per sample, one column per sensor.
    pub measured: Array2<f64>,
    /// Time step over grid spacing squared.
    pub alpha: f64,
    /// Time steps between two samples.
    pub every: usize,
}

impl Experiment {
    /// A plate of `size` by `size` points with a sensor at every `apart`-th inner point in each direction, observed
    /// for at least `steps` time steps. `noise` is the standard deviation of the measurements' errors, in parts of
    /// their root mean square.
    pub fn new(size: usize, apart: usize, steps: usize, noise: f64, seed: u64) -> Result<Experiment> {
        let truth = source(size);
        let places: Vec<usize> = (apart..size - 1).step_by(apart).collect();
        let count = places.len();
        let sensors = Array2::from_shape_fn((count * count, 2), |(k, axis)| {
            if axis == 0 { places[k / count] } else { places[k % count] }
        });
        let (alpha, every) = (0.2, steps.div_ceil(SAMPLES));
        let exact = kernel::simulate::try_call(&truth, &sensors, alpha, SAMPLES, every)?;
        let mean_square = exact.iter().map(|r| r * r).sum::<f64>() / exact.len() as f64;
        let mut errors = Normal(seed);
        let measured = exact.mapv(|reading| reading + noise * mean_square.sqrt() * errors.draw());
        Ok(Experiment { truth, sensors, measured, alpha, every })
    }

    /// Time steps of the whole experiment.
    pub fn steps(&self) -> usize {
        self.measured.nrows() * self.every
    }

    /// The root mean square of `source` minus the true source over that of the true source.
    pub fn error_of(&self, source: &Array2<f64>) -> f64 {
        let squares = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            source.iter().zip(self.truth.iter()).map(|(&s, &t)| f(s, t).powi(2)).sum()
        };
        (squares(&|s, t| s - t) / squares(&|_, t| t)).sqrt()
    }
}

/// Three spots, one of them cooling.
fn source(size: usize) -> Array2<f64> {
    let spot = |x: f64, y: f64, at: (f64, f64), width: f64| {
        (-((x - at.0).powi(2) + (y - at.1).powi(2)) / (2.0 * width * width)).exp()
    };
    Array2::from_shape_fn((size, size), |(i, j)| {
        let (x, y) = (i as f64 / (size - 1) as f64, j as f64 / (size - 1) as f64);
        spot(x, y, (0.3, 0.35), 0.09) + 0.7 * spot(x, y, (0.65, 0.7), 0.11)
            - 0.5 * spot(x, y, (0.7, 0.25), 0.08)
    })
}

/// Numbers of the normal distribution by Box and Muller's method, from SplitMix64 (G. Steele, D. Lea and C. Flood,
/// OOPSLA 2014): a seed gives the same noise everywhere.
struct Normal(u64);

impl Normal {
    fn draw(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (TAU * self.uniform()).cos()
    }

    /// From 0 to 1, without 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
