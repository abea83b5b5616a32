//! `break`, `continue`, `return`, from any depth.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn bisection(a: f64, b: f64, tolerance: f64) -> f64 {
    let (mut a, mut b) = (a, b);
    let f = a * a * a - a - 2.0;
    if f == 0.0 {
        return a;
    }
    for _ in 0..200 {
        let middle = 0.5 * (a + b);
        let value = middle * middle * middle - middle - 2.0;
        if value == 0.0 || 0.5 * (b - a) < tolerance {
            return middle;
        }
        if value * f > 0.0 {
            a = middle;
        } else {
            b = middle;
        }
    }
    f64::NAN
}

#[test]
fn a_value_is_returned_from_inside_a_loop() {
    agree!(bisection(1.0, 2.0, 1e-12));
    agree!(bisection(1.0, 2.0, 0.0));
    agree!(bisection(1.0, 2.0, -1.0));
}

#[desc_jit]
fn first_above(x: &Array1<f64>, limit: f64) -> usize {
    let mut found = x.len();
    for i in 0..x.len() {
        if x[i] > limit {
            found = i;
            break;
        }
    }
    found
}

#[test]
fn a_loop_is_left_at_the_first_of_many() {
    let x = Array1::from_vec(vec![1.0, 4.0, 2.0, 8.0, 5.0]);
    for limit in [0.0, 1.0, 4.0, 7.0, 9.0] {
        agree!(first_above(&x, limit));
    }
}

#[desc_jit]
fn sum_of_the_odd(n: usize, last: usize) -> usize {
    let mut sum = 0;
    for i in 0..n {
        if i % 2 == 0 {
            continue;
        }
        if i > last {
            break;
        }
        sum += i;
    }
    sum
}

#[test]
fn iterations_end_early() {
    for n in [0, 1, 7, 20] {
        agree!(sum_of_the_odd(n, 11));
    }
}

#[desc_jit]
fn continue_in_the_middle(x: &Array1<f64>, low: f64, high: f64) -> (f64, usize) {
    let (mut sum, mut count) = (0.0, 0);
    for i in 0..x.len() {
        if x[i] > low {
            sum += 1.0;
            if x[i] > high {
                count += 1;
                continue;
            }
            sum += 10.0;
        }
        sum += x[i];
    }
    (sum, count)
}

#[test]
fn a_continue_passes_over_what_follows_its_branch() {
    let x = Array1::from_vec(vec![1.0, 4.0, 2.0, 8.0, 5.0]);
    agree!(continue_in_the_middle(&x, 1.5, 4.5));
    agree!(continue_in_the_middle(&x, 9.0, 9.0));
}

#[desc_jit]
fn pythagorean(n: usize, perimeter: usize) -> (usize, usize, usize) {
    let mut triple = (0, 0, 0);
    'search: for a in 1..n {
        for b in a..n {
            let c = perimeter as i64 - a as i64 - b as i64;
            if c <= b as i64 {
                continue 'search;
            }
            if (a * a + b * b) as i64 == c * c {
                triple = (a, b, c as usize);
                break 'search;
            }
        }
    }
    triple
}

#[test]
fn labels_name_the_loop() {
    for perimeter in [12, 13, 30, 40, 56] {
        agree!(pythagorean(20, perimeter));
    }
}

#[desc_jit]
fn newton(x: f64, steps: usize) -> (f64, usize) {
    let mut x = x;
    let mut k = 0;
    let root = loop {
        if k == steps {
            break f64::INFINITY;
        }
        let step = (x * x - 2.0) / (2.0 * x);
        if step.abs() < 1e-10 {
            break x;
        }
        x -= step;
        k += 1;
    };
    (root, k)
}

#[test]
fn a_loop_has_a_value() {
    agree!(newton(1.0, 100));
    agree!(newton(1.0, 2));
    agree!(newton(1.0, 0));
}

