//! Closures in variables, functions inside functions, `const` blocks, unrolled loops.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn twice(x: f64, n: usize) -> f64 {
    let scale = 3.0 * x;
    let square = |v: f64| v * v;
    let line = |v, k: usize| -> f64 { scale * v + k as f64 };
    let mut y = square(x);
    for k in 0..n {
        y = line(y, k) / (1.0 + square(y));
    }
    y + square(line(y, 2))
}

#[test]
fn closures_are_called() {
    for n in [0, 1, 5] {
        agree!(twice(0.7, n));
    }
}

#[desc_jit]
fn rk4(y: f64, dt: f64, steps: usize) -> f64 {
    let f = |t: f64, y: f64| (t - y).sin() - 0.5 * y;
    let mut y = y;
    let mut t = 0.0;
    for _ in 0..steps {
        let k1 = f(t, y);
        let k2 = f(t + 0.5 * dt, y + 0.5 * dt * k1);
        let k3 = f(t + 0.5 * dt, y + 0.5 * dt * k2);
        let k4 = f(t + dt, y + dt * k3);
        y += dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        t += dt;
    }
    y
}

#[test]
fn a_right_side_is_a_closure() {
    agree!(rk4(1.0, 0.1, 20));
    let slope = grad(rk4::jit())(1.0, 0.1, 20);
    let h = 1e-5;
    let difference = (rk4::native(1.0 + h, 0.1, 20) - rk4::native(1.0 - h, 0.1, 20)) / (2.0 * h);
    assert!((slope - difference).abs() < 1e-8, "{slope} and {difference}");
}

#[desc_jit]
fn captures(x: &Array1<f64>, limit: f64) -> (f64, Array1<f64>) {
    let n = x.len();
    let mean = x.sum() / n as f64;
    let centred = |i: usize| {
        if x[i] > limit {
            return limit - mean;
        }
        x[i] - mean
    };
    let clip = |v: f64| v.min(limit);
    let mut variance = 0.0;
    for i in 0..n {
        let mean = centred(i);
        variance += mean * centred(i);
    }
    let largest = x.iter().map(|v| clip(*v)).fold(f64::NEG_INFINITY, f64::max);
    (variance + largest, x.mapv(clip))
}

#[test]
fn closures_read_what_is_around_them() {
    let x = Array1::from_vec(vec![1.0, 4.0, -2.0, 8.5]);
    agree!(captures(&x, 3.0));
    agree!(captures(&x, 30.0));
}

#[desc_jit]
fn by_value(n: usize) -> usize {
    let mut k = 3;
    let add = move |v: usize| v + k;
    k *= 10;
    let mut total = 0;
    while k > n {
        k -= add(1);
        total += add(k);
    }
    total
}

#[test]
fn a_closure_has_the_values_that_it_was_made_with() {
    for n in [0, 7, 100] {
        agree!(by_value(n + 5));
    }
}

#[desc_jit]
fn composed(x: f64) -> f64 {
    let a = |v: f64| v + 1.0;
    let b = |v: f64| a(v) * 2.0;
    let c = |f: f64| b(a(f));
    fori_loop(0, 3, |_, v| c(v), x)
}

#[test]
fn closures_call_closures() {
    agree!(composed(0.5));
}

#[desc_jit]
fn outer(x: f64, n: usize) -> f64 {
    const WEIGHT: f64 = 0.25;

    #[desc_jit]
    fn inner(v: f64, k: usize) -> f64 {
        if k % 2 == 0 {
            return v * WEIGHT;
        }
        v + k as f64
    }

    let mut y = x;
    for k in 0..n {
        y = inner(y, k);
    }
    y + const { WEIGHT * 8.0 }
}

#[test]
fn functions_stand_inside_functions() {
    for n in [0, 3, 4] {
        agree!(outer(2.0, n));
    }
}

#[desc_jit]
fn unrolled(x: &Array2<f64>) -> Array1<f64> {
    let mut out = Array1::<f64>::zeros(x.nrows());
    for i in 0..x.nrows() {
        let mut s = 0.0;
        #[unroll]
        for j in 0..x.ncols() {
            if j == 1 {
                continue;
            }
            s = s * 0.5 + x[[i, j]].powi(j as i32);
        }
        out[i] = s;
    }
    out
}

