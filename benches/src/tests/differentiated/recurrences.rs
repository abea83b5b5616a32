//! Steps that depend on the last one.

use crate::kernels::{durbin, lorenz, lorenz96, recurrence, tridiagonal};
use desc_jit::prelude::*;

/// Correlations that decay: those of the kernel's inputs amplify rounding too much for differences.
#[test]
fn durbin() {
    let r = Array1::from_shape_fn(8, |i| 0.5_f64.powi(i as i32 + 1) * (0.7 * i as f64).cos());
    along!(durbin::durbin(r) by 0 r; times 0.3);
}

#[test]
fn tridiagonal() {
    let (a, b, c, d) = tridiagonal::inputs([20]);
    along!(tridiagonal::tridiagonal(a, b, c, d) by 0 a, 1 b, 2 c, 3 d; times 0.1);
}

#[test]
fn lorenz() {
    let (x0, y0, z0, dt, steps) = (1.0, 1.0, 1.0, 0.005, 30_usize);
    along!(lorenz::lorenz(x0, y0, z0, dt, steps) by 0 x0, 1 y0, 2 z0, 3 dt; times 0.3);
}

#[test]
fn lorenz96() {
    let (x, forcing, dt, steps) = lorenz96::inputs([5, 3]);
    along!(lorenz96::lorenz96(x, forcing, dt, steps) by 0 x, 1 forcing, 2 dt; times 0.3);
}

#[test]
fn recurrence() {
    let (a, r) = recurrence::inputs([9]);
    along!(recurrence::recurrence(a, r) by 0 a, 1 r; times 0.1);
}
