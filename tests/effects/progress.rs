//! Progress bars: a loop that shows its progress computes what it computes without, in parts that are kernels.

use desc_jit::__private::watched_progress;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

#[desc_jit]
fn without(x: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut x = x.clone();
    for t in progress("steps", 0..steps) {
        for i in 0..x.len() {
            x[i] += 0.5 * t as f64;
        }
    }
    x
}

#[test]
fn the_loop_is_the_loop_that_it_is_without_a_bar() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    agree!(without(&x, 250));
    let graph = without::graph(&x, 250).unwrap().to_string();
    assert!(!graph.contains("progress{"), "{graph}");
}

#[desc_jit]
fn stepped(x: &Array1<f64>, steps: usize) -> (Array1<f64>, usize) {
    let mut x = x.clone();
    let mut last = 0;
    for t in progress("steps", (0..steps).rev().step_by(3)) {
        for i in 0..x.len() {
            x[i] = 0.5 * x[i] + t as f64;
        }
        last = t;
    }
    (x, last)
}

#[test]
fn a_bar_moves_about_a_hundred_times_and_changes_no_result() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    for engine in Engine::ALL {
        for steps in [1, 2, 7, 250, 1000] {
            let (got, updates) = watched_progress(|| with_engine(engine, || stepped(&x, steps)));
            assert_eq!(got, stepped::native(&x, steps), "{engine}");
            let total = steps.div_ceil(3) as u64;
            assert!(updates.len() <= 101, "{} updates", updates.len());
            assert_eq!(updates[0], ("steps".to_string(), 0, total));
            assert_eq!(updates[updates.len() - 1], ("steps".to_string(), total, total));
            assert!(updates.windows(2).all(|pair| pair[0].1 < pair[1].1), "{updates:?}");
        }
    }
}

#[desc_jit]
fn grown(rate: f64, steps: usize) -> f64 {
    let mut x = 1.0;
    for _ in progress("growth", 0..steps) {
        x *= rate;
    }
    x
}

#[test]
fn derivatives_of_loops_with_a_bar() {
    let slope = grad(grown::jit());
    let (value, updates) = watched_progress(|| slope(2.0, 10));
    assert_eq!(value, 10.0 * 512.0);
    assert!(updates.len() > 1);
}