#[test]
fn loops_are_unrolled() {
    let x = Array2::from_shape_fn((3, 4), |(i, j)| 0.5 + (i * 4 + j) as f64);
    agree!(unrolled(&x));
    let graph = unrolled::graph(&x).unwrap().to_string();
    assert_eq!(graph.matches("= for{").count(), 1, "{graph}");
}

#[desc_jit]
fn unrolled_by_a_traced_count(x: f64, n: usize) -> f64 {
    let mut y = x;
    #[unroll]
    for _ in 0..n {
        y *= x;
    }
    y
}

#[test]
fn what_is_unrolled_is_known_when_it_is_staged() {
    let error = unrolled_by_a_traced_count::try_call(2.0, 3).unwrap_err().to_string();
    assert!(error.contains("it depends on `n`") && error.contains("static(n)"), "{error}");
    assert_eq!(unrolled_by_a_traced_count::native(2.0, 3), 16.0);
}

#[desc_jit]
fn sums_up(x: &Array1<f64>, n: usize) -> (f64, usize, f64) {
    let mut total = 0.0;
    let mut calls = 0;
    let weight = 0.5;
    let mut add = |v: f64| {
        if v > 2.0 {
            return;
        }
        calls += 1;
        total += weight * v;
    };
    let weight = 100.0;
    add(1.0);
    for i in 0..n {
        add(x[i]);
        if i > 1 {
            add(-1.0);
        }
    }
    x.iter().copied().for_each(&mut add);
    (total, calls, weight)
}

#[desc_jit]
fn generators(n: usize, start: u64) -> (f64, u64, Array1<f64>) {
    let mut seed = start;
    let mut draw = || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut sum = 0.0;
    for _ in 0..n {
        sum += draw() * draw();
    }
    if draw() > 0.5 {
        sum -= draw();
    }
    let noise: Array1<f64> = (0..3).map(|i| i as f64 + draw()).collect();
    // `move` counts in a copy.
    let mut count = 10;
    let mut next = move || {
        count += 1;
        count
    };
    let twice = next() + next();
    count += 1;
    (sum, seed % 1000 + twice + count, noise)
}

#[desc_jit]
fn counted(a: f64, b: f64) -> (f64, usize) {
    let mut evaluations = 0;
    let mut f = |x: f64| {
        evaluations += 1;
        x * x - 2.0
    };
    let (mut low, mut high) = (a, b);
    let mut at_low = f(low);
    while high - low > 1e-6 {
        let middle = 0.5 * (low + high);
        let value = f(middle);
        if value * at_low > 0.0 {
            (low, at_low) = (middle, value);
        } else {
            high = middle;
        }
    }
    (low, evaluations)
}

#[desc_jit]
fn exchanges(x: &Array1<f64>, shift: f64) -> Array1<f64> {
    let mut y = x.clone();
    let mut exchange = |i: usize, j: usize| (y[i], y[j]) = (2.0 * y[j], y[i] + shift);
    for i in 1..x.len() {
        exchange(i - 1, i);
    }
    exchange(0, x.len() - 1);
    y
}

#[test]
fn closures_assign_what_they_capture() {
    let x = Array1::from_vec(vec![0.5, 3.0, -1.5, 1.0]);
    for n in [0, 2, 4] {
        agree!(sums_up(&x, n));
        agree!(generators(n, 7));
    }
    agree!(counted(1.0, 2.0));
    agree!(exchanges(&x, 0.3));
}

#[desc_jit]
fn with_constants(x: f64) -> f64 {
    const SCALE: f64 = 2.0;
    let mut total = x;
    let mut add = |v: f64| total += SCALE * v;
    {
        const OTHER: f64 = 3.0;
        add(OTHER);
        if x > 0.0 {
            const OTHER: f64 = 5.0;
            add(OTHER * x);
        }
    }
    total
}

#[test]
fn closures_that_assign_read_constants() {
    assert_eq!(agree!(with_constants(1.5)), 1.5 + 6.0 + 15.0);
    agree!(with_constants(-1.5));
}
