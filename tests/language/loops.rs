//! `for` over every kind of range, `while`, nesting, carries.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn ranges(n: usize, k: usize) -> Array1<i64> {
    let mut out = Array1::<i64>::zeros(8);
    for i in 0..n {
        out[0] = out[0] * 3 + i as i64 + 1;
    }
    for i in 2..=n {
        out[1] = out[1] * 3 + i as i64;
    }
    for i in (0..n).rev() {
        out[2] = out[2] * 3 + i as i64;
    }
    for i in (1..n).step_by(2) {
        out[3] = out[3] * 3 + i as i64;
    }
    for i in (0..n).rev().step_by(3) {
        out[4] = out[4] * 3 + i as i64;
    }
    for i in (0..n).step_by(2).rev() {
        out[5] = out[5] * 3 + i as i64;
    }
    for i in (0..=n).step_by(k) {
        out[6] = out[6] * 3 + i as i64;
    }
    for i in (k..n).rev().step_by(k).rev() {
        out[7] = out[7] * 3 + i as i64;
    }
    out
}

#[test]
fn every_kind_of_range() {
    for n in 0..9 {
        for k in 1..4 {
            agree!(ranges(n, k));
        }
    }
}

#[desc_jit(static(n))]
fn static_ranges(n: usize) -> i64 {
    let mut s = 0;
    for i in 0..n {
        s = 2 * s + i as i64;
    }
    for i in (0..n).rev() {
        s = 2 * s - i as i64;
    }
    for i in (0..=n).step_by(3) {
        s = 2 * s + i as i64;
    }
    s
}

#[test]
fn static_bounds_of_any_size() {
    for n in 0..7 {
        agree!(static_ranges(n));
    }
}

#[desc_jit]
fn signed_range(lo: i64, hi: i64) -> i64 {
    let mut s = 1;
    for i in lo..hi {
        s = s * 2 + i;
    }
    for i in -3..=3 {
        s += i * i;
    }
    s
}

#[test]
fn ranges_of_signed_integers() {
    for (lo, hi) in [(-3, 4), (0, 0), (5, 2), (-7, -2)] {
        agree!(signed_range(lo, hi));
    }
}

#[desc_jit]
fn underscore(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = y * y - 0.5;
    }
    for _i in 0..2 {
        y += 1.0;
    }
    y
}

#[test]
fn an_unused_loop_variable() {
    for n in [0, 1, 5] {
        agree!(underscore(0.3, n));
    }
}

#[desc_jit]
fn newton(x: f64) -> (f64, usize) {
    let mut y = x;
    let mut steps = 0;
    while (y * y - x).abs() > 1e-12 * x && steps < 100 {
        y = 0.5 * (y + x / y);
        steps += 1;
    }
    (y, steps)
}

#[test]
fn a_while_loop_counts_its_steps() {
    for x in [1.0, 2.0, 1e6, 1e-6] {
        agree!(newton(x));
    }
}

#[desc_jit]
fn while_over_array(x: &Array1<f64>) -> usize {
    let mut i = 0;
    while i < x.len() && x[i] >= 0.0 {
        i += 1;
    }
    i
}

#[test]
fn a_while_loop_stops_before_the_end_of_an_array() {
    agree!(while_over_array(&Array1::from_vec(vec![1.0, 2.0, -1.0, 3.0])));
    agree!(while_over_array(&Array1::from_vec(vec![1.0, 2.0])));
    agree!(while_over_array(&Array1::zeros(0)));
}

#[desc_jit]
fn while_never(x: f64) -> f64 {
    let mut y = x;
    while y > 1e9 {
        y *= 0.5;
    }
    while false {
        y = 0.0;
    }
    y
}

#[test]
fn a_while_loop_without_a_trip() {
    assert_eq!(agree!(while_never(3.0)), 3.0);
}

#[desc_jit]
fn triangular(n: usize) -> Array2<f64> {
    let mut a = Array2::<f64>::zeros((6, 6));
    for i in 0..n {
        for j in 0..=i {
            a[[i, j]] = (i * 10 + j) as f64;
            for k in j..i {
                a[[i, k]] += a[[k, j]];
            }
        }
    }
    a
}

#[test]
fn bounds_that_depend_on_outer_loops() {
    for n in 0..=6 {
        agree!(triangular(n));
    }
}

