//! Loops of different lengths for each point: iterations run side by side in the compiled kernels.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

/// Lengths around one and two vectors of eight.
const LENGTHS: [usize; 10] = [0, 1, 2, 7, 8, 9, 15, 16, 17, 41];

#[desc_jit]
fn escape_times(re: &Array1<f64>, im: &Array1<f64>, limit: i64) -> Array2<i64> {
    let mut count = Array2::<i64>::zeros((im.len(), re.len()));
    for i in 0..im.len() {
        for j in 0..re.len() {
            let (mut x, mut y) = (0.0, 0.0);
            let mut k = 0;
            while k < limit && x * x + y * y <= 4.0 {
                let next_x = x * x - y * y + re[j];
                y = 2.0 * x * y + im[i];
                x = next_x;
                k += 1;
            }
            count[[i, j]] = k;
        }
    }
    count
}

#[test]
fn points_of_a_grid_escape_at_different_times() {
    let axis = Array1::zeros(20);
    let explanation = escape_times::explain(&axis, &axis, 5).unwrap();
    assert!(explanation.loops()[1].became().contains("side by side"), "{explanation}");
    for n in LENGTHS {
        let re = Array1::from_shape_fn(n, |i| -2.25 + 0.07 * i as f64);
        let im = Array1::from_shape_fn(5, |i| -1.0 + 0.4 * i as f64);
        for limit in [0, 1, 30] {
            agree!(escape_times(&re, &im, limit));
        }
    }
}

/// The square root by Newton's method from a start that a loop inside looks for, damped where it overshoots.
#[desc_jit]
fn roots(a: &Array1<f64>) -> (Array1<f64>, Array1<i32>) {
    let n = a.len();
    let mut root = Array1::<f64>::zeros(n);
    let mut rounds = Array1::<i32>::zeros(n);
    for i in 0..n {
        let mut x = 1.0;
        let mut k = 0i32;
        let mut settled = false;
        while !settled && k < 60 {
            let mut scale = 1.0;
            while scale * scale < a[i] {
                scale *= 2.0;
            }
            let next = 0.5 * (x + a[i] / x);
            let step = if next > scale { 0.5 * (scale - x) } else { next - x };
            settled = step.abs() <= 1e-15 * x.abs();
            x += step;
            k += 1;
        }
        root[i] = x;
        rounds[i] = k;
    }
    (root, rounds)
}

#[test]
fn loops_in_loops_and_branches_with_a_flag() {
    for n in LENGTHS {
        agree!(roots(&Array1::from_shape_fn(n, |i| (i * i * i) as f64 * 0.37 + 0.01)));
    }
    let odd = Array1::from_vec(vec![f64::NAN, 0.0, -0.0, -1.0, 1e-300, 1e300, 4.0, 9.0, 2.0, f64::NAN, 1.0]);
    agree!(roots(&odd));
}

#[desc_jit]
fn halvings(start: &Array1<f64>, order: &Array1<i64>) -> Array1<f64> {
    let n = start.len();
    let mut out = Array1::<f64>::zeros(2 * n);
    for i in (0..n).rev() {
        let mut x = start[i].min(1e6).max(-1e6);
        let mut passed = order[i];
        while x.abs() > 0.5 || passed > 0 {
            x = (x * 0.5).sqrt().min(x.abs() * 0.25) - 0.01;
            passed = passed - 1;
        }
        out[2 * i] = x;
        out[2 * i + 1] = (x * 3.0).exp();
    }
    out
}

#[test]
fn backwards_over_a_strided_result_with_functions() {
    for n in LENGTHS {
        let start = Array1::from_shape_fn(n, |i| if i % 6 == 5 { f64::NAN } else { 3.7 * i as f64 - 20.0 });
        agree!(halvings(&start, &Array1::from_shape_fn(n, |i| (i as i64 * 5) % 7 - 2)));
    }
}

#[desc_jit]
fn collatz(start: &Array1<i64>) -> Array1<usize> {
    let mut steps = Array1::<usize>::zeros(start.len());
    for i in 0..start.len() {
        let mut n = start[i];
        let mut count = 0;
        while n != 1 {
            // Odd: every second step halves.
            let odd = n % 2;
            n = (1 - odd) * (n / 2) + odd * (3 * n + 1);
            count += 1;
        }
        steps[i] = count;
    }
    steps
}

