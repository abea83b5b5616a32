//! Interpolation by splines.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, product, scattered};

/// The second derivatives of the natural cubic spline at its points (Numerical Recipes, section 3.3, `spline`).
#[desc_jit]
fn spline(x: &Array1<f64>, y: &Array1<f64>) -> Array1<f64> {
    let n = x.len();
    let mut y2 = Array1::<f64>::zeros(n);
    let mut u = vec![0.0; n];
    for i in 1..n - 1 {
        let sig = (x[i] - x[i - 1]) / (x[i + 1] - x[i - 1]);
        let p = sig * y2[i - 1] + 2.0;
        y2[i] = (sig - 1.0) / p;
        u[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]) - (y[i] - y[i - 1]) / (x[i] - x[i - 1]);
        u[i] = (6.0 * u[i] / (x[i + 1] - x[i - 1]) - sig * u[i - 1]) / p;
    }
    y2[n - 1] = 0.0;
    for k in (0..n - 1).rev() {
        y2[k] = y2[k] * y2[k + 1] + u[k];
    }
    y2
}

/// Where `at` lies: the interval that begins at or before it, by bisection.
#[desc_jit]
fn interval(x: &Array1<f64>, at: f64) -> usize {
    let (mut low, mut high) = (0, x.len() - 1);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if x[middle] > at {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}

/// The spline at one place (`splint`).
#[desc_jit]
fn splint(x: &Array1<f64>, y: &Array1<f64>, y2: &Array1<f64>, at: f64) -> f64 {
    let k = interval(x, at);
    let h = x[k + 1] - x[k];
    assert!(h != 0.0, "two points at {}", x[k]);
    let a = (x[k + 1] - at) / h;
    let b = (at - x[k]) / h;
    a * y[k] + b * y[k + 1] + ((a * a * a - a) * y2[k] + (b * b * b - b) * y2[k + 1]) * h * h / 6.0
}

/// The spline through points, at places.
#[desc_jit]
pub fn interpolated(x: &Array1<f64>, y: &Array1<f64>, at: &Array1<f64>) -> Array1<f64> {
    let y2 = spline(x, y);
    at.mapv(|v| splint(x, y, &y2, v))
}

/// The same with a list.
#[desc_jit]
fn collected(x: &Array1<f64>, y: &Array1<f64>, at: &Array1<f64>) -> Array1<f64> {
    let y2 = spline(x, y);
    at.iter().map(|&v| splint(x, y, &y2, v)).collect()
}

/// Points that are not evenly spaced.
fn points(n: usize) -> Array1<f64> {
    let gaps = scattered(3, n);
    let mut sum = 0.0;
    Array1::from_shape_fn(n, |k| {
        sum += 1.0 + 0.5 * gaps[k];
        sum
    })
}

#[test]
fn a_spline_goes_through_its_points() {
    let x = points(9);
    let y = x.mapv(f64::sin);
    assert_eq!(agree!(interpolated(&x, &y, &x)).to_vec(), y.to_vec());
    let between = Array1::linspace(x[0], x[8], 50);
    let values = agree!(interpolated(&x, &y, &between));
    assert_eq!(values.to_vec(), agree!(collected(&x, &y, &between)).to_vec());
    // A straight line has no bends.
    let line = x.mapv(|v| 2.0 - 3.0 * v);
    for (v, s) in between.iter().zip(agree!(interpolated(&x, &line, &between)).iter()) {
        assert!((s - (2.0 - 3.0 * v)).abs() < 1e-12);
    }
    assert_eq!(agree!(interval(&x, -100.0)), 0);
    assert_eq!(agree!(interval(&x, 100.0)), 7);
    assert_eq!(agree!(interval(&x, x[3])), 3);
}

/// The natural spline through (0, 0), (1, 1), (2, 0) is 3/2 x - x^3 / 2 on its first half.
#[test]
fn a_spline_by_hand() {
    let x = Array1::from_vec(vec![0.0, 1.0, 2.0]);
    let y = Array1::from_vec(vec![0.0, 1.0, 0.0]);
    assert_eq!(agree!(spline(&x, &y)).to_vec(), [0.0, -3.0, 0.0]);
    let at = Array1::linspace(0.0, 1.0, 5);
    for (v, s) in at.iter().zip(agree!(interpolated(&x, &y, &at)).iter()) {
        assert!((s - (1.5 * v - 0.5 * v.powi(3))).abs() < 1e-15);
    }
    let twice = Array1::from_vec(vec![0.0, 1.0, 1.0]);
    let error = splint::try_call(&twice, &y, &Array1::zeros(3), 1.0).unwrap_err();
    assert_eq!(error.message(), "two points at 1");
}

#[test]
fn a_spline_is_differentiated() {
    let (x, n) = (points(9), 9);
    let (y, at) = (Array1::from_vec(scattered(1, n)), Array1::linspace(x[0] + 0.3, x[n - 1] - 0.3, 6));
    let part = |seed, n, scale: f64| Array1::from_vec(scattered(seed, n)) * scale;
    let (dx, dy, dat) = (part(4, n, 0.2), part(5, n, 1.0), part(6, 6, 0.2));
    let weights = part(7, 6, 1.0);
    for f in [interpolated::jit(), collected::jit()] {
        let f = f.wrt(argnums![0, 1, 2]);
        Along {
            value: |t: f64| {
                interpolated::native(&(&x + &dx * t), &(&y + &dy * t), &(&at + &dat * t)).to_vec()
            },
            forward: || jvp(&f)(&x, &y, &at, &dx, &dy, &dat).1.to_vec(),
            reverse: || {
                let (_, (by_x, by_y, by_at)) = vjp(&f)(&x, &y, &at, &weights);
                product(&by_x, &dx) + product(&by_y, &dy) + product(&by_at, &dat)
            },
            weights: weights.to_vec(),
        }
        .check();
    }
}

#[test]
fn a_batch_of_places() {
    let x = points(9);
    let y = x.mapv(f64::cos);
    let y2 = spline(&x, &y);
    let at = Array1::linspace(x[0], x[8], 17);
    let all = vmap(splint::jit()).in_axes(in_axes![_, _, _, 0]);
    let alone = interpolated::native(&x, &y, &at);
    for engine in Engine::ALL {
        assert_eq!(with_engine(engine, || all(&x, &y, &y2, &at)), alone, "{engine}");
    }
}
