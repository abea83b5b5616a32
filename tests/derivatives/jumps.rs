//! Derivatives and batches of functions that leave their loops early.

use crate::consistency::{Along, product, scattered};
use desc_jit::prelude::*;

/// Picard's iteration for Kepler's equation `e - ecc sin e = mean`.
#[desc_jit]
fn kepler(mean: f64, ecc: f64) -> f64 {
    let mut e = mean;
    for _ in 0..100 {
        let next = mean + ecc * e.sin();
        if (next - e).abs() < 1e-15 {
            return next;
        }
        e = next;
    }
    e
}

/// The same with `loop`.
#[desc_jit]
fn kepler_by_newton(mean: f64, ecc: f64) -> f64 {
    let mut e = mean;
    let mut k = 0;
    loop {
        let step = (e - ecc * e.sin() - mean) / (1.0 - ecc * e.cos());
        e -= step;
        k += 1;
        if step.abs() < 1e-14 || k == 30 {
            break e;
        }
    }
}

#[test]
fn an_iteration_that_is_left_has_the_derivative_of_its_solution() {
    let (mean, ecc) = (0.7, 0.3);
    let e = kepler::native(mean, ecc);
    let by_mean = 1.0 / (1.0 - ecc * e.cos());
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            for f in [kepler::jit(), kepler_by_newton::jit()] {
                let f = f.wrt(argnums![0, 1]);
                let (dm, de) = grad(&f)(mean, ecc);
                assert!((dm - by_mean).abs() < 1e-12, "{engine}: {dm} and {by_mean}");
                assert!((de - e.sin() * by_mean).abs() < 1e-12, "{engine}: {de}");
                let (_, tangent) = jvp(&f)(mean, ecc, 1.0, 2.0);
                assert!((tangent - dm - 2.0 * de).abs() < 1e-14, "{engine}: {tangent}");
            }
            let second = grad(grad(kepler_by_newton::jit()))(mean, ecc);
            let exact = -ecc * e.sin() * by_mean.powi(3);
            assert!((second - exact).abs() < 1e-10, "{engine}: {second} and {exact}");
        });
    }
}

#[test]
fn a_batch_of_iterations_ends_each_by_itself() {
    let means = Array1::linspace(0.0, 3.0, 17);
    let eccs = Array1::linspace(0.0, 0.9, 17);
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let all = vmap(kepler_by_newton::jit())(&means, &eccs);
            let slopes = vmap(grad(kepler_by_newton::jit()))(&means, &eccs);
            for k in 0..17 {
                assert_eq!(all[k], kepler_by_newton(means[k], eccs[k]), "{engine}");
                let slope = 1.0 / (1.0 - eccs[k] * all[k].cos());
                assert!((slopes[k] - slope).abs() < 1e-9 * slope, "{engine}: {} and {slope}", slopes[k]);
            }
        });
    }
}

/// Sums with everything that leaves an iteration, over an array that is changed on the way.
#[desc_jit]
fn walk(x: &Array1<f64>, low: f64, most: f64) -> f64 {
    let mut y = x.clone();
    let mut sum = 0.0;
    'rows: for i in 0..x.len() {
        let weight = match i % 3 {
            0 => 2.0,
            1 if x[i] < low => continue,
            1 => 3.0,
            _ => {
                for j in 0..i {
                    if y[j] > most {
                        break;
                    }
                    if y[j] < low {
                        continue 'rows;
                    }
                    y[j] *= y[i];
                    if sum > 40.0 {
                        break 'rows;
                    }
                }
                0.5
            }
        };
        y[i] = weight * y[i] * y[i];
        sum += y[i];
        if sum < -10.0 {
            return sum * low;
        }
    }
    sum * y[0] + y[x.len() - 1]
}

#[test]
fn every_jump_is_differentiated() {
    for (seed, n) in [(1, 5), (2, 9), (3, 12), (4, 20)] {
        for (low, most) in [(-0.5, 1.5), (0.1, 0.4), (-2.0, 3.0)] {
            let (x, d) = (Array1::from_vec(scattered(seed, n)), Array1::from_vec(scattered(seed + 9, n)));
            let f = walk::jit();
            Along {
                value: |t: f64| vec![walk::native(&(&x + &d * t), low, most)],
                forward: || vec![jvp(&f)(&x, low, most, &d).1],
                reverse: || product(&grad(&f)(&x, low, most), &d),
                weights: vec![1.0],
            }
            .check();
        }
    }
}

#[desc_jit]
fn early(x: &Array1<f64>, kind: i64) -> f64 {
    if kind < 0 {
        return 1.0;
    }
    match kind {
        0 => x.sum(),
        1 => return x.dot(x),
        2..5 => x[0].powi(3),
        _ => {
            let mut product = 1.0;
            for i in 0..x.len() {
                if x[i] == 0.0 {
                    return 0.0;
                }
                product *= x[i];
            }
            product
        }
    }
}

#[test]
fn every_return_has_its_own_gradient() {
    let x = Array1::from_vec(vec![2.0, 3.0, -5.0]);
    let gradients = [
        (-1, [0.0, 0.0, 0.0]),
        (0, [1.0, 1.0, 1.0]),
        (1, [4.0, 6.0, -10.0]),
        (3, [12.0, 0.0, 0.0]),
        (9, [-15.0, -10.0, 6.0]),
    ];
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            for (kind, expected) in gradients {
                assert_eq!(grad(early::jit())(&x, kind).to_vec(), expected, "{engine}, {kind}");
            }
        });
    }
}
