//! Lorenz's model of 1996 of an atmosphere on a circle of latitude, by the classical Runge-Kutta method: what
//! `lorenz96_jacfwd` and `lorenz96_jacrev` differentiate.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
fn tendency(x: &Array1<f64>, forcing: f64) -> Array1<f64> {
    let n = x.len();
    let mut rate = Array1::zeros(n);
    for i in 0..n {
        rate[i] = (x[(i + 1) % n] - x[(i + n - 2) % n]) * x[(i + n - 1) % n] - x[i] + forcing;
    }
    rate
}

#[desc_jit]
pub fn lorenz96(x: &Array1<f64>, forcing: f64, dt: f64, steps: usize) -> Array1<f64> {
    let mut x = x.clone();
    for _ in 0..steps {
        let k1 = tendency(&x, forcing);
        let k2 = tendency(&(&x + &k1 * (0.5 * dt)), forcing);
        let k3 = tendency(&(&x + &k2 * (0.5 * dt)), forcing);
        let k4 = tendency(&(&x + &k3 * dt), forcing);
        x = &x + (&k1 + &k2 * 2.0 + &k3 * 2.0 + &k4) * (dt / 6.0);
    }
    x
}

pub fn inputs([n, steps]: [usize; 2]) -> (Array1<f64>, f64, f64, usize) {
    (Array1::from_shape_fn(n, |i| 8.0 + (1.3 * i as f64).sin()), 8.0, 0.01, steps)
}

/// Of the tendency at `x` in the directions that are the rows of `tangents`, as the rows of `rates`.
fn tangent_rates(x: &[f64], tangents: &[f64], rates: &mut [f64]) {
    let n = x.len();
    for (t, rate) in tangents.chunks_exact(n).zip(rates.chunks_exact_mut(n)) {
        for i in 0..n {
            let (next, last, before) = ((i + 1) % n, (i + n - 1) % n, (i + n - 2) % n);
            rate[i] = (t[next] - t[before]) * x[last] + (x[next] - x[before]) * t[last] - t[i];
        }
    }
}

/// The Jacobian by hand: the tangents of all inputs go along with the steps.
pub fn jacobian(x: &Array1<f64>, forcing: f64, dt: f64, steps: usize) -> Array2<f64> {
    let n = x.len();
    let mut x = x.to_vec();
    let mut tangents = vec![0.0; n * n];
    (0..n).for_each(|i| tangents[i * n + i] = 1.0);
    let (mut stage, mut stage_tangents) = (x.clone(), tangents.clone());
    let mut rates = tangents.clone();
    for _ in 0..steps {
        let (mut sum, mut sum_tangents) = (vec![0.0; n], vec![0.0; n * n]);
        stage.copy_from_slice(&x);
        stage_tangents.copy_from_slice(&tangents);
        for (weight, ahead) in [(1.0, 0.5 * dt), (2.0, 0.5 * dt), (2.0, dt), (1.0, 0.0)] {
            tangent_rates(&stage, &stage_tangents, &mut rates);
            let rate = |i: usize| {
                (stage[(i + 1) % n] - stage[(i + n - 2) % n]) * stage[(i + n - 1) % n] - stage[i] + forcing
            };
            let rate: Vec<f64> = (0..n).map(rate).collect();
            for i in 0..n {
                sum[i] += weight * rate[i];
                stage[i] = x[i] + ahead * rate[i];
            }
            for i in 0..n * n {
                sum_tangents[i] += weight * rates[i];
                stage_tangents[i] = tangents[i] + ahead * rates[i];
            }
        }
        (0..n).for_each(|i| x[i] += dt / 6.0 * sum[i]);
        (0..n * n).for_each(|i| tangents[i] += dt / 6.0 * sum_tangents[i]);
    }
    Array2::from_shape_fn((n, n), |(output, input)| tangents[input * n + output])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        lorenz96(x, forcing, dt, steps),
        inputs,
        sizes: [("tiny", [5, 3]), ("S", [100, 20])],
        tolerance: Relative(1e-12),
        steps: 1,
    }
}
