//! Loops whose trip count is known only at run time, in reverse mode: the first run may need a longer tape.

use super::{all_close, close};
use desc_jit::prelude::*;

/// Newton's iteration is left out on purpose: every step halves.
#[desc_jit]
fn shrunk(x: f64, limit: f64) -> f64 {
    let mut y = x;
    while y > limit {
        y *= 0.99;
    }
    y
}

#[test]
fn a_loop_longer_than_the_first_tape() {
    // 0.99^n <= limit.
    for (limit, steps) in [(0.5, 69), (0.01, 459), (1e-9, 2062)] {
        close(grad(shrunk::jit())(1.0, limit), 0.99_f64.powi(steps));
    }
    // The longer tape is kept.
    let before = grad(shrunk::jit()).cache_stats();
    close(grad(shrunk::jit())(1.0, 1e-9), 0.99_f64.powi(2062));
    let after = grad(shrunk::jit()).cache_stats();
    assert_eq!((after.misses, after.hits, after.entries), (before.misses, before.hits + 1, 1));
}

#[desc_jit]
fn shrunk_all(x: Array1<f64>, limit: f64) -> f64 {
    let mut x = x;
    while x[0] > limit {
        for i in 0..x.len() {
            x[i] = x[i] * 0.99;
        }
    }
    x.sum()
}

#[test]
fn an_argument_that_was_given_away_survives_the_first_run() {
    let slope = grad(shrunk_all::jit());
    let expected = 0.99_f64.powi(459);
    all_close(slope(Array1::from_vec(vec![1.0, 5.0]), 0.01).iter(), &[expected, expected]);
}

#[test]
fn threads_grow_one_tape() {
    #[desc_jit]
    fn shrunk_here(x: f64, limit: f64) -> f64 {
        let mut y = x;
        while y > limit {
            y *= 0.99;
        }
        y
    }
    let slope = grad(shrunk_here::jit());
    std::thread::scope(|scope| {
        for (limit, steps) in [(0.5, 69), (0.01, 459), (1e-9, 2062), (1e-9, 2062)] {
            let slope = &slope;
            scope.spawn(move || close(slope(1.0, limit), 0.99_f64.powi(steps)));
        }
    });
    assert_eq!(slope.cache_stats().entries, 1);
}

/// Values that only every third iteration has, in one of two arms.
#[desc_jit]
fn seldom(x: f64, steps: usize) -> f64 {
    let mut y = x;
    for t in 0..steps {
        if t % 3 == 0 {
            let s = y.sin();
            y = if s > 0.5 { y * s } else { y + s * s };
        }
        y *= 1.01;
    }
    y
}

#[test]
fn tapes_are_not_cleared() {
    let slope = grad(seldom::jit());
    let graph = slope.graph(0.7, 20).unwrap().to_string();
    assert!(graph.contains("= empty()"), "{graph}");
    let parsed: Graph = graph.parse().unwrap_or_else(|e| panic!("{e}\n{graph}"));
    assert_eq!(parsed.to_string(), graph);
    // Whatever lies where a tape is made. In tests that is a NaN; here also what other calls left behind.
    let near = |x: f64| (seldom(x + 1e-6, 20) - seldom(x - 1e-6, 20)) / 2e-6;
    let curve = grad(grad(seldom::jit()));
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            for x in [0.7, 1.3, -0.4] {
                assert!((slope(x, 20) - near(x)).abs() < 1e-7 * near(x).abs().max(1.0), "{engine}");
                let second = (slope(x + 1e-6, 20) - slope(x - 1e-6, 20)) / 2e-6;
                assert!((curve(x, 20) - second).abs() < 1e-6 * second.abs().max(1.0), "{engine}");
                let across = jvp(grad(seldom::jit()))(x, 20, 1.0).1;
                assert!((across - curve(x, 20)).abs() < 1e-12 * across.abs().max(1.0), "{engine}");
            }
        });
    }
}

/// Each element goes to `u / (1 + 10,000 h u)`.
#[desc_jit]
fn decayed(u: &Array1<f64>, h: f64) -> f64 {
    let mut u = u.clone();
    for _ in 0..10_000 {
        for i in 0..u.len() {
            u[i] = u[i] / (1.0 + h * u[i]);
        }
    }
    u.sum()
}