#[test]
fn what_fails_inside_is_reported_for_the_first_iteration() {
    let explanation = collatz::explain(&Array1::ones(20)).unwrap();
    assert!(explanation.loops()[0].became().contains("side by side"), "{explanation}");
    for n in LENGTHS {
        agree!(collatz(&Array1::from_shape_fn(n, |i| i as i64 + 1)));
    }
    for bad in [0, 5, 11, 18] {
        let start =
            |i: usize| if i == bad || i == bad + 1 { i64::MAX / 2 - i as i64 * 2 } else { i as i64 + 1 };
        refuse!(collatz(&Array1::from_shape_fn(20, start)), Arithmetic, "3 * n");
    }
}

/// The start of the longest chain: `n` odd numbers from `from` on, whose overflows are in an arm.
#[desc_jit]
fn longest(from: u64, n: u64) -> (u64, usize) {
    let mut best = (0, 0);
    for k in 0..n {
        let start = from + 2 * k;
        let mut length = 1;
        let mut m = start;
        while m != 1 {
            m = match m % 2 {
                0 => m / 2,
                _ => 3 * m + 1,
            };
            length += 1;
        }
        if length > best.1 {
            best = (start, length);
        }
    }
    best
}

#[test]
fn what_is_carried_is_found_in_order() {
    let explanation = longest::explain(1, 100).unwrap();
    assert!(explanation.loops()[0].became().contains("side by side"), "{explanation}");
    for n in LENGTHS {
        agree!(longest(1, n as u64));
        agree!(longest(27, n as u64));
    }
}

#[test]
fn an_arm_that_fails_in_a_lane_is_reported() {
    // The largest number whose triple fits, and what is beyond.
    let most = u64::MAX / 3;
    for n in [1, 2, 8, 9, 20] {
        refuse!(longest(most / 2 * 2 + 1, n), Arithmetic, "3 * m");
        refuse!(longest(most / 2 * 2 + 3, n), Arithmetic, "3 * m");
    }
}

/// A sum over points whose terms come from loops, long enough for several threads.
#[desc_jit]
fn total_steps(start: &Array1<f64>) -> (f64, i64, usize) {
    let (mut total, mut steps, mut long) = (0.0, 0i64, 0);
    for i in 0..start.len() {
        let mut x = start[i];
        let mut k = 0;
        while x > 0.5 && k < 40 {
            x *= 0.8;
            k += 1;
        }
        total += (x * 64.0).floor();
        steps += k;
        if k > 5 {
            long += 1;
        }
    }
    (total, steps, long)
}

#[test]
fn sums_of_what_loops_give() {
    for n in [0, 1, 8, 31, 32, 33, 600, 1030, 20_011] {
        let start = Array1::from_shape_fn(n, |i| (i * 37 % 101) as f64 * 0.11);
        agree!(total_steps(&start));
    }
}

/// A sum, and behind it what only some points store, in another precision too.
#[desc_jit]
fn kept(start: &Array1<f64>) -> (f64, Array1<f64>, Array1<f32>) {
    let n = start.len();
    let mut total = 0.0;
    let mut out = Array1::<f64>::zeros(n);
    let mut short = Array1::<f32>::zeros(n);
    for i in 0..n {
        let mut x = start[i];
        while x > 0.5 {
            x *= 0.8;
        }
        total += (x * 64.0).floor();
        if x > 0.45 {
            out[i] = x + if i + 1 < n { start[i + 1] } else { 0.0 };
        }
        short[i] = x as f32 * 0.1;
    }
    (total, out, short)
}

#[test]
fn what_stands_behind_a_sum_keeps_its_condition() {
    for n in [0, 1, 8, 33, 600, 20_011] {
        agree!(kept(&Array1::from_shape_fn(n, |i| (i * 37 % 101) as f64 * 0.11)));
    }
}

/// Where to begin says another array.
#[desc_jit]
fn looked_up(index: &Array1<usize>, table: &Array1<f64>) -> Array1<f64> {
    let mut out = Array1::zeros(index.len());
    for i in 0..index.len() {
        let mut x = table[index[i]];
        while x > 0.5 {
            x *= 0.8;
        }
        out[i] = x;
    }
    out
}

#[test]
fn an_index_out_of_range_reads_nothing_in_its_lane() {
    let explanation = looked_up::explain(&Array1::from_elem(20, 0), &Array1::ones(5)).unwrap();
    assert!(explanation.loops()[0].became().contains("side by side"), "{explanation}");
    let table = Array1::linspace(0.0, 9.0, 7);
    for n in LENGTHS {
        agree!(looked_up(&Array1::from_shape_fn(n, |i| i * 3 % 7), &table));
    }
    for bad in [0, 3, 9, 19] {
        let index = Array1::from_shape_fn(20, |i| if i == bad { 1 << 40 } else { i % 7 });
        refuse!(looked_up(&index, &table), Index, "table");
    }
}