#[desc_jit]
fn carried_types(x: &Array1<f32>, n: &Array1<i64>) -> (f32, i64, usize) {
    let mut s = 0.0;
    let mut m = 0;
    let mut count = 0;
    for i in 0..x.len() {
        s += x[i];
        m += n[i];
        if x[i] > 0.5 {
            count += 1;
        }
    }
    (s, m, count)
}

#[test]
fn unsuffixed_literals_take_the_type_they_meet() {
    let x = Array1::from_vec(vec![0.1f32, 0.7, 0.9]);
    let n = Array1::from_vec(vec![1i64, -5, 7]);
    agree!(carried_types(&x, &n));
    agree!(carried_types(&Array1::zeros(0), &Array1::zeros(0)));
}

#[desc_jit]
fn fibonacci(n: usize) -> (usize, usize) {
    let (mut a, mut b) = (0, 1);
    for _ in 0..n {
        let next = a + b;
        a = b;
        b = next;
    }
    (a, b)
}

#[test]
fn rotating_carries() {
    for n in [0, 1, 2, 50] {
        agree!(fibonacci(n));
    }
}

#[desc_jit]
fn carried_tuple(n: usize) -> f64 {
    let mut state = (1.0, (0.5, 2));
    for _ in 0..n {
        state.0 += state.1.0;
        state.1.0 *= 0.5;
        state.1.1 += 1;
    }
    state.0 + state.1.0 + state.1.1 as f64
}

#[test]
fn tuples_are_carried() {
    for n in [0, 3] {
        agree!(carried_tuple(n));
    }
}

#[desc_jit]
fn old_and_new(x: &Array1<f64>, n: usize) -> (Array1<f64>, f64) {
    let mut u = x.clone();
    let mut last = 0.0;
    for _ in 0..n {
        let old = u.clone();
        for i in 1..u.len() {
            u[i] = old[i - 1] + u[i - 1] * 0.5;
        }
        last = old[0] + u[0];
        u[0] += 1.0;
    }
    (u, last)
}

#[test]
fn a_copy_is_not_changed_by_later_stores() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0, 4.0]);
    for n in [0, 1, 2, 5] {
        agree!(old_and_new(&x, n));
    }
    assert_eq!(x.to_vec(), [1.0, 2.0, 3.0, 4.0]);
}

#[desc_jit]
fn two_from_one(x: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let mut a = x.clone();
    let mut b = x.clone();
    for i in 0..x.len() {
        a[i] += 1.0;
        b[i] *= 2.0;
        a[i] += b[i] + x[i];
    }
    (a, b)
}

#[test]
fn two_variables_from_one_array() {
    agree!(two_from_one(&Array1::from_vec(vec![1.0, 2.0, 3.0])));
}

#[desc_jit]
fn rotate_arrays(x: &Array1<f64>, n: usize) -> (Array1<f64>, Array1<f64>, Array1<f64>) {
    let mut a = x.clone();
    let mut b = x * 2.0;
    let mut c = x * 3.0;
    for t in 0..n {
        for i in 0..x.len() {
            c[i] += a[i] - b[i] + t as f64;
        }
        let tmp = a;
        a = b;
        b = c;
        c = tmp;
    }
    (a, b, c)
}

#[test]
fn three_buffers_take_turns() {
    for n in 0..5 {
        agree!(rotate_arrays(&Array1::from_vec(vec![1.0, -2.0]), n));
    }
}

#[desc_jit]
fn conditional_swap(x: &Array1<f64>, y: &Array1<f64>, n: usize) -> Array1<f64> {
    let mut a = x.clone();
    let mut b = y.clone();
    for t in 0..n {
        if t % 3 != 1 {
            std::mem::swap(&mut a, &mut b);
        }
        a[t % 2] += 1.0;
        b[0] -= 0.25;
    }
    a
}

#[test]
fn buffers_swapped_on_a_condition() {
    let (x, y) = (Array1::from_vec(vec![1.0, 2.0]), Array1::from_vec(vec![3.0, 4.0]));
    for n in 0..6 {
        agree!(conditional_swap(&x, &y, n));
    }
}

#[desc_jit]
fn whole_arrays_in_a_loop(x: &Array1<f64>, n: usize) -> Array1<f64> {
    let mut u = x.clone();
    let mut k = 0;
    while k < n {
        let v = &u * 0.5;
        u = &v + &u;
        for i in 0..u.len() {
            u[i] += v[i] * k as f64;
        }
        k += 1;
    }
    u
}