#[test]
fn a_tape_that_would_be_too_large_is_made_in_segments() {
    let slope = grad(decayed::jit());
    let start = |n: usize| Array1::from_shape_fn(n, |i| 0.5 + i as f64 / n as f64);
    // 1.2 GiB, or a hundred rows and a hundred more.
    let (n, h) = (16_384, 1e-4);
    let graph = slope.graph(&start(n), h).unwrap().to_string();
    assert!(graph.contains("f64[100,16384] = empty()") && !graph.contains("f64[10000,"), "{graph}");
    let small = slope.graph(&start(10), h).unwrap().to_string();
    assert!(small.contains("f64[10000,10] = empty()"), "{small}");
    let u = start(n);
    for (u, d) in u.iter().zip(slope(&u, h).iter()) {
        let exact = (1.0 + 10_000.0 * h * u).powi(-2);
        assert!((d - exact).abs() < 1e-10 * exact, "{d} {exact}");
    }
}

/// What is large moves faster.
#[desc_jit]
fn moved(u: &Array1<f64>, c: f64) -> Array1<f64> {
    let mut next = u.clone();
    for i in 1..u.len() {
        next[i] = u[i] - c * u[i] * (u[i] - u[i - 1]);
    }
    next
}

#[desc_jit]
fn carried_along(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let mut u = u.clone();
    for _ in 0..steps {
        u = moved(&u, c);
    }
    0.5 * (&u * &u).sum()
}

#[desc_jit]
fn carried_along_for_long(u: &Array1<f64>, c: f64) -> f64 {
    carried_along(u, c, 3000)
}

/// The same by hand, with all steps kept.
fn gradient_of_carried_along(u: &Array1<f64>, c: f64, steps: usize) -> Array1<f64> {
    let mut tape = vec![u.clone()];
    for k in 0..steps {
        tape.push(moved::native(&tape[k], c));
    }
    let mut d = tape[steps].clone();
    for u in tape[..steps].iter().rev() {
        let mut before = d.clone();
        for i in 1..u.len() {
            before[i] = d[i] * (1.0 - c * (2.0 * u[i] - u[i - 1]));
            before[i] += if i + 1 < u.len() { c * u[i + 1] * d[i + 1] } else { 0.0 };
        }
        before[0] += c * u[1] * d[1];
        d = before;
    }
    d
}

#[test]
fn cheap_steps_are_run_again_where_their_tape_fits_no_cache() {
    let n = 4000;
    let u = Array1::from_shape_fn(n, |i| 0.5 + 0.4 * (i as f64 / 300.0).sin());
    // 92 MiB, or 94 rows and 32 more.
    let slope = grad(carried_along_for_long::jit());
    let graph = slope.graph(&u, 0.2).unwrap().to_string();
    assert!(graph.contains("f64[94,4000] = empty()") && graph.contains("f64[32,4000] = empty()"), "{graph}");
    all_close(&slope(&u, 0.2), gradient_of_carried_along(&u, 0.2, 3000).as_slice().unwrap());
    // Of steps whose number nobody knows the places become more until they are enough.
    let slope = grad(carried_along::jit());
    for steps in [3000, 0, 1, 31, 32, 33, 65] {
        let exact = gradient_of_carried_along(&u, 0.2, steps);
        all_close(&slope(&u, 0.2, steps), exact.as_slice().unwrap());
    }
}

#[desc_jit]
fn carried_along_again(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let mut u = u.clone();
    #[checkpoint]
    for _ in 0..steps {
        u = moved(&u, c);
    }
    0.5 * (&u * &u).sum()
}

#[test]
fn a_checkpointed_loop_with_more_segments_than_there_are_places() {
    let u = Array1::from_shape_fn(20, |i| 0.5 + 0.4 * (i as f64 / 3.0).sin());
    for steps in [0, 1, 2, 63, 64 * 64, 64 * 64 + 1, 20_000, 5] {
        let exact = gradient_of_carried_along(&u, 0.2, steps);
        all_close(&grad(carried_along_again::jit())(&u, 0.2, steps), exact.as_slice().unwrap());
    }
}

