//! Integrals: the rules of Newton and Cotes, Romberg's extrapolation, Simpson's rule where it is needed.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::Along;

/// The trapezoidal rule (Numerical Recipes, section 4.2), here for a bell of width `s`.
#[desc_jit]
fn trapezoid(a: f64, b: f64, n: usize, s: f64) -> f64 {
    let f = |x: f64| (-(x / s).powi(2)).exp();
    let h = (b - a) / n as f64;
    let mut sum = 0.5 * (f(a) + f(b));
    for i in 1..n {
        sum += f(a + i as f64 * h);
    }
    h * sum
}

/// Simpson's rule, as people write it with iterators.
#[desc_jit]
pub fn simpson(a: f64, b: f64, n: usize, s: f64) -> f64 {
    assert!(n % 2 == 0 && n > 0, "Simpson's rule wants an even number of intervals, not {n}");
    let f = |x: f64| (-(x / s).powi(2)).exp();
    let h = (b - a) / n as f64;
    let odd: f64 = (1..n).step_by(2).map(|i| f(a + i as f64 * h)).sum();
    let even: f64 = (2..n).step_by(2).map(|i| f(a + i as f64 * h)).sum();
    h / 3.0 * (f(a) + 4.0 * odd + 2.0 * even + f(b))
}

/// The integral of `exp(-x^2)` from 0 to 1.
const BELL: f64 = 0.746_824_132_812_427;

#[test]
fn the_area_under_a_bell() {
    let (mut last, mut last_simpson) = (f64::NAN, f64::NAN);
    for n in [8, 16, 32, 64] {
        let error = agree!(trapezoid(0.0, 1.0, n, 1.0), ulps = 4) - BELL;
        let error_simpson = agree!(simpson(0.0, 1.0, n, 1.0), ulps = 4) - BELL;
        assert!(last.is_nan() || (last / error - 4.0).abs() < 0.01, "{last} {error}");
        assert!(last_simpson.is_nan() || (last_simpson / error_simpson - 16.0).abs() < 0.5);
        (last, last_simpson) = (error, error_simpson);
    }
    let error = simpson::try_call(0.0, 1.0, 7, 1.0).unwrap_err();
    assert_eq!(error.message(), "Simpson's rule wants an even number of intervals, not 7");
}

/// The derivative by a bound is the integrand, that by the width an integral of its own.
#[test]
fn integrals_are_differentiated() {
    let exact = (-1.0_f64).exp();
    let by_all = grad(simpson::jit().wrt(argnums![0, 1, 3]));
    let (by_a, by_b, by_s) = by_all(0.0, 1.0, 200, 1.0);
    assert!((by_a + 1.0).abs() < 1e-9 && (by_b - exact).abs() < 1e-9, "{by_a} {by_b}");
    // The integral scales: I(0, b, s) = s I(0, b / s, 1).
    assert!((by_s - (BELL - exact)).abs() < 1e-9, "{by_s}");
    type Rule = fn(f64, f64, usize, f64) -> f64;
    for (f, native) in [(simpson::jit(), simpson::native as Rule), (trapezoid::jit(), trapezoid::native)] {
        let f = f.wrt(argnums![0, 1, 3]);
        Along {
            value: |t: f64| vec![native(0.1 + 0.5 * t, 1.0 - t, 20, 0.8 + 0.3 * t)],
            forward: || vec![jvp(&f)(0.1, 1.0, 20, 0.8, 0.5, -1.0, 0.3).1],
            reverse: || {
                let (a, b, s) = grad(&f)(0.1, 1.0, 20, 0.8);
                0.5 * a - b + 0.3 * s
            },
            weights: vec![1.0],
        }
        .check();
    }
}

/// Romberg's integration (Stoer and Bulirsch, section 3.4) of `x^p ln x`: the value and how many times the interval was
/// halved.
#[desc_jit]
fn romberg(a: f64, b: f64, p: f64, tolerance: f64) -> (f64, usize) {
    const LEVELS: usize = 14;
    let f = |x: f64| x.powf(p) * x.ln();
    let mut r = [[0.0; LEVELS]; LEVELS];
    let mut h = b - a;
    r[0][0] = 0.5 * h * (f(a) + f(b));
    for i in 1..LEVELS {
        h *= 0.5;
        let mut sum = 0.0;
        for k in 0..1 << (i - 1) {
            sum += f(a + (2 * k + 1) as f64 * h);
        }
        r[i][0] = 0.5 * r[i - 1][0] + h * sum;
        let mut factor = 1.0;
        for j in 1..=i {
            factor *= 4.0;
            r[i][j] = r[i][j - 1] + (r[i][j - 1] - r[i - 1][j - 1]) / (factor - 1.0);
        }
        if i >= 4 && (r[i][i] - r[i - 1][i - 1]).abs() < tolerance * r[i][i].abs() {
            return (r[i][i], i);
        }
    }
    panic!("no convergence between {a} and {b}");
}

/// The value alone.
#[desc_jit]
fn integral(a: f64, b: f64, p: f64) -> f64 {
    romberg(a, b, p, 1e-13).0
}

