//! Neighbouring loops over the same iterations become one.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn whole_arrays(x: &Array1<f64>, y: &Array1<f64>) -> (Array1<f64>, Array1<f64>, f64) {
    let a = x.exp() * 2.0 + y * y;
    let b = &a - x;
    let norm = (&b * &b).sum();
    (a, b, norm)
}

#[test]
fn expressions_over_whole_arrays() {
    for n in [0, 1, 2, 7, 8, 31, 513, 1100] {
        let x = Array1::from_shape_fn(n, |i| (i as f64 * 0.37).sin());
        let y = Array1::from_shape_fn(n, |i| i as f64 * 0.01 - 1.0);
        agree!(whole_arrays(&x, &y), ulps = 4);
    }
}

/// A producer into a consumer, a stencil that must wait, and two outputs.
#[desc_jit]
fn sweeps(u: &Array2<f64>) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let (nx, ny) = u.dim();
    let mut flux = Array2::<f64>::zeros((nx, ny));
    let mut square = Array2::<f64>::zeros((nx, ny));
    let mut smooth = Array2::<f64>::zeros((nx, ny));
    for i in 0..nx {
        for j in 0..ny {
            flux[[i, j]] = 0.5 * u[[i, j]] * u[[i, j]];
        }
    }
    for i in 0..nx {
        for j in 0..ny {
            square[[i, j]] = flux[[i, j]] * flux[[i, j]] - u[[i, j]];
        }
    }
    for i in 1..nx {
        for j in 0..ny {
            smooth[[i, j]] = square[[i, j]] - square[[i - 1, j]];
        }
    }
    for i in 1..nx {
        for j in 0..ny {
            square[[i, j]] = smooth[[i, j]] + 1.0;
        }
    }
    (flux, square, smooth)
}

#[test]
fn sweeps_over_a_plane() {
    for (nx, ny) in [(1, 1), (2, 3), (5, 8), (17, 40), (40, 17)] {
        agree!(sweeps(&Array2::from_shape_fn((nx, ny), |(i, j)| ((i * 7 + j * 3) % 11) as f64 - 4.0)));
    }
}

/// A later iteration of the first loop makes what an earlier one of the second needs.
#[desc_jit]
fn ahead(x: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let n = x.len();
    let mut a = x.clone();
    let mut b = x.clone();
    for i in 0..n - 1 {
        a[i] = 2.0 * x[i];
    }
    for i in 0..n - 1 {
        b[i] = a[i + 1] - a[i];
    }
    for i in 0..n - 1 {
        a[i + 1] = b[i] * 3.0;
    }
    (a, b)
}

#[test]
fn what_looks_ahead_is_not_fused() {
    for n in [1, 2, 9, 100, 1025] {
        agree!(ahead(&Array1::from_shape_fn(n, |i| (i * i % 17) as f64)));
    }
}

#[desc_jit]
fn failing(x: &Array1<f64>, at: &Array1<usize>) -> (Array1<f64>, Array1<f64>) {
    let mut a = x.clone();
    let mut b = x.clone();
    for i in 0..x.len() {
        a[i] = x[at[i]] + 1.0;
    }
    for i in 0..x.len() {
        b[i] = a[at[i] + 1];
    }
    (a, b)
}

#[test]
fn the_error_is_that_of_the_first_loop() {
    let x = Array1::from_shape_fn(40, |i| i as f64);
    // In the second loop iteration 3 fails, in the first one iteration 30.
    let mut at = Array1::from_elem(40, 2usize);
    at[3] = 39;
    at[30] = 77;
    desc_jit_tests::refuse!(failing(&x, &at), Index, "x[at[i]]");
}

/// A sweep before a recurrence that waits for quotients, where one may touch what the other one makes: the recurrence
/// reads `right` and writes `u` so many elements on, and runs on behind the sweep. Between them stands an element.
#[desc_jit(static(reads, writes, more, fixed))]
fn right_sides(
    u: &Array1<f64>,
    reads: usize,
    writes: usize,
    more: usize,
    fixed: usize,
) -> (Array1<f64>, Array1<f64>, f64) {
    let n = u.len();
    let mut u = u.clone();
    let mut right = Array1::<f64>::zeros(n);
    let mut done = Array1::<f64>::zeros(n);
    let mut pivot = 2.0;
    for _ in 0..3 {
        for i in 2..n - 8 {
            right[i] = 0.25 * (u[i - 1] + u[i + 1]) + 1.0;
        }
        right[fixed] = 0.5 * u[fixed];
        for i in 2..n - 8 + more {
            pivot = 3.0 - 0.5 / pivot;
            done[i] = (right[i + reads - 1] + 0.5 * done[i - 1]) / pivot;
            u[i + writes - 2] = done[i];
        }
    }
    (u, right, pivot)
}

#[test]
fn a_sweep_before_a_recurrence_keeps_its_order() {
    let u = Array1::from_shape_fn(40, |i| (i as f64 * 0.37).sin());
    for reads in 0..4 {
        for writes in 0..5 {
            for (more, fixed) in [(0, 0), (1, 35), (3, 1), (4, 20), (6, 38)] {
                agree!(right_sides(&u, reads, writes, more, fixed), ulps = 0, compiled = 0);
            }
        }
    }
}

/// Right sides that nobody else reads, of an elimination with its last row apart; sweeps without iterations.
#[desc_jit]
fn implicit(u: &Array1<f64>, r: f64) -> Array1<f64> {
    let n = u.len();
    let mut u = u.clone();
    let mut right = Array1::<f64>::zeros(n);
    let mut upper = Array1::<f64>::zeros(n);
    for i in 1..n - 1 {
        right[i] = r * (u[i - 1] + u[i + 1]) + (1.0 - 2.0 * r) * u[i];
    }
    let mut pivot = 1.0 + 2.0 * r;
    for i in 1..n {
        upper[i - 1] = -r / pivot;
        pivot = 1.0 + 2.0 * r + r * upper[i - 1];
        right[i] = (right[i] + r * right[i - 1]) / pivot;
    }
    for i in (0..n - 1).rev() {
        u[i] = right[i] - upper[i] * right[i + 1];
    }
    u
}

#[test]
fn right_sides_are_computed_during_the_elimination() {
    for n in [2, 3, 4, 7, 100] {
        let u = Array1::from_shape_fn(n, |i| (i as f64 * 0.37).sin());
        agree!(implicit(&u, 0.4), ulps = 0, compiled = 0);
    }
}