/// How often the loop runs is known up to three.
#[desc_jit]
fn from_a_few(x: f64, k: usize, j: i64) -> f64 {
    let mut y = x;
    for _ in k.min(4)..50 {
        y = (1.1 * y).sin();
    }
    for _ in 0..40 - j.min(3) {
        y = (1.2 * y).sin();
    }
    y
}

#[test]
fn bounds_of_which_one_end_is_known() {
    for (k, j) in [(0, 3), (2, -5), (9, 9)] {
        let f = |x| from_a_few::native(x, k, j);
        let slope = (f(0.5 + 1e-6) - f(0.5 - 1e-6)) / 2e-6;
        assert!((grad(from_a_few::jit())(0.5, k, j) - slope).abs() < 1e-8);
        let near = |x: f64| grad(from_a_few::jit())(x, k, j);
        let bend = (near(0.5 + 1e-6) - near(0.5 - 1e-6)) / 2e-6;
        assert!((hessian(from_a_few::jit())(0.5, k, j) - bend).abs() < 1e-7);
    }
}

/// One element a step.
#[desc_jit]
fn recurrence(a: &Array1<f64>, r: f64) -> f64 {
    let mut a = a.clone();
    for i in 1..a.len() {
        a[i] = r * a[i - 1] * (1.0 - a[i - 1]) + 0.1 * a[i];
    }
    (&a * &a).sum()
}

/// The same by functional updates.
#[desc_jit]
fn updates(a: &Array1<f64>, r: f64) -> f64 {
    let mut a = a.clone();
    for i in 1..a.len() {
        a = a.at(i).mul(r * a[i - 1]).at(i).min(2.0 - a[i - 1]);
    }
    (&a * &a).sum()
}

/// How many numbers all values of a graph have together.
fn numbers_of(graph: &Graph) -> usize {
    graph.values.iter().map(|v| v.ty.shape.iter().product::<usize>()).sum()
}

#[test]
fn the_tape_of_a_recurrence_is_linear() {
    let start = |n: usize| Array1::from_shape_fn(n, |i| 0.5 + 0.4 * (0.7 * i as f64).sin());
    let (slope, curve) = (grad(recurrence::jit()), jvp(grad(recurrence::jit())));
    let (slope_of_updates, curve_of_updates) = (grad(updates::jit()), jvp(grad(updates::jit())));
    let per_step = |n: usize| {
        let (a, t) = (start(n), Array1::ones(n));
        let graphs = [slope.graph(&a, 2.5), slope_of_updates.graph(&a, 2.5)];
        let seconds = [curve.graph(&a, 2.5, &t), curve_of_updates.graph(&a, 2.5, &t)];
        graphs.into_iter().chain(seconds).map(|g| numbers_of(&g.unwrap()) as f64 / n as f64).collect()
    };
    let (small, large): (Vec<f64>, Vec<f64>) = (per_step(2000), per_step(4000));
    for (small, large) in small.iter().zip(&large) {
        // As many numbers a step, whatever the number of steps.
        assert!(large <= small && *small < 100.0, "{small} {large}");
    }
    // The derivative by hand, in the same order.
    let (mut a, a0) = (start(4000), start(4000));
    for i in 1..a.len() {
        a[i] = 2.5 * a[i - 1] * (1.0 - a[i - 1]) + 0.1 * a[i];
    }
    let mut adjoint = &a * 2.0;
    for i in (1..a.len()).rev() {
        adjoint[i - 1] += adjoint[i] * 2.5 * (1.0 - 2.0 * a[i - 1]);
        adjoint[i] *= 0.1;
    }
    all_close(&slope(&a0, 2.5), adjoint.as_slice().unwrap());
    let a = start(50);
    let (_, along) = jvp(updates::jit().wrt(argnums![1]))(&a, 1.5, 1.0);
    let by_r = grad(updates::jit().wrt(argnums![1]))(&a, 1.5);
    let near = (updates::native(&a, 1.5 + 1e-5) - updates::native(&a, 1.5 - 1e-5)) / 2e-5;
    close(along, by_r);
    assert!((by_r - near).abs() < 1e-7 * near.abs().max(1.0), "{by_r} {near}");
}
