//! Sweeps over grids: Jacobi's and the explicit scheme of the heat equation.

use crate::consistency::{Along, product, romberg, scattered};
use desc_jit::prelude::*;
use example::heat;

/// The kernel of the example `heat`.
#[path = "../../../examples/heat/kernel.rs"]
mod example;

/// Jacobi sweeps over a rod: two arrays, each updated from the other.
#[desc_jit]
fn jacobi_1d(a: &Array1<f64>, b: &Array1<f64>, sweeps: usize) -> (Array1<f64>, Array1<f64>) {
    let n = a.len();
    let (mut a, mut b) = (a.clone(), b.clone());
    for _ in 0..sweeps {
        for i in 1..n - 1 {
            b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1]);
        }
        for i in 1..n - 1 {
            a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1]);
        }
    }
    (a, b)
}

#[test]
fn sweeps_over_a_rod() {
    let n = 30;
    let rod = |seed| Array1::from_vec(scattered(seed, n));
    let (a, b, da, db, wa, wb) = (rod(1), rod(2), rod(3), rod(4), rod(5), rod(6));
    let joined = |a: &Array1<f64>, b: &Array1<f64>| [a.to_vec(), b.to_vec()].concat();
    let by_both = jacobi_1d::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| {
            let (a, b) = jacobi_1d::native(&(&a + &da * t), &(&b + &db * t), 9);
            joined(&a, &b)
        },
        forward: || {
            let (_, (da, db)) = jvp(&by_both)(&a, &b, 9, &da, &db);
            joined(&da, &db)
        },
        reverse: || {
            let (_, (by_a, by_b)) = vjp(&by_both)(&a, &b, 9, (&wa, &wb));
            product(&by_a, &da) + product(&by_b, &db)
        },
        weights: joined(&wa, &wb),
    }
    .check();
}

/// Jacobi sweeps over a plate whose conductivity grows with the temperature, so that reverse mode needs the fields
/// of every sweep.
#[desc_jit]
fn jacobi_2d(a: &Array2<f64>, sweeps: usize) -> Array2<f64> {
    let (nx, ny) = a.dim();
    let mut a = a.clone();
    let mut b = a.clone();
    for _ in 0..sweeps {
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                let mean = 0.2 * (a[[i, j]] + a[[i, j - 1]] + a[[i, j + 1]] + a[[i + 1, j]] + a[[i - 1, j]]);
                b[[i, j]] = mean + 0.1 * mean * a[[i, j]];
            }
        }
        std::mem::swap(&mut a, &mut b);
    }
    a
}

#[test]
fn sweeps_over_a_plate() {
    let shape = (9, 7);
    let plate = |seed| Array2::from_shape_vec(shape, scattered(seed, 63)).unwrap();
    let (a, d, weights) = (plate(1), plate(2), plate(3));
    Along {
        value: |t: f64| jacobi_2d::native(&(&a + &d * t), 6).to_vec(),
        forward: || jvp(jacobi_2d::jit())(&a, 6, &d).1.to_vec(),
        reverse: || product(&vjp(jacobi_2d::jit())(&a, 6, &weights).1, &d),
        weights: weights.to_vec(),
    }
    .check();
}

/// How far the plate is from a wanted field.
#[desc_jit]
fn distance(u0: &Array2<f64>, alpha: f64, steps: usize, wanted: &Array2<f64>) -> f64 {
    let u = heat(u0, alpha, steps);
    let mut sum = 0.0;
    for i in 0..u.nrows() {
        for j in 0..u.ncols() {
            let d = u[[i, j]] - wanted[[i, j]];
            sum += 0.5 * d * d;
        }
    }
    sum
}

#[test]
fn a_plate_by_its_initial_field_and_its_diffusivity() {
    let shape = (11, 8);
    let plate = |seed| Array2::from_shape_vec(shape, scattered(seed, 88)).unwrap();
    let (u, d, weights) = (plate(4), plate(5), plate(6));
    let by_both = heat::jit().wrt(argnums![0, 1]);
    for steps in [0, 1, 2, 25] {
        Along {
            value: |t: f64| heat::native(&(&u + &d * t), 0.2 + 0.1 * t, steps).to_vec(),
            forward: || jvp(&by_both)(&u, 0.2, steps, &d, 0.1).1.to_vec(),
            reverse: || {
                let (_, (by_u, by_alpha)) = vjp(&by_both)(&u, 0.2, steps, &weights);
                product(&by_u, &d) + 0.1 * by_alpha
            },
            weights: weights.to_vec(),
        }
        .check();
    }
}

#[test]
fn every_point_of_the_initial_field() {
    let shape = (7, 6);
    let plate = |seed| Array2::from_shape_vec(shape, scattered(seed, 42)).unwrap();
    let (u, wanted) = (plate(7), plate(8));
    let (by_u, by_alpha) = grad(distance::jit().wrt(argnums![0, 1]))(&u, 0.05, 10, &wanted);
    for i in 0..7 {
        for j in 0..6 {
            // A quadratic function: the central difference is exact for any step.
            let moved = |t: f64| {
                let mut u = u.clone();
                u[[i, j]] += t;
                distance::native(&u, 0.05, 10, &wanted)
            };
            crate::close(by_u[[i, j]], 0.5 * (moved(1.0) - moved(-1.0)));
        }
    }
    // Of degree 20 in alpha, so the steps are a tenth of those elsewhere.
    let slope = romberg(|t| vec![distance::native(&u, 0.05 + 0.1 * t, 10, &wanted)])[0] / 0.1;
    assert!((by_alpha / slope - 1.0).abs() < 1e-10, "{by_alpha} and {slope}");
}