#[test]
fn an_extrapolated_integral() {
    // The antiderivative of x^p ln x is x^(p+1) (ln x / (p + 1) - 1 / (p + 1)^2).
    let exact = |a: f64, b: f64, p: f64| {
        let f = |x: f64| x.powf(p + 1.0) * (x.ln() / (p + 1.0) - (p + 1.0).powi(-2));
        f(b) - f(a)
    };
    for (a, b, p) in [(1.0, 2.0, 2.0), (0.5, 3.0, 0.5), (2.0, 1.0, 3.0)] {
        let (value, levels) = agree!(romberg(a, b, p, 1e-13), ulps = 16, compiled = 16);
        assert!((value / exact(a, b, p) - 1.0).abs() < 1e-12, "{value} and {}", exact(a, b, p));
        assert!(levels < 10, "{levels}");
    }
    let error = romberg::try_call(1.0, 2.0, 2.0, 0.0).unwrap_err();
    assert_eq!(error.message(), "no convergence between 1 and 2");
}

#[test]
fn an_extrapolated_integral_is_differentiated() {
    let f = integral::jit().wrt(argnums![0, 1, 2]);
    Along {
        value: |t: f64| vec![integral::native(1.0 + 0.3 * t, 2.0 - t, 2.0 + 0.7 * t)],
        forward: || vec![jvp(&f)(1.0, 2.0, 2.0, 0.3, -1.0, 0.7).1],
        reverse: || {
            let (a, b, p) = grad(&f)(1.0, 2.0, 2.0);
            0.3 * a - b + 0.7 * p
        },
        weights: vec![1.0],
    }
    .check();
}

/// Integrals of a batch stop at different levels.
#[test]
fn a_batch_of_integrals() {
    let a = Array1::linspace(0.2, 1.0, 9);
    let p = Array1::linspace(-1.0, 3.0, 9);
    let all = vmap(integral::jit()).in_axes(in_axes![0, _, 0]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let values = all(&a, 2.0, &p);
            for k in 0..9 {
                assert_eq!(values[k], integral(a[k], 2.0, p[k]), "{k} on {engine}");
            }
        });
    }
}

/// Each with as many intervals as it wants.
#[test]
fn bells_side_by_side() {
    let widths = Array1::linspace(0.2, 3.0, 7);
    let intervals = Array1::from_vec(vec![2, 40, 8, 64, 100, 6, 22]);
    let by_trapezoids = vmap(trapezoid::jit()).in_axes(in_axes![_, _, 0, 0]);
    let by_simpson = vmap(simpson::jit()).in_axes(in_axes![_, _, 0, 0]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let rough = by_trapezoids(-0.5, 1.5, &intervals, &widths);
            let fine = by_simpson(-0.5, 1.5, &intervals, &widths);
            for k in 0..7 {
                let (n, s) = (intervals[k], widths[k]);
                assert_eq!(rough[k], trapezoid(-0.5, 1.5, n, s), "{k} on {engine}");
                assert_eq!(fine[k], simpson(-0.5, 1.5, n, s), "{k} on {engine}");
            }
            let odd = &intervals + 1;
            let error = by_simpson.try_call(-0.5, 1.5, &odd, &widths).unwrap_err();
            assert!(error.message().ends_with("not 3"), "{engine}: {error}");
        });
    }
}

/// Adaptive Simpson integration (Kincaid and Cheney, section 7.5) with a stack instead of recursion, of `sqrt(x)` with a
/// kink at `c`: the value and the number of intervals.
#[desc_jit]
pub fn adaptive(a: f64, b: f64, c: f64, tolerance: f64) -> (f64, usize) {
    const DEPTH: usize = 40;
    let f = |x: f64| (x - c).abs().sqrt();
    let rule = |a: f64, b: f64| (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b));
    let mut stack = [(0.0, 0.0); DEPTH];
    let mut top = 1;
    stack[0] = (a, b);
    let (mut sum, mut intervals) = (0.0, 0);
    while top > 0 {
        top -= 1;
        let (left, right) = stack[top];
        let middle = 0.5 * (left + right);
        let whole = rule(left, right);
        let halves = rule(left, middle) + rule(middle, right);
        let small = (halves - whole).abs() <= 15.0 * tolerance * (right - left) / (b - a);
        if small || top + 2 > DEPTH {
            sum += halves + (halves - whole) / 15.0;
            intervals += 1;
            continue;
        }
        stack[top] = (middle, right);
        stack[top + 1] = (left, middle);
        top += 2;
    }
    (sum, intervals)
}

#[test]
fn intervals_are_divided_where_it_helps() {
    let exact = |a: f64, b: f64, c: f64| 2.0 / 3.0 * ((b - c).powf(1.5) + (c - a).powf(1.5));
    for c in [0.3, 0.5, 1.0] {
        let (value, intervals) = agree!(adaptive(0.0, 1.0, c, 1e-8));
        assert!((value - exact(0.0, 1.0, c)).abs() < 1e-7, "{value}");
        assert!((20..500).contains(&intervals), "{intervals}");
    }
}