#[desc_jit]
fn collatz(n: u32) -> u32 {
    let mut n = n;
    let mut steps = 0;
    loop {
        if n == 1 {
            return steps;
        }
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
}

#[test]
fn a_function_ends_in_a_loop() {
    for n in [1, 2, 7, 27] {
        agree!(collatz(n));
    }
}

#[desc_jit]
fn condition_after_break(x: &Array1<f64>) -> f64 {
    let mut i = 0;
    let mut sum = 0.0;
    // The condition is out of range where the loop is left.
    while x[i] > 0.0 {
        sum += x[i];
        i += 1;
        if i == x.len() {
            break;
        }
    }
    sum
}

#[test]
fn the_condition_is_not_evaluated_after_a_break() {
    agree!(condition_after_break(&Array1::from_vec(vec![1.0, 2.0, 3.0])));
    agree!(condition_after_break(&Array1::from_vec(vec![1.0, -2.0, 3.0])));
}

#[desc_jit]
fn sign(x: f64) -> i64 {
    if x > 0.0 {
        return 1;
    } else if x < 0.0 {
        return -1;
    }
    0
}

#[desc_jit]
fn signs(x: &Array1<f64>) -> Array1<i64> {
    let mut out = Array1::<i64>::zeros(x.len());
    for i in 0..x.len() {
        out[i] = sign(x[i]);
    }
    out
}

#[test]
fn a_branch_returns_from_a_function_that_is_called() {
    agree!(signs(&Array1::from_vec(vec![1.0, -2.0, 0.0, f64::NAN])));
}

#[desc_jit]
fn guards(x: f64, n: usize) -> f64 {
    let y = if x > 1.0 { x } else { return -1.0 };
    let mut sum = y;
    for i in 0..n {
        let term = if i == 3 { continue } else { y * i as f64 };
        sum += if term > 100.0 { break } else { term };
    }
    sum
}

#[test]
fn a_branch_of_a_let_jumps() {
    agree!(guards(0.5, 4));
    agree!(guards(2.5, 8));
    agree!(guards(30.0, 8));
}

#[desc_jit]
fn labelled(x: f64) -> f64 {
    let kind = 'kind: {
        if x < 0.0 {
            break 'kind 1.0;
        }
        let root = x.sqrt();
        for k in 0..5 {
            if root < k as f64 {
                break 'kind 2.0 + k as f64;
            }
        }
        100.0
    };
    kind * x
}

#[test]
fn blocks_have_labels() {
    for x in [-1.0, 0.5, 3.0, 1000.0] {
        agree!(labelled(x));
    }
}

#[desc_jit]
fn deep(x: &Array2<f64>, limit: f64) -> (f64, usize) {
    let mut count = 0;
    let mut sum = 0.0;
    let mut k = 0;
    'outer: while k < 4 {
        k += 1;
        for i in 0..x.nrows() {
            'inner: loop {
                for j in 0..x.ncols() {
                    if x[[i, j]] > limit {
                        if x[[i, j]] > 2.0 * limit {
                            return (sum, 1000 + count);
                        }
                        break 'inner;
                    } else if x[[i, j]] < 0.0 {
                        if j == 2 {
                            break 'outer;
                        }
                        continue 'outer;
                    }
                    sum += x[[i, j]];
                    count += 1;
                }
                sum += 0.5;
                break;
            }
            sum += 100.0;
        }
        sum += 10_000.0;
    }
    (sum, count)
}

#[test]
fn jumps_from_every_depth() {
    let mut x = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64);
    for limit in [0.5, 3.0, 5.0, 8.0, 100.0] {
        agree!(deep(&x, limit));
    }
    x[[1, 2]] = -1.0;
    for limit in [0.5, 3.0, 5.0, 8.0, 100.0] {
        agree!(deep(&x, limit));
    }
    x[[0, 1]] = -1.0;
    agree!(deep(&x, 3.0));
}

#[desc_jit]
fn rows_until(x: &Array2<f64>, limit: f64) -> Array1<f64> {
    for i in 0..x.nrows() {
        let row = x.row(i).to_owned();
        if row.sum() > limit {
            return row;
        }
    }
    Array1::<f64>::zeros(x.ncols())
}