/// Loops in loops whose counts may overflow, and the largest of them.
#[desc_jit]
fn most_work(start: &Array1<i64>) -> (usize, i64) {
    let mut most = (0, 0i64);
    for i in 0..start.len() {
        let (mut m, mut work) = (start[i], 0i64);
        while m > 1 {
            let mut j = m;
            while j > 10 {
                j /= 3;
                work += m;
            }
            m /= 2;
        }
        if work > most.1 {
            most = (i, work);
        }
    }
    most
}

#[test]
fn the_most_of_what_loops_in_loops_count() {
    for n in LENGTHS {
        agree!(most_work(&Array1::from_shape_fn(n, |i| (i * i * 7919 % 100_003) as i64)));
    }
    let start = Array1::from_shape_fn(20, |i| if i == 11 { i64::MAX } else { i as i64 });
    refuse!(most_work(&start), Arithmetic, "work += m");
}

/// One point fails where others would go on forever.
#[desc_jit]
fn endless(start: &Array1<i64>) -> Array1<i64> {
    let mut out = Array1::<i64>::zeros(start.len());
    for i in 0..start.len() {
        let mut x = start[i];
        while x != 0 {
            x = if x < 0 { x } else { x * 2 };
        }
        out[i] = x;
    }
    out
}

#[test]
fn the_first_failure_is_reported_though_another_point_never_ends() {
    refuse!(endless(&Array1::from_vec(vec![1, 0, 0, -1, 0, 0, 0, 0, 0, 0])), Arithmetic, "x * 2");
}

#[desc_jit]
fn decays_f32(start: &Array1<f32>) -> Array1<f32> {
    let mut out = start.clone();
    for i in 0..start.len() {
        let mut x = start[i];
        while x > 0.25 {
            x *= 0.75;
        }
        out[i] = x;
    }
    out
}

#[test]
fn single_precision_agrees() {
    for n in LENGTHS {
        agree!(decays_f32(&Array1::from_shape_fn(n, |i| i as f32)));
    }
}

/// Conditions counted as numbers, carried, chosen and added, checked and not.
#[desc_jit]
fn counted_conditions(start: &Array1<f64>) -> (Array1<i64>, Array1<usize>, Array1<f64>) {
    let n = start.len();
    let mut above = Array1::<i64>::zeros(n);
    let mut last = Array1::<usize>::zeros(n);
    let mut weight = Array1::<f64>::zeros(n);
    for i in 0..n {
        let mut x = start[i];
        let mut count = 0i64;
        let mut flag = 0usize;
        let mut sum = 0.0;
        let mut k = 0;
        while x > 0.01 && k < 50 {
            let high = x > 1.5;
            count = count + high as i64 * 3 + (x < 0.1) as i64;
            flag = if x > 1.2 { high as usize } else { flag };
            sum += high as i64 as f64;
            x *= 0.7;
            k += 1;
        }
        above[i] = count;
        last[i] = flag;
        weight[i] = sum;
    }
    (above, last, weight)
}

#[test]
fn a_condition_as_a_number_is_one_not_all_bits() {
    let explanation = counted_conditions::explain(&Array1::ones(20)).unwrap();
    assert!(explanation.loops()[0].became().contains("side by side"), "{explanation}");
    for n in LENGTHS {
        agree!(counted_conditions(&Array1::from_shape_fn(n, |i| i as f64 * 0.3)));
    }
}

/// The same in a vector loop.
#[desc_jit]
fn conditions_of_elements(x: &Array1<f64>) -> (Array1<i64>, Array1<usize>, Array1<f64>, Array1<i32>) {
    let n = x.len();
    let mut a = Array1::<i64>::zeros(n);
    let mut b = Array1::<usize>::zeros(n);
    let mut c = Array1::<f64>::zeros(n);
    let mut d = Array1::<i32>::zeros(n);
    for i in 0..n {
        let high = x[i] > 1.5;
        a[i] = high as i64 * 3 + (x[i] < 0.1) as i64;
        b[i] = if x[i] > 0.5 { high as usize } else { i };
        c[i] = x[i] * (high as i64 as f64);
        d[i] = (high as i32) - 2 * (x[i] < 1.0) as i32;
    }
    (a, b, c, d)
}

#[test]
fn conditions_of_elements_as_numbers() {
    for n in LENGTHS {
        agree!(conditions_of_elements(&Array1::from_shape_fn(n, |i| (i * 5 % 9) as f64 * 0.25)));
    }
}
