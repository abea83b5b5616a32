//! Long stencils, which begin with the iterations up to where their stores begin a cache line.

use desc_jit::prelude::*;
use desc_jit_tests::agree;
use desc_jit_tests::consistency::scattered;

/// From any first point, so that stores begin anywhere in a line.
#[desc_jit]
fn smoothed(u: &Array1<f64>, first: usize, c: f64) -> Array1<f64> {
    let n = u.len();
    let mut v = u.clone();
    for i in first..n - 1 {
        v[i] = u[i] - c * u[i] * (u[i + 1] - u[i - 1]);
    }
    v
}

#[test]
fn stencils_begin_anywhere_in_a_line() {
    let u = Array1::from_vec(scattered(1, 700));
    // Long ones; then those that have as many points as a first stretch can have, about as many as make it worth while,
    // one and none.
    for first in (1..=9).chain([185, 186, 187, 188, 691, 692, 698, 699]) {
        agree!(smoothed(&u, first, 0.3), ulps = 0);
    }
}

/// Of elements of four bytes, in rows that begin at different places of a line.
#[desc_jit]
fn five_points(u: &Array2<f32>, c: f32, steps: usize) -> Array2<f32> {
    let (m, n) = u.dim();
    let mut u = u.clone();
    for _ in 0..steps {
        let mut next = u.clone();
        for i in 1..m - 1 {
            for j in 1..n - 1 {
                let around = u[[i - 1, j]] + u[[i + 1, j]] + u[[i, j - 1]] + u[[i, j + 1]];
                next[[i, j]] = u[[i, j]] + c * (around - 4.0 * u[[i, j]]);
            }
        }
        u = next;
    }
    u
}

#[test]
fn rows_begin_anywhere_in_a_line() {
    let noise = scattered(2, 7 * 613);
    let u = Array2::from_shape_fn((7, 613), |(i, j)| noise[613 * i + j] as f32);
    agree!(five_points(&u, 0.1, 3), ulps = 0);
}

/// Two arrays of different elements: the stores of the first one begin the lines.
#[desc_jit]
fn both(u: &Array1<f64>, first: usize) -> (Array1<f64>, Array1<bool>) {
    let n = u.len();
    let mut middle = Array1::zeros(n);
    let mut rising = Array1::from_elem(n, false);
    for i in first..n - 1 {
        middle[i] = 0.5 * (u[i - 1] + u[i + 1]);
        rising[i] = u[i + 1] > u[i - 1];
    }
    (middle, rising)
}

#[test]
fn stencils_of_two_results() {
    let u = Array1::from_vec(scattered(3, 1031));
    for first in [1, 2, 6, 7] {
        agree!(both(&u, first));
    }
}
