//! Long tapes of loops in loops: as long as all runs of the inner one together.

use super::close;
use desc_jit::prelude::*;

/// Square roots by Newton's iteration, of every other number; the bound is far from what is asked for.
#[desc_jit]
fn roots(a: f64, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n.min(100_000) {
        let target = a + i as f64;
        let mut x = target;
        if i % 2 == 0 {
            while (x * x - target).abs() > 1e-13 * target {
                x = 0.5 * (x + target / x);
            }
            // Of the last step of the iteration the derivative has half the digits.
            x = 0.5 * (x + target / x);
        }
        sum += x;
    }
    sum
}

fn slope_of_roots(a: f64, n: usize) -> f64 {
    (0..n).map(|i| if i % 2 == 0 { 0.5 / (a + i as f64).sqrt() } else { 1.0 }).sum()
}

#[test]
fn runs_of_while_share_a_tape() {
    let slope = grad(roots::jit());
    let graph = slope.graph(2.0, 50).unwrap().to_string();
    assert!(!graph.contains("f64[100000, "), "{graph}");
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            close(slope(2.0, 50), slope_of_roots(2.0, 50));
            close(slope(3.0, 1), slope_of_roots(3.0, 1));
            assert_eq!(slope(3.0, 0), 0.0);
            let second: f64 = (0..50).step_by(2).map(|i| -0.25 * (2.0 + i as f64).powf(-1.5)).sum();
            close(grad(grad(roots::jit()))(2.0, 50), second);
            close(jvp(grad(roots::jit()))(2.0, 50, 1.0).1, second);
        });
    }
}

#[test]
fn runs_that_are_longer_together_than_their_tape() {
    // All of them take 7 times as long a tape as the first one is.
    close(grad(roots::jit())(2.0, 100_000), slope_of_roots(2.0, 100_000));
}

/// `x^(1 + 2 + .. )` by products: the inner loop runs as often as its caller says, in two loops of which one is short.
#[desc_jit]
fn powers(x: f64, n: usize, m: i64) -> f64 {
    let mut sum = 0.0;
    for i in 0..n.min(50_000) {
        for k in 0..3 {
            let mut y = x;
            for _ in (k as i64)..(m - i as i64) {
                let mut z = y;
                for _ in 0..2 {
                    z *= x;
                }
                y = z;
            }
            sum += y;
        }
    }
    sum
}

fn slope_of_powers(x: f64, n: i64, m: i64) -> f64 {
    let exponents = (0..n).flat_map(|i| (0..3).map(move |k| 1 + 2 * (m - i - k).max(0)));
    exponents.map(|e| e as f64 * x.powi(e as i32 - 1)).sum()
}

#[test]
fn runs_of_for_share_a_tape() {
    let slope = grad(powers::jit());
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            // Some of the loops have no iterations, or fewer than none.
            for (n, m) in [(0, 3), (1, 0), (1, 3), (5, 3), (4, -9), (7, 12)] {
                close(slope(0.9, n, m), slope_of_powers(0.9, n as i64, m));
            }
        });
    }
}

/// Three loops of which nothing bounds any: the outermost one takes 3,000 steps.
#[desc_jit]
fn halved(x: f64) -> f64 {
    let (mut y, mut outer) = (x, 1.0);
    while outer > 0.05 {
        outer *= 0.999;
        let mut middle = 1.0;
        while middle > 0.3 {
            middle *= 0.5;
            let mut inner = 1.0;
            while inner > 0.3 {
                inner *= 0.5;
                y += 1e-5 * (y * inner).sin();
            }
        }
    }
    y
}

#[test]
fn runs_in_runs() {
    let near = |h: f64| (halved(0.7 + h) - halved(0.7 - h)) / (2.0 * h);
    let expected = (4.0 * near(5e-5) - near(1e-4)) / 3.0;
    let found = grad(halved::jit())(0.7);
    assert!((found - expected).abs() < 1e-10 * expected.abs(), "{found} {expected}");
    close(jvp(halved::jit())(0.7, 1.0).1, found);
}
