//! Roots of a function of one variable.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::Along;

/// Bisection (Numerical Recipes, section 9.1) of the cubic `x³ - p x - q` between `a` and `b`, where it has to have two
/// signs; not a number if it doesn't.
#[desc_jit]
fn bisection(p: f64, q: f64, a: f64, b: f64, tolerance: f64) -> f64 {
    let f = |x: f64| x * x * x - p * x - q;
    let (mut low, mut high) = (a, b);
    let mut f_low = f(low);
    if f_low == 0.0 {
        return low;
    }
    if f_low * f(high) > 0.0 {
        return f64::NAN;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        let f_middle = f(middle);
        if f_middle == 0.0 || (high - low) / 2.0 < tolerance {
            return middle;
        }
        if f_low * f_middle < 0.0 {
            high = middle;
        } else {
            low = middle;
            f_low = f_middle;
        }
    }
    0.5 * (low + high)
}

#[test]
fn bisection_finds_the_bracketed_root() {
    // Wallis's example, the oldest of Newton's method: x³ - 2x - 5.
    let root = agree!(bisection(2.0, 5.0, 2.0, 3.0, 1e-13));
    assert!((root - 2.094_551_481_542_326_6).abs() < 1e-12);
    assert_eq!(agree!(bisection(1.0, 0.0, -1.0, 3.0, 1e-13)), -1.0, "an end is a root");
    assert_eq!(agree!(bisection(1.0, 0.0, -2.0, 1.5, 0.0)), -1.0, "a middle is a root");
    assert!(agree!(bisection(2.0, 5.0, 3.0, 4.0, 1e-13)).is_nan(), "no change of sign");
    agree!(bisection(2.0, 5.0, 2.0, 3.0, 0.0));
}

/// The middles of brackets depend on the coefficients by comparisons alone, so that their derivative is 0, and on the ends
/// as what divides them.
#[test]
fn a_bisection_moves_with_its_ends_only() {
    for engine in Engine::ALL {
        let slope = with_engine(engine, || grad(bisection::jit())(2.0, 5.0, 2.0, 3.0, 1e-13));
        assert_eq!(slope, 0.0, "{engine}");
        let by_end =
            with_engine(engine, || grad(bisection::jit().wrt(argnums![2]))(2.0, 5.0, 2.0, 3.0, 1e-13));
        let share = 3.0 - bisection::native(2.0, 5.0, 2.0, 3.0, 1e-13);
        assert!((by_end - share).abs() < 1e-12, "{engine}: {by_end}");
    }
}

#[test]
fn brackets_are_halved_side_by_side() {
    let p = Array1::linspace(0.0, 3.0, 13);
    let q = Array1::linspace(5.0, 1.0, 13);
    let all = vmap(bisection::jit()).in_axes(in_axes![0, 0, _, _, _]);
    for engine in Engine::ALL {
        let roots = with_engine(engine, || all(&p, &q, 0.0, 4.0, 1e-13));
        for k in 0..p.len() {
            let alone = bisection::native(p[k], q[k], 0.0, 4.0, 1e-13);
            assert_eq!(roots[k].to_bits(), alone.to_bits(), "{k} on {engine}");
        }
    }
}

/// Newton's method (Numerical Recipes, section 9.4): the root, and the steps it took.
#[desc_jit]
fn newton(p: f64, q: f64, guess: f64, tolerance: f64) -> (f64, usize) {
    let mut x = guess;
    let mut steps = 0;
    for _ in 0..50 {
        let f = x.powi(3) - p * x - q;
        let slope = 3.0 * x.powi(2) - p;
        let dx = f / slope;
        x -= dx;
        steps += 1;
        if dx.abs() < tolerance {
            break;
        }
    }
    (x, steps)
}

#[desc_jit]
fn newton_root(p: f64, q: f64, guess: f64) -> f64 {
    let (x, _) = newton(p, q, guess, 1e-9);
    x
}

#[test]
fn newton_converges_quadratically() {
    let (root, steps) = agree!(newton(2.0, 5.0, 2.0, 1e-9));
    assert!((root - 2.094_551_481_542_326_6).abs() < 1e-15);
    assert_eq!(steps, 4);
    // From 0, x³ - 2x + 2 goes round between 0 and 1 for ever.
    assert_eq!(agree!(newton(2.0, -2.0, 0.0, 1e-9)), (0.0, 50));
    // A horizontal tangent leads to infinity, and from there nowhere.
    assert!(agree!(newton(3.0, -2.5, 1.0, 1e-9)).0.is_nan());
}

#[test]
fn a_root_moves_with_its_coefficients() {
    let f = newton_root::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| vec![newton_root::native(2.0 + 0.5 * t, 5.0 - t, 2.0)],
        forward: || vec![jvp(&f)(2.0, 5.0, 2.0, 0.5, -1.0).1],
        reverse: || {
            let (by_p, by_q) = grad(&f)(2.0, 5.0, 2.0);
            0.5 * by_p - by_q
        },
        weights: vec![1.0],
    }
    .check();
    let x = newton_root::native(2.0, 5.0, 2.0);
    let by_q = grad(newton_root::jit().wrt(argnums![1]))(2.0, 5.0, 2.0);
    assert!((by_q - 1.0 / (3.0 * x * x - 2.0)).abs() < 1e-14);
}

#[test]
fn a_batch_of_guesses_goes_to_different_roots() {
    let guesses = Array1::linspace(-2.0, 2.0, 12);
    let all = vmap(newton::jit()).in_axes(in_axes![_, _, 0, _]);
    for engine in Engine::ALL {
        let (roots, steps) = with_engine(engine, || all(1.0, 0.0, &guesses, 1e-9));
        for k in 0..guesses.len() {
            assert_eq!((roots[k], steps[k]), newton::native(1.0, 0.0, guesses[k], 1e-9), "{k} on {engine}");
        }
    }
}
