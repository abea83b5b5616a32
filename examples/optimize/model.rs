//! A plate that a source heats, what sensors on it measure, and how far a guess of the source is from that.

use desc_jit::prelude::*;

/// The temperature at `sensors` after every `every`-th of `steps` explicit Euler steps, from a cold plate with cold
/// edges: shape (readings, sensors).
///
/// `source` is what is added per step, on the inner points of a plate of `n` by `n`, shape (n - 2, n - 2); `alpha` is
/// the diffusivity times the time step over the grid spacing squared. `sensors` has one row (i, j) per sensor.
#[desc_jit(static(steps, every))]
pub fn readings(
    source: &Array2<f64>,
    sensors: &Array2<usize>,
    alpha: f64,
    steps: usize,
    every: usize,
) -> Array2<f64> {
    let n = source.nrows() + 2;
    let mut u = Array2::<f64>::zeros((n, n));
    let mut next = Array2::<f64>::zeros((n, n));
    let mut found = Array2::<f64>::zeros((steps / every, sensors.nrows()));
    for reading in 0..steps / every {
        for _ in 0..every {
            for i in 1..n - 1 {
                for j in 1..n - 1 {
                    let flux =
                        u[[i + 1, j]] + u[[i - 1, j]] + u[[i, j + 1]] + u[[i, j - 1]] - 4.0 * u[[i, j]];
                    next[[i, j]] = u[[i, j]] + alpha * flux + source[[i - 1, j - 1]];
                }
            }
            std::mem::swap(&mut u, &mut next);
        }
        for s in 0..sensors.nrows() {
            found[[reading, s]] = u[[sensors[[s, 0]], sensors[[s, 1]]]];
        }
    }
    found
}

/// Half the squared distance of the readings from `measured`, and half of `smoothness` times the squared differences of
/// neighbouring sources: a plate knows little of what is finer than its sensors.
#[desc_jit(static(steps, every))]
pub fn misfit(
    source: &Array2<f64>,
    sensors: &Array2<usize>,
    measured: &Array2<f64>,
    alpha: f64,
    smoothness: f64,
    steps: usize,
    every: usize,
) -> f64 {
    let found = readings(source, sensors, alpha, steps, every);
    let mut sum = 0.0;
    for t in 0..measured.nrows() {
        for s in 0..measured.ncols() {
            let distance = found[[t, s]] - measured[[t, s]];
            sum += 0.5 * distance * distance;
        }
    }
    for i in 0..source.nrows() - 1 {
        for j in 0..source.ncols() - 1 {
            let down = source[[i + 1, j]] - source[[i, j]];
            let right = source[[i, j + 1]] - source[[i, j]];
            sum += 0.5 * smoothness * (down * down + right * right);
        }
    }
    sum
}
