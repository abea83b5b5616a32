//! Functions in loops whose iterations depend on each other: their values are computed for many iterations at once.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::consistency::scattered;
use desc_jit_tests::{agree, refuse};

/// Lengths around those of tiles, and short ones.
const LENGTHS: [usize; 12] = [0, 1, 7, 8, 9, 20, 127, 128, 129, 256, 300, 515];

/// The sines and powers depend on no other iteration, what becomes of them does.
#[desc_jit]
fn recurrence(x: &Array1<f64>, start: f64) -> (f64, Array1<f64>) {
    let mut y = Array1::<f64>::zeros(x.len());
    let mut v = start;
    for i in 0..x.len() {
        let angle = 3.0 * x[i] + i as f64;
        v = 0.5 * v * v + angle.sin() / (1.0 + (x[i] * x[i]).powf(0.3));
        y[i] = v + angle.cos();
    }
    (v, y)
}

#[test]
fn iterations_keep_their_order() {
    for n in LENGTHS {
        agree!(recurrence(&Array1::from_vec(scattered(1, n)), 0.3), ulps = 0, compiled = 1 << 12);
    }
}

/// All pairs but those of a number with itself, where the function is not finite.
#[desc_jit]
fn pairs(x: &Array1<f64>, y: &mut Array1<f64>) {
    for i in 0..x.len() {
        for j in 0..x.len() {
            if j == i {
                continue;
            }
            let d = x[j] - x[i];
            y[i] += d / (d * d).powf(1.5);
            y[j] += (0.1 * y[i]).min(1.0);
        }
    }
}

#[desc_jit]
fn of_pairs(x: &Array1<f64>) -> Array1<f64> {
    let mut y = x.clone();
    pairs(x, &mut y);
    y
}

#[test]
fn one_iteration_is_left_out() {
    for n in [0, 1, 7, 8, 20, 130] {
        agree!(of_pairs(&Array1::linspace(0.0, 10.0, n)), ulps = 0, compiled = 1 << 16);
    }
}

/// The array that the function reads is written to, in front of it and behind it.
#[desc_jit]
fn in_place(x: &Array1<f64>, back: usize) -> Array1<f64> {
    let mut x = x.clone();
    for i in back..x.len() {
        x[i] += 0.5 * x[i - back].sin();
    }
    x
}

#[test]
fn what_a_loop_writes_is_not_read_ahead() {
    for n in [8, 20, 300] {
        for back in [0, 1, 3] {
            agree!(in_place(&Array1::from_vec(scattered(2, n)), back), ulps = 0, compiled = 1 << 12);
        }
    }
}

/// A place that may be out of range, behind which the function's argument stands.
#[desc_jit]
fn gathered(x: &Array1<f64>, at: &Array1<usize>, most: f64) -> f64 {
    let mut v = 0.0;
    for i in 0..at.len() {
        assert!(v <= most, "too much in iteration {i}");
        v = 0.9 * v + x[at[i]].exp() + (i as f64).sqrt().sin();
    }
    v
}

#[test]
fn errors_are_those_of_the_first_iteration_that_fails() {
    let x = Array1::from_vec(scattered(3, 10));
    let mut at = Array1::from_shape_fn(200, |i| (7 * i) % 10);
    agree!(gathered(&x, &at, 1e9), ulps = 0, compiled = 1 << 12);
    at[150] = 10;
    at[170] = 12;
    refuse!(gathered(&x, &at, 1e9), Index, "10");
    let message = |engine: Engine| {
        let error = with_engine(engine, || gathered::try_call(&x, &at, 5.0)).unwrap_err();
        error.message().to_string()
    };
    for engine in Engine::ALL {
        assert_eq!(message(engine), message(Engine::Candle), "{engine}");
    }
}

/// The function is needed by some iterations only, and by a condition.
#[desc_jit]
fn where_it_is_positive(x: &Array1<f64>) -> (f64, usize) {
    let (mut v, mut count) = (1.0, 0);
    for i in 0..x.len() {
        let s = (5.0 * x[i]).sin();
        if s > 0.0 {
            v = 0.5 * v + (x[i] * x[i]).ln_1p();
            count += 1;
        } else if v > 0.2 {
            v *= s;
        }
    }
    (v, count)
}

#[test]
fn conditions_take_functions_ahead() {
    for n in LENGTHS {
        agree!(where_it_is_positive(&Array1::from_vec(scattered(4, n))), ulps = 0, compiled = 1 << 12);
    }
}

/// In a heap the root has no parent: what is known of the index in its arm does not hold in the first iteration.
#[desc_jit]
fn parents(x: &Array1<f64>) -> f64 {
    let mut v = 0.3;
    for i in 0..x.len() {
        if i == 0 {
            v = 0.5 * v * v;
        } else {
            v = 0.5 * v * v + x[(i - 1) >> 4].exp() * x[(i - 1) / 2].sin();
        }
    }
    v
}

#[desc_jit]
fn times_an_outer_index(x: &Array1<f64>) -> f64 {
    let mut v = 0.3;
    for j in 0..4 {
        for i in 0..x.len() / 8 {
            if i == 0 {
                v = 0.5 * v * v;
            } else {
                v = 0.5 * v * v + x[(i - 1) * j].exp();
            }
        }
    }
    v
}

/// The index in front fails in the first iteration: the one behind it is never used.
#[desc_jit]
fn behind_an_error(x: &Array1<f64>, start: usize) -> f64 {
    let mut v = 0.3;
    for i in start..x.len() {
        let p = x[i - 1];
        v = 0.5 * v * v + p + x[(2 * i - 2) >> 5].exp();
    }
    v
}

#[test]
fn ahead_of_an_arm_no_index_leaves_its_array() {
    for n in [8, 64, 300] {
        let x = Array1::linspace(0.0, 0.1, n);
        agree!(parents(&x), ulps = 0, compiled = 1 << 12);
        agree!(times_an_outer_index(&x), ulps = 0, compiled = 1 << 12);
        agree!(behind_an_error(&x, 1), ulps = 0, compiled = 1 << 12);
        refuse!(behind_an_error(&x, 0), Arithmetic, "attempt to subtract with overflow");
    }
}