#[test]
fn loops_of_whole_array_operations() {
    for n in [0, 1, 4] {
        agree!(whole_arrays_in_a_loop(&Array1::from_vec(vec![1.0, 2.0, 3.0]), n));
    }
}

#[desc_jit]
fn countdown(x: &mut f64) -> f64 {
    *x *= 0.5;
    *x
}

#[desc_jit]
fn condition_that_assigns(x: f64, most: usize) -> (f64, usize) {
    let mut x = x;
    let mut rounds = 0;
    while countdown(&mut x) > 1.0 && rounds < most {
        rounds += 1;
        if rounds % 2 == 0 {
            continue;
        }
        x -= 0.1;
        if x > 50.0 {
            break;
        }
    }
    (x, rounds)
}

#[test]
fn the_condition_of_a_while_assigns() {
    for x in [0.5, 3.0, 40.0, 99.0, 300.0] {
        agree!(condition_that_assigns(x, 100));
        agree!(condition_that_assigns(x, 2));
    }
    let slope = grad(condition_that_assigns_value::jit())(40.0);
    assert_eq!(slope, 0.5_f64.powi(6));
}

#[desc_jit]
fn condition_that_assigns_value(x: f64) -> f64 {
    condition_that_assigns(x, 100).0
}

#[desc_jit]
fn reversed_index(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for j in (0..3).rev() {
        sum = 0.5 * sum + x[j % x.len()];
    }
    for j in (0..7).step_by(2).rev() {
        sum = 0.5 * sum + x[(j + 1) % x.len()];
    }
    sum
}

#[test]
fn the_index_of_a_reversed_range_takes_its_type_from_its_use() {
    agree!(reversed_index(&Array1::from_vec(vec![1.0, 2.5])));
}

/// Roots and quotients that do not wait for each other, and some that do.
#[desc_jit]
fn many_quotients(a: f64, b: f64, n: usize) -> ((f64, f64), (f64, f64)) {
    let (mut x, mut y) = (a, b);
    let (mut sum, mut last) = (0.0, 0.0);
    let mut k = 0;
    while k < n {
        let (p, q) = (x / 3.0, y / (1.0 + k as f64));
        let (r, s) = ((p * p + 1.0).sqrt(), (q - 2.0).abs().sqrt());
        let t = (r - s) / (r + s);
        let u = (r + s) / (t * t + 1.0);
        let next = last / 5.0 + (x * y).abs().sqrt();
        if t > 0.1 {
            sum += (u / 7.0 - t / 9.0) + (u * u + 3.0).sqrt() / (t + 2.0).sqrt();
        }
        (x, y, last) = (y - t, 0.5 * x + u.sqrt() / p, next);
        k += 1;
    }
    ((x, y), (sum, last))
}

#[test]
fn quotients_side_by_side_keep_their_bits() {
    for (a, b) in [(1.0, 2.0), (-3.0, 0.25), (0.0, 1.0), (-0.0, -1.0), (1e300, 1e-300), (f64::INFINITY, 1.0)]
    {
        for n in [0, 1, 2, 9] {
            agree!(many_quotients(a, b, n), ulps = 0, compiled = 0);
        }
    }
}

/// Givens' rotations of neighbours, one after the other.
#[desc_jit]
fn rotated(x: &Array1<f64>, c: f64, s: f64) -> Array1<f64> {
    let mut y = x.clone();
    for k in 1..x.len() {
        let (i, j) = (k - 1, k);
        (y[i], y[j]) = (c * y[i] - s * y[j], s * y[i] + c * y[j]);
    }
    y
}

#[test]
fn two_elements_at_once_keep_their_bits() {
    let x = Array1::from_vec(vec![0.5, 3.0, -1.5, 1.0]);
    agree!(rotated(&x, 0.3f64.cos(), 0.3f64.sin()));
    let x = Array1::from_shape_fn(100, |i| (i * i % 17) as f64 * 0.37);
    agree!(rotated(&x, 0.7f64.cos(), 0.7f64.sin()));
}

/// Pairs are summed up, the second of each first, beside something that is no sum.
#[desc_jit]
fn second_first(a: &Array1<f64>) -> f64 {
    let (mut sum, mut last) = (0.5, 0.0);
    for i in 0..a.len() / 2 {
        sum += a[2 * i + 1];
        sum += a[2 * i];
        last = a[2 * i] - last;
    }
    sum + last
}

