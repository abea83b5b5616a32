//! Steps that depend on the last one: a tridiagonal system and the trajectory of a flow.

use crate::consistency::{Along, product, scattered};
use desc_jit::prelude::*;

/// The Thomas algorithm (Numerical Recipes, section 2.4).
#[desc_jit]
fn tridiagonal(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>, d: &Array1<f64>) -> Array1<f64> {
    let n = d.len();
    let mut cp = Array1::<f64>::zeros(n);
    let mut x = Array1::<f64>::zeros(n);
    cp[0] = c[0] / b[0];
    x[0] = d[0] / b[0];
    for i in 1..n {
        let m = b[i] - a[i] * cp[i - 1];
        cp[i] = c[i] / m;
        x[i] = (d[i] - a[i] * x[i - 1]) / m;
    }
    for i in (0..n - 1).rev() {
        x[i] -= cp[i] * x[i + 1];
    }
    x
}

#[test]
fn a_tridiagonal_system() {
    for n in [1, 2, 40] {
        let diagonal = |middle: f64, seed| Array1::from_vec(scattered(seed, n)) * 0.3 + middle;
        let (a, b, c, d) = (diagonal(-1.0, 1), diagonal(3.0, 2), diagonal(-1.0, 3), diagonal(0.5, 4));
        let along = |seed| Array1::from_vec(scattered(seed, n)) * 0.3;
        let (da, db, dc, dd) = (along(5), along(6), along(7), along(8));
        let weights = Array1::from_vec(scattered(9, n));
        let by_all = tridiagonal::jit().wrt(argnums![0, 1, 2, 3]);
        Along {
            value: |t: f64| {
                let (a, b, c, d) = (&a + &da * t, &b + &db * t, &c + &dc * t, &d + &dd * t);
                tridiagonal::native(&a, &b, &c, &d).to_vec()
            },
            forward: || jvp(&by_all)(&a, &b, &c, &d, &da, &db, &dc, &dd).1.to_vec(),
            reverse: || {
                let (_, (by_a, by_b, by_c, by_d)) = vjp(&by_all)(&a, &b, &c, &d, &weights);
                product(&by_a, &da) + product(&by_b, &db) + product(&by_c, &dc) + product(&by_d, &dd)
            },
            weights: weights.to_vec(),
        }
        .check();
    }
}

/// The adjoint of a linear solve is the solve with the transposed matrix.
#[test]
fn the_cotangent_of_the_right_hand_side_solves_the_transposed_system() {
    let n = 40;
    let diagonal = |middle: f64, seed| Array1::from_vec(scattered(seed, n)) * 0.3 + middle;
    let (a, b, c, d) = (diagonal(-1.0, 1), diagonal(3.0, 2), diagonal(-1.0, 3), diagonal(0.5, 4));
    let weights = Array1::from_vec(scattered(9, n));
    let (_, by_d) = vjp(tridiagonal::jit().wrt(argnums![3]))(&a, &b, &c, &d, &weights);
    let below = Array1::from_shape_fn(n, |i| if i == 0 { 0.0 } else { c[i - 1] });
    let above = Array1::from_shape_fn(n, |i| if i + 1 == n { 0.0 } else { a[i + 1] });
    crate::all_close(&by_d, &tridiagonal::native(&below, &b, &above, &weights).to_vec());
}

/// Lorenz's model of convection (J. Atmos. Sci. 20, 130, 1963).
#[desc_jit]
fn velocity(x: f64, y: f64, z: f64, rho: f64) -> (f64, f64, f64) {
    (10.0 * (y - x), x * (rho - z) - y, x * y - 8.0 / 3.0 * z)
}

/// Its trajectory by the classical Runge-Kutta method.
#[desc_jit]
fn lorenz(start: (f64, f64, f64), rho: f64, dt: f64, steps: usize) -> (f64, f64, f64) {
    let (mut x, mut y, mut z) = start;
    let half = 0.5 * dt;
    for _ in 0..steps {
        let (x1, y1, z1) = velocity(x, y, z, rho);
        let (x2, y2, z2) = velocity(x + half * x1, y + half * y1, z + half * z1, rho);
        let (x3, y3, z3) = velocity(x + half * x2, y + half * y2, z + half * z2, rho);
        let (x4, y4, z4) = velocity(x + dt * x3, y + dt * y3, z + dt * z3, rho);
        x += dt / 6.0 * (x1 + 2.0 * x2 + 2.0 * x3 + x4);
        y += dt / 6.0 * (y1 + 2.0 * y2 + 2.0 * y3 + y4);
        z += dt / 6.0 * (z1 + 2.0 * z2 + 2.0 * z3 + z4);
    }
    (x, y, z)
}

#[test]
fn a_trajectory_by_its_start_and_its_parameter() {
    let by_both = lorenz::jit().wrt(argnums![0, 1]);
    let list = |(x, y, z): (f64, f64, f64)| vec![x, y, z];
    Along {
        value: |t: f64| {
            let start = (1.0 + 0.5 * t, 1.0 - t, 1.0 + 0.2 * t);
            list(lorenz::native(start, 28.0 + t, 0.005, 100))
        },
        forward: || list(jvp(&by_both)((1.0, 1.0, 1.0), 28.0, 0.005, 100, (0.5, -1.0, 0.2), 1.0).1),
        reverse: || {
            let weights = (0.3, -1.0, 0.7);
            let (_, ((x, y, z), rho)) = vjp(&by_both)((1.0, 1.0, 1.0), 28.0, 0.005, 100, weights);
            0.5 * x - y + 0.2 * z + rho
        },
        weights: vec![0.3, -1.0, 0.7],
    }
    .check();
}

/// The flow contracts every volume alike: the divergence of the velocity is -(10 + 1 + 8/3) everywhere, and so the
/// Jacobian of the flow over a time T has the determinant exp(-41/3 T), whatever the start.
#[test]
fn the_flow_contracts_volumes() {
    let derivative = jacfwd(lorenz::jit());
    let (x, y, z) = derivative((1.0, 1.0, 1.0), 28.0, 2.5e-4, 2000);
    let determinant =
        x.0 * (y.1 * z.2 - y.2 * z.1) - x.1 * (y.0 * z.2 - y.2 * z.0) + x.2 * (y.0 * z.1 - y.1 * z.0);
    let exact = (-41.0 / 3.0 * 0.5_f64).exp();
    // The error of the Runge-Kutta method at this step; it falls with the fourth power of the step.
    assert!((determinant / exact - 1.0).abs() < 1e-10, "{determinant} and {exact}");
}
