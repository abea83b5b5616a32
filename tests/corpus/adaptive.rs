//! Equations of any number of unknowns, with a tableau and steps that adapt.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::Along;

/// Cash and Karp's tableau (Numerical Recipes, section 16.2): the stages, the step, and its difference from one of order 4.
const STAGES: [[f64; 5]; 6] = [
    [0.0, 0.0, 0.0, 0.0, 0.0],
    [0.2, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0],
    [0.3, -0.9, 1.2, 0.0, 0.0],
    [-11.0 / 54.0, 2.5, -70.0 / 27.0, 35.0 / 27.0, 0.0],
    [1631.0 / 55296.0, 175.0 / 512.0, 575.0 / 13824.0, 44275.0 / 110592.0, 253.0 / 4096.0],
];
const STEP: [f64; 6] = [37.0 / 378.0, 0.0, 250.0 / 621.0, 125.0 / 594.0, 0.0, 512.0 / 1771.0];
const LOWER: [f64; 6] = [2825.0 / 27648.0, 0.0, 18575.0 / 48384.0, 13525.0 / 55296.0, 277.0 / 14336.0, 0.25];

/// Lotka and Volterra's hares and lynxes.
#[desc_jit]
fn slope(y: &Array1<f64>, rates: &Array1<f64>) -> Array1<f64> {
    let (hares, lynxes) = (y[0], y[1]);
    array![hares * (rates[0] - rates[1] * lynxes), lynxes * (rates[2] * hares - rates[3])]
}

/// One step: where it leads, and the estimate of its error.
#[desc_jit]
fn cash_karp(y: &Array1<f64>, rates: &Array1<f64>, h: f64) -> (Array1<f64>, Array1<f64>) {
    let n = y.len();
    let mut k = Array2::<f64>::zeros((6, n));
    for (s, row) in STAGES.iter().enumerate() {
        let mut at = y.clone();
        for j in 0..s {
            at += &(h * row[j] * &k.row(j));
        }
        k.row_mut(s).assign(&slope(&at, rates));
    }
    let mut next = y.clone();
    let mut error = Array1::<f64>::zeros(n);
    for (s, (c, lower)) in STEP.iter().zip(LOWER).enumerate() {
        next += &(h * c * &k.row(s));
        error += &(h * (c - lower) * &k.row(s));
    }
    (next, error)
}

/// `odeint`: from 0 to `end`; the state, the steps that were taken and the steps that were refused. A step below the
/// resolution of time ends the integration where it is.
#[desc_jit]
pub fn integrate(
    start: &Array1<f64>,
    rates: &Array1<f64>,
    end: f64,
    tolerance: f64,
) -> (Array1<f64>, usize, usize) {
    let mut y = start.clone();
    let (mut t, mut h) = (0.0, 0.1 * end);
    let (mut good, mut bad) = (0, 0);
    'steps: while t < end {
        h = h.min(end - t);
        // Tried with smaller and smaller steps until one is good enough.
        let (next, error) = loop {
            let (next, errors) = cash_karp(&y, rates, h);
            let error = errors
                .iter()
                .zip(y.iter())
                .map(|(e, y)| e.abs() / (tolerance * (1.0 + y.abs())))
                .fold(0.0, f64::max);
            if error <= 1.0 {
                break (next, error);
            }
            bad += 1;
            h *= (0.9 * error.powf(-0.25)).max(0.1);
            if t + h == t {
                break 'steps;
            }
        };
        good += 1;
        t += h;
        y = next;
        h *= if error > 1.89e-4 { 0.9 * error.powf(-0.2) } else { 5.0 };
    }
    (y, good, bad)
}

fn start() -> (Array1<f64>, Array1<f64>) {
    (Array1::from_vec(vec![1.5, 0.8]), Array1::from_vec(vec![1.1, 0.6, 0.5, 0.9]))
}

/// What hares and lynxes keep.
fn kept(y: &Array1<f64>, rates: &Array1<f64>) -> f64 {
    rates[2] * y[0] - rates[3] * y[0].ln() + rates[1] * y[1] - rates[0] * y[1].ln()
}

#[test]
fn steps_are_as_long_as_the_tolerance_allows() {
    let (y, rates) = start();
    let (fine, many, _) = agree!(integrate(&y, &rates, 12.0, 1e-10), ulps = 0, compiled = 1 << 20);
    let (coarse, few, _) = agree!(integrate(&y, &rates, 12.0, 1e-4), ulps = 0, compiled = 1 << 20);
    assert!((kept(&fine, &rates) - kept(&y, &rates)).abs() < 1e-8);
    assert!(few * 5 < many && (&fine - &coarse).iter().all(|d| d.abs() < 1e-2), "{few} {many}");
    // A first step that is much too long.
    assert!(agree!(integrate(&y, &rates, 40.0, 1e-8), ulps = 0, compiled = 1 << 20).2 > 0);
    assert_eq!(agree!(integrate(&y, &rates, 0.0, 1e-8)).1, 0);
}

#[desc_jit]
fn after(start: &Array1<f64>, rates: &Array1<f64>, end: f64) -> Array1<f64> {
    integrate(start, rates, end, 1e-6).0
}

/// Also by the lengths of the steps, which change with the start.
#[test]
fn the_integration_is_differentiated_as_it_runs() {
    let (y, rates) = start();
    let (dy, dr) = (Array1::from_vec(vec![0.01, -0.02]), Array1::from_vec(vec![0.02, 0.01, -0.01, 0.03]));
    let weights = Array1::from_vec(vec![1.0, -0.5]);
    let f = after::jit().wrt(argnums![0, 1, 2]);
    Along {
        value: |t: f64| after::native(&(&y + &dy * t), &(&rates + &dr * t), 5.0 + 0.02 * t).to_vec(),
        forward: || jvp(&f)(&y, &rates, 5.0, &dy, &dr, 0.02).1.to_vec(),
        reverse: || {
            let (_, (by_y, by_rates, by_end)) = vjp(&f)(&y, &rates, 5.0, &weights);
            by_y.dot(&dy) + by_rates.dot(&dr) + 0.02 * by_end
        },
        weights: weights.to_vec(),
    }
    .check();
}

#[test]
fn populations_side_by_side_take_steps_of_their_own() {
    let (_, rates) = start();
    let starts = Array2::from_shape_fn((7, 2), |(k, which)| 0.2 + 0.3 * k as f64 + 0.1 * which as f64);
    let all = vmap(integrate::jit()).in_axes(in_axes![0, _, _, _]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let (ends, good, bad) = all(&starts, &rates, 10.0, 1e-7);
            for k in 0..7 {
                let (end, taken, refused) = integrate(&starts.row(k).to_owned(), &rates, 10.0, 1e-7);
                assert_eq!((good[k], bad[k]), (taken, refused), "{k} on {engine}");
                assert!((&ends.row(k).to_owned() - &end).iter().all(|d| d.abs() < 1e-12), "{k} on {engine}");
            }
        });
    }
}