/// The same, and nothing else.
#[desc_jit]
fn third_first(a: &Array1<f64>) -> f64 {
    let mut sum = 0.5;
    for i in 0..a.len() / 3 {
        sum += a[3 * i + 2];
        sum += a[3 * i + 1];
        sum += a[3 * i];
    }
    sum
}

/// By a loop that is too long to be written out, but for the compiler.
#[desc_jit]
fn last_of_twelve_first(a: &Array1<f64>) -> f64 {
    let mut sum = 0.5;
    for i in 0..a.len() / 12 {
        for k in 0..12 {
            sum += a[12 * i + 11 - k];
        }
    }
    sum
}

/// By a `while` loop.
#[desc_jit]
fn second_first_while(a: &Array1<f64>) -> f64 {
    let (mut sum, mut i) = (0.5, 0);
    while i < a.len() / 2 {
        sum += a[2 * i + 1];
        sum += a[2 * i];
        i += 1;
    }
    sum
}

/// In an element, in single precision.
#[desc_jit]
fn element_of_f32(a: &Array1<f32>) -> Array1<f32> {
    let mut sum = Array1::<f32>::zeros(2);
    for i in 0..a.len() / 2 {
        sum[0] += a[2 * i + 1];
        sum[0] += a[2 * i];
        sum[1] = a[i] - sum[1];
    }
    sum
}

/// In elements, two terms of each by an inner loop.
#[desc_jit]
fn elements(a: &Array1<f64>) -> Array1<f64> {
    let mut sum = Array1::zeros(2);
    for i in 0..a.len() / 4 {
        for k in 0..4 {
            sum[k / 2] += a[4 * i + 3 - k];
        }
    }
    sum
}

/// Where a branch takes the terms, and copies stand between them.
#[desc_jit]
fn by_a_branch(a: &Array1<f64>) -> f64 {
    let (mut sum, mut other) = (0.5, 0.25);
    for i in 0..a.len() / 2 {
        if other < 1e300 {
            let one = sum + a[2 * i + 1];
            sum = one + a[2 * i];
        }
        other = 1.0 - other;
    }
    sum + other
}

#[test]
fn sums_that_a_compiler_took_from_wrong_places() {
    for n in [10, 15, 16, 74, 500] {
        let a = Array1::from_shape_fn(n, |i| 0.37 * i as f64 + 1.0 / (i + 1) as f64);
        let single = a.mapv(|x| x as f32);
        for engine in desc_jit::Engine::ALL {
            desc_jit::__private::with_native_arithmetic(|| {
                desc_jit::with_engine(engine, || {
                    assert_eq!(second_first(&a), second_first::native(&a), "{engine}, {n}");
                    assert_eq!(third_first(&a), third_first::native(&a), "{engine}, {n}");
                    assert_eq!(last_of_twelve_first(&a), last_of_twelve_first::native(&a), "{engine}, {n}");
                    assert_eq!(second_first_while(&a), second_first_while::native(&a), "{engine}, {n}");
                    assert_eq!(element_of_f32(&single), element_of_f32::native(&single), "{engine}, {n}");
                    assert_eq!(elements(&a), elements::native(&a), "{engine}, {n}");
                    assert_eq!(by_a_branch(&a), by_a_branch::native(&a), "{engine}, {n}");
                });
            });
        }
    }
}

/// Steps up to a bound that the last one may reach or not; what is stored depends on where.
#[desc_jit]
fn steps_through(x: &Array1<i64>, step: usize, first: usize) -> (Array1<i64>, Array1<f64>, usize, i64) {
    let (n, step) = (x.len(), step.min(50));
    let mut x = x.clone();
    let mut y = Array1::<f64>::zeros(n);
    let mut k = first;
    while k < n {
        x[k] = k as i64 ^ 5;
        k += step;
    }
    let last = n - 1;
    let mut m = step;
    while m <= last {
        y[m] = 0.5;
        m += step;
    }
    let mut signed = -(step as i64);
    while signed < 30 {
        x[(signed + 50) as usize] = 7;
        signed = 2 * step as i64 + signed;
    }
    (x, y, k + m, signed)
}

#[test]
fn steps_up_to_a_bound_store_every_element() {
    for n in [80, 81, 82, 83, 84, 97, 1000] {
        let x = Array1::zeros(n);
        for step in [1, 2, 3, 7, 19, 27, 50] {
            for first in [0, 1, 2, 70, n, n + 9] {
                agree!(steps_through(&x, step, first));
            }
        }
    }
}
