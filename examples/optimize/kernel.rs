//! The kernels: a heated plate, what sensors on it read, and how far that is from what was measured.

use desc_jit::prelude::*;

/// The readings of sensors on a plate that a source heats from the temperature 0, while its edges keep it.
///
/// Lengths are in sides of the plate and times in side^2 over the diffusivity, so that du/dt = laplacian u + source.
/// `alpha` is the time step over the grid spacing squared. `sensors` has one row (i, j) per sensor; the result has a
/// row of readings for each of `samples` samples, `every` explicit Euler steps apart.
#[desc_jit(static(samples, every))]
pub fn simulate(
    source: &Array2<f64>,
    sensors: &Array2<usize>,
    alpha: f64,
    samples: usize,
    every: usize,
) -> Array2<f64> {
    let (nx, ny) = source.dim();
    let spacing = 1.0 / (nx as f64 - 1.0);
    let dt = alpha * spacing * spacing;
    let mut u = Array2::<f64>::zeros((nx, ny));
    let mut next = Array2::<f64>::zeros((nx, ny));
    let mut readings = Array2::<f64>::zeros((samples, sensors.nrows()));
    for sample in 0..samples {
        for _ in 0..every {
            for i in 1..nx - 1 {
                for j in 1..ny - 1 {
                    next[[i, j]] = u[[i, j]]
                        + alpha
                            * (u[[i + 1, j]] + u[[i - 1, j]] + u[[i, j + 1]] + u[[i, j - 1]]
                                - 4.0 * u[[i, j]])
                        + dt * source[[i, j]];
                }
            }
            std::mem::swap(&mut u, &mut next);
        }
        for k in 0..sensors.nrows() {
            readings[[sample, k]] = u[[sensors[[k, 0]], sensors[[k, 1]]]];
        }
    }
    readings
}

/// What is minimised: half the squared differences between readings and measurements, relative to the squares of
/// the measurements, and `smoothing` times half the integral of |grad source|^2 (Tikhonov's regularisation), without
/// which the noise of the measurements would be fitted too.
#[desc_jit(static(every))]
pub fn misfit(
    source: &Array2<f64>,
    measured: &Array2<f64>,
    sensors: &Array2<usize>,
    alpha: f64,
    every: usize,
    smoothing: f64,
) -> f64 {
    let (samples, count) = measured.dim();
    let readings = simulate(source, sensors, alpha, samples, every);
    let mut differences = 0.0;
    let mut size = 0.0;
    for sample in 0..samples {
        for k in 0..count {
            let difference = readings[[sample, k]] - measured[[sample, k]];
            differences += difference * difference;
            size += measured[[sample, k]] * measured[[sample, k]];
        }
    }
    // A difference over the spacing, squared, times the area of a cell: the spacing cancels.
    let (nx, ny) = source.dim();
    let mut roughness = 0.0;
    for i in 0..nx - 1 {
        for j in 0..ny - 1 {
            let along_x = source[[i + 1, j]] - source[[i, j]];
            let along_y = source[[i, j + 1]] - source[[i, j]];
            roughness += along_x * along_x + along_y * along_y;
        }
    }
    0.5 * differences / size + 0.5 * smoothing * roughness
}