#[test]
fn arrays_are_returned_early() {
    let x = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64);
    for limit in [1.0, 10.0, 30.0, 100.0] {
        agree!(rows_until(&x, limit));
    }
}

#[desc_jit]
fn normalised(x: &mut Array1<f64>, limit: f64) {
    let norm = x.dot(x).sqrt();
    if norm == 0.0 {
        return;
    }
    for i in 0..x.len() {
        x[i] /= norm;
        if x[i] > limit {
            x[0] = 100.0;
            return;
        }
    }
    x[0] += 1.0;
}

#[desc_jit]
fn normalised_copy(x: &Array1<f64>, limit: f64) -> Array1<f64> {
    let mut x = x.clone();
    normalised(&mut x, limit);
    x
}

#[test]
fn what_is_updated_in_place_keeps_its_updates() {
    for limit in [0.1, 0.5, 10.0] {
        agree!(normalised_copy(&Array1::from_vec(vec![1.0, 2.0, 3.0]), limit));
        agree!(normalised_copy(&Array1::zeros(3), limit));
    }
}

#[desc_jit(static(fast))]
fn known_when_staged(x: f64, fast: bool, n: usize) -> f64 {
    if fast {
        return 2.0 * x;
    }
    let mut s = 0.0;
    for i in 0..n {
        if fast {
            break;
        }
        s += x * i as f64;
    }
    s
}

#[test]
fn static_conditions_choose_their_jump() {
    agree!(known_when_staged(3.0, true, 5));
    agree!(known_when_staged(3.0, false, 5));
    let graph = known_when_staged::graph(3.0, true, 5).unwrap().to_string();
    assert!(!graph.contains("cond") && !graph.contains("for"), "{graph}");
}

#[desc_jit]
fn in_a_closure(x: &Array1<f64>, limit: f64) -> Array1<f64> {
    x.mapv(|v| {
        if v < 0.0 {
            return 0.0;
        }
        let mut r = v;
        for _ in 0..10 {
            if r < limit {
                return r;
            }
            r *= 0.5;
        }
        -r
    })
}

#[test]
fn a_closure_returns_early() {
    let x = Array1::from_vec(vec![1.0, -4.0, 2.0, 8.0, 5.0e5]);
    agree!(in_a_closure(&x, 1.5));
}

#[desc_jit]
fn single(x: f32, n: usize) -> f32 {
    for i in 0..n {
        if x * i as f32 > 2.0 {
            return 0.25;
        }
    }
    x
}

#[test]
fn a_literal_that_is_returned_has_the_type_of_the_result() {
    agree!(single(0.5, 3));
    agree!(single(0.5, 30));
}

#[desc_jit]
fn late(x: f64, n: usize) -> f64 {
    let y;
    if x < 0.0 {
        y = -x;
    } else if x == 0.0 {
        return 1.0;
    } else {
        y = x.sqrt();
    }
    let mut k = 0;
    let last;
    loop {
        let t = y * k as f64;
        if t > 10.0 || k == n {
            last = t;
            break;
        }
        k += 1;
    }
    last + y
}

#[test]
fn variables_get_their_value_where_the_path_goes_on() {
    for x in [-2.0, 0.0, 4.0] {
        agree!(late(x, 7));
        agree!(late(x, 1));
    }
}

#[desc_jit]
fn out_of_range(x: &Array1<f64>, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        if sum > 5.0 {
            break;
        }
        sum += x[i];
    }
    sum
}

#[test]
fn iterations_that_a_break_passes_over_fail_nowhere() {
    let x = Array1::from_vec(vec![1.0, 2.0, 4.0]);
    agree!(out_of_range(&x, 100));
    for engine in desc_jit::Engine::ALL {
        let error = desc_jit::with_engine(engine, || out_of_range::try_call(&(&x * 0.1), 4)).unwrap_err();
        assert!(error.to_string().contains("sum += x[i];"), "{error}");
    }
}
