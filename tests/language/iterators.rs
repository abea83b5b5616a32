//! Iterators over arrays, ranges and lists, as people write them.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

fn sample(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| ((i * 7 + 3) % 11) as f64 - 4.5)
}

#[desc_jit]
fn loops(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v;
    }
    for &v in x.iter() {
        sum = 0.5 * sum + v;
    }
    for (i, v) in x.iter().enumerate() {
        sum += i as f64 * v;
    }
    for (a, b) in x.iter().zip(y) {
        sum = 0.9 * sum + a * b;
    }
    for (i, (a, b)) in x.iter().zip(y.iter()).enumerate().skip(1).step_by(2) {
        sum -= a * b / (i + 1) as f64;
    }
    for (i, v) in x.iter().rev().take(3).enumerate() {
        sum = 2.0 * sum + v * i as f64;
    }
    for (k, v) in (3..3 + y.len()).zip(y.iter().rev()) {
        sum += k as f64 * v;
    }
    for w in x.windows(3) {
        sum = 0.5 * sum + (w[0] - 2.0 * w[1] + w[2]).abs();
    }
    sum
}

#[test]
fn loops_over_items() {
    for n in [0, 1, 2, 3, 8] {
        agree!(loops(&sample(n), &sample(n + 2)));
    }
}

#[desc_jit]
fn jumps(x: &Array1<f64>, low: f64) -> (f64, usize) {
    let mut sum = 0.0;
    let mut last = 0;
    'items: for (i, &v) in x.iter().enumerate() {
        if v < low {
            continue;
        }
        for w in x.iter().skip(i + 1) {
            if *w > 5.0 {
                continue 'items;
            }
            if *w < -4.0 {
                last = i;
                break 'items;
            }
            sum += v * w;
        }
    }
    (sum, last)
}

#[test]
fn loops_over_items_are_left() {
    for n in [0, 3, 12] {
        agree!(jumps(&sample(n), -1.0));
        agree!(jumps(&sample(n), -9.0));
    }
}

#[desc_jit]
fn reductions(x: &Array1<f64>, y: &Array1<f64>, n: usize) -> (f64, f64, f64, usize, f64) {
    let dot: f64 = x.iter().zip(y.iter()).map(|(a, b)| a * b).sum();
    let product = y.iter().map(|v| 1.0 + 0.1 * v).product::<f64>();
    let norm = x.iter().fold(0.0, |acc, &v| f64::max(acc, v.abs()));
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let series: f64 = (1..=n).map(|k| 1.0 / (k * k) as f64).sum();
    let even = (0..n).filter(|k| k % 2 == 0).map(|k| k * k).sum::<usize>();
    let positive = x.iter().filter(|&&v| v > 0.0).count();
    let above = x.iter().filter(|v| **v > 0.5).map(|v| v.sqrt()).sum::<f64>();
    (dot + product, norm, largest.max(-100.0) + series, even + positive + x.iter().skip(1).count(), above)
}

#[test]
fn items_are_reduced() {
    for n in [0, 1, 2, 9, 40] {
        agree!(reductions(&sample(n), &sample(n + 1), n), ulps = 0);
    }
}

#[desc_jit]
fn questions(x: &Array1<f64>, limit: f64) -> (bool, bool, usize, f64) {
    let any = x.iter().any(|&v| v > limit);
    let all = x.iter().enumerate().all(|(i, v)| v * v < limit + i as f64);
    let at = x.iter().position(|&v| v > limit).unwrap_or(99);
    let found = x.iter().map(|v| 2.0 * v).find(|v| *v > limit).unwrap_or(-1.0);
    (any, all, at, found)
}

#[test]
fn items_are_searched() {
    for n in [0, 1, 5, 11] {
        for limit in [-9.0, 0.0, 3.0, 30.0] {
            agree!(questions(&sample(n), limit));
        }
    }
}

#[desc_jit]
fn extremes(x: &Array1<f64>, m: &Array1<i64>) -> (f64, f64, usize, i64, i64) {
    let least = x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap();
    let (at, _) = x.iter().enumerate().max_by(|(_, a), (_, b)| a.partial_cmp(b).unwrap()).unwrap();
    let nearest = x.iter().min_by(|a, b| (*a - 1.0).abs().total_cmp(&(*b - 1.0).abs())).unwrap();
    let (last, _) = m.iter().enumerate().max_by_key(|(_, v)| v.abs()).unwrap();
    let first = *m.iter().min_by_key(|v| (**v - 2).abs()).unwrap();
    (
        least,
        *nearest,
        at + 10 * last,
        *m.iter().max().unwrap(),
        first + m.iter().map(|v| v * v).min().unwrap(),
    )
}

#[test]
fn items_are_compared() {
    let m = Array1::from_vec(vec![3, -7, 7, 2]);
    agree!(extremes(&sample(9), &m));
    agree!(extremes(&Array1::from_vec(vec![0.0, -0.0, 3.0, 3.0]), &m));
    agree!(extremes(&Array1::from_vec(vec![-0.0, 0.0, 1.0, 1.0]), &m));
}

#[desc_jit]
fn least(x: &Array1<f64>) -> f64 {
    x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap()
}

#[test]
fn nothing_has_no_least_item() {
    agree!(least(&Array1::from_vec(vec![f64::NAN, 2.0, f64::NEG_INFINITY])));
    for engine in desc_jit::Engine::ALL {
        let error = desc_jit::with_engine(engine, || least::try_call(&Array1::zeros(0))).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("called `Option::unwrap()` on a `None` value") && text.contains("min_by"),
            "{text}"
        );
    }
}

#[desc_jit]
fn written(x: &Array1<f64>, y: &mut Array1<f64>) -> f64 {
    for v in y.iter_mut() {
        *v += 1.0;
    }
    for (i, v) in y.iter_mut().enumerate() {
        *v *= i as f64;
        if i == 3 {
            break;
        }
    }
    for (a, b) in y.iter_mut().zip(x) {
        if *a > *b {
            *a = -*b;
        }
    }
    y.iter_mut().zip(x.iter().rev()).for_each(|(a, b)| *a += 0.5 * b);
    for v in &mut *y {
        *v = v.abs();
    }
    y.sum()
}

#[desc_jit]
fn written_copy(x: &Array1<f64>) -> (Array1<f64>, f64) {
    let mut y = x.clone();
    let sum = written(x, &mut y);
    (y, sum)
}

#[test]
fn items_are_written() {
    for n in [0, 1, 4, 9] {
        agree!(written_copy(&sample(n)));
    }
}

#[desc_jit]
fn matrices(a: &Array2<f64>) -> (f64, f64, Array1<f64>) {
    let all: f64 = a.iter().map(|v| v * v).sum();
    let mut weighted = 0.0;
    for (i, row) in a.rows().into_iter().enumerate() {
        weighted += (i + 1) as f64 * row.iter().sum::<f64>();
    }
    for column in a.axis_iter(Axis(1)) {
        weighted = 0.5 * weighted + column[0];
    }
    let sums: Array1<f64> = a.outer_iter().map(|row| row.sum()).collect();
    (all, weighted, sums)
}

#[test]
fn parts_of_matrices_are_items() {
    agree!(matrices(&Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64 - 5.5)));
}

#[desc_jit]
fn collected(x: &Array1<f64>, n: usize) -> (Array1<f64>, f64) {
    let squares: Vec<f64> = x.iter().map(|v| v * v).collect();
    let steps = x.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>();
    let grid: Array1<f64> = (0..5).map(|k| k as f64 * 0.25).collect();
    let mut sum = 0.0;
    for (s, d) in squares.iter().zip(&steps) {
        sum += s * d;
    }
    let tail: f64 = squares.iter().rev().take(2).sum();
    (&grid * sum + tail, steps[n % steps.len()])
}

#[test]
fn items_are_collected() {
    for n in [2, 5, 9] {
        agree!(collected(&sample(n), n));
    }
}

#[desc_jit]
fn early(x: &Array1<f64>) -> f64 {
    let clipped: f64 = x
        .iter()
        .map(|&v| {
            if v > 3.0 {
                return 3.0;
            }
            if v < -3.0 {
                return -3.0;
            }
            v
        })
        .sum();
    let mut seen = 0;
    let until = x
        .iter()
        .take_while(|v| **v != 0.5)
        .map(|v| {
            seen += 1;
            v * seen as f64
        })
        .sum::<f64>();
    clipped + until + seen as f64
}

#[test]
fn closures_of_iterators_jump_and_count() {
    for n in [0, 3, 12] {
        agree!(early(&sample(n)));
    }
}

#[desc_jit]
fn integers(n: i64) -> (i64, i64) {
    let mut total = 0;
    for (i, k) in (-3..n).enumerate() {
        total += k * i as i64;
    }
    let sum: i64 = (-3..=n).rev().step_by(2).map(|k| k * k * k).sum();
    (total, sum)
}

#[test]
fn ranges_of_any_type_are_iterated() {
    for n in [-5, -3, 0, 4] {
        agree!(integers(n));
    }
}

#[desc_jit]
fn single(x: &Array1<f32>) -> f32 {
    let n: f32 = x.iter().sum();
    x.iter().map(|v| (v - n).powi(2)).sum::<f32>() / x.len() as f32
}

#[test]
fn sums_have_the_type_of_their_items() {
    agree!(single(&Array1::from_vec(vec![1.0, 2.5, -3.0])));
    assert!(single(&Array1::from_vec(vec![])).is_nan());
}

#[desc_jit]
fn negative_zero(x: &Array1<f64>) -> f64 {
    x.iter().sum()
}

#[test]
fn a_sum_of_nothing_is_minus_zero() {
    agree!(negative_zero(&Array1::from_vec(vec![-0.0, -0.0])));
}

#[desc_jit]
fn offsets(x: &Array2<f64>) -> f64 {
    let (n, m) = x.dim();
    let last = n - 1;
    let mut sum = 0.0;
    for (di, dj) in [(0, 1), (1, 0), (last, m - 1)] {
        for i in 0..n {
            sum = 0.9 * sum + x[[(i + di) % n, (i + dj) % m]];
        }
    }
    for (k, (w, i)) in [(0.5, 1), (2.0, 0)].iter().enumerate() {
        sum += w * x[[k, *i]];
    }
    sum
}

#[test]
fn lists_of_tuples_are_iterated() {
    agree!(offsets(&Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64)));
}

#[desc_jit]
fn counts_change(x: &Array1<f64>, n: usize) -> f64 {
    let mut n = n;
    let mut sum = 0.0;
    for (i, v) in x.iter().skip(n).step_by(n + 1).enumerate() {
        n += 1;
        sum = 0.5 * sum + v * (n + i) as f64;
    }
    for k in (n..2 * n).zip(0..n).map(|(a, b)| a * b) {
        n = 0;
        sum += (k + n) as f64;
    }
    sum
}

#[test]
fn the_bounds_of_an_iterator_are_those_that_it_was_made_with() {
    for n in [0, 1, 3] {
        agree!(counts_change(&sample(12), n));
    }
}

#[desc_jit]
fn scaled_in_place(a: &Array2<f64>, c: &Array3<f64>, limit: f64) -> (Array2<f64>, Array3<f64>, f64) {
    let mut a = a.clone();
    let mut c = c.clone();
    for (k, v) in a.iter_mut().enumerate() {
        if *v > limit {
            break;
        }
        *v += 10.0 * k as f64;
    }
    for v in &mut c {
        *v = -*v;
    }
    let mut last = 0.0;
    for (x, y) in c.iter_mut().zip(a.iter()) {
        *x += y;
        last = *x;
    }
    (a, c, last)
}

#[test]
fn elements_of_matrices_are_written() {
    let a = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64 - 5.5);
    let c = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (i * 12 + j * 4 + k) as f64);
    for limit in [-2.0, 2.0, 100.0] {
        agree!(scaled_in_place(&a, &c, limit));
    }
}

#[desc_jit]
fn eager(x: &Array1<f64>, limit: f64, calls: &mut usize) -> f64 {
    let found = x.iter().copied().find(|v| *v > limit).unwrap_or({
        *calls += 1;
        -1.0
    });
    let mut mapped = 0;
    let count = x
        .iter()
        .map(|v| {
            mapped += 1;
            v * v
        })
        .count();
    let backwards = (0..x.len()).rev().step_by(2).count();
    found + (count + mapped + 10 * backwards) as f64
}

#[desc_jit]
fn eager_calls(x: &Array1<f64>, limit: f64) -> (f64, usize) {
    let mut calls = 0;
    let value = eager(x, limit, &mut calls);
    (value, calls)
}

#[test]
fn what_an_iterator_evaluates_is_evaluated() {
    for limit in [-9.0, 1.0, 30.0] {
        let (_, calls) = agree!(eager_calls(&sample(5), limit));
        assert_eq!(calls, 1);
    }
}

#[desc_jit]
fn picked(x: &Array1<f64>, k: usize) -> (f64, f64, f64) {
    let first = *x.iter().next().unwrap();
    let third = x.iter().skip(1).map(|v| 2.0 * v).nth(k).unwrap_or(-1.0);
    let low = x.iter().copied().filter(|v| *v < 2.0).reduce(|a, b| 0.5 * a - b).unwrap_or(7.0);
    (first, third, x.iter().filter(|v| **v > 0.0).copied().next().unwrap_or(9.0) + low)
}

#[test]
fn one_item_is_picked() {
    for n in [1, 3, 8] {
        for k in [0, 2, 6, 9] {
            agree!(picked(&sample(n), k));
        }
    }
}

#[desc_jit]
fn ordered(x: &Array1<f64>) -> f64 {
    x.iter().copied().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap()
}

#[test]
fn a_nan_has_no_order() {
    agree!(ordered(&Array1::from_vec(vec![f64::NAN])));
    agree!(ordered(&Array1::from_vec(vec![1.0, -2.0, 5.0])));
    for engine in desc_jit::Engine::ALL {
        let x = Array1::from_vec(vec![1.0, f64::NAN]);
        let error = desc_jit::with_engine(engine, || ordered::try_call(&x)).unwrap_err().to_string();
        assert!(error.contains("a NaN has no order") && error.contains("partial_cmp"), "{error}");
    }
}

#[desc_jit(static(n))]
fn window_sums(x: &Array1<f64>, n: usize) -> f64 {
    x.windows(n).into_iter().map(|w| w.sum()).sum()
}

#[test]
fn windows_of_nothing_are_an_error() {
    agree!(window_sums(&sample(5), 2));
    agree!(window_sums(&sample(5), 5));
    for engine in desc_jit::Engine::ALL {
        let error = desc_jit::with_engine(engine, || window_sums::try_call(&sample(5), 0)).unwrap_err();
        assert!(error.to_string().contains("windows of no elements"), "{error}");
    }
}

#[desc_jit]
fn sums_of_nothing(x: &Array1<f64>, y: &Array1<f32>) -> (f64, i64, f64, f32, usize) {
    let first: f64 = (0..0).map(|k| k as f64).sum();
    let count: i64 = (0..0).map(|k| k * k).sum();
    let mut kept = 3.0;
    kept *= first;
    let mut n = 5;
    if n > 3 {
        n = (2..2).sum();
    }
    let single: f32 = y.iter().skip(10).sum();
    let tail: f64 = x.iter().skip(10).map(|v| v * v).sum();
    (first, count + n, kept + tail, single, (0..0).map(|k| 2 * k).sum())
}

#[test]
fn a_sum_of_nothing_is_what_it_is_in_rust() {
    let (first, count, ..) = agree!(sums_of_nothing(&Array1::ones(4), &Array1::ones(2)));
    assert_eq!((first.to_bits(), count), ((-0.0_f64).to_bits(), 0));
}

#[desc_jit]
fn sum_of_none(x: &Array1<f64>) -> f64 {
    x.iter().sum()
}

#[test]
fn a_sum_over_an_empty_array_is_negative_zero() {
    assert_eq!(agree!(sum_of_none(&Array1::zeros(0))).to_bits(), (-0.0_f64).to_bits());
}

#[desc_jit]
fn zipped_behind_assignments(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> (f64, f64, f64, f64, f64) {
    let (mut calls, mut more, mut inner) = (0.0, 0.0, 0.0);
    let dot: f64 = a
        .iter()
        .map(|v| {
            calls += 1.0;
            v * calls
        })
        .zip(b)
        .map(|(x, y)| x * y)
        .sum();
    let mut count = |v: &f64| {
        more += *v;
        more
    };
    let mut last = 0.0;
    for (x, (y, z)) in
        a.iter().map(&mut count).enumerate().map(|(i, v)| v + i as f64).zip(b.iter().zip(c)).skip(1)
    {
        last += x * y - z;
    }
    for (x, y) in b.iter().zip(a.iter().map(|v| {
        inner += v;
        v * inner
    })) {
        last += x * y;
    }
    let taken: f64 = a
        .iter()
        .map(|v| {
            inner += 0.5;
            *v
        })
        .zip(c)
        .take(2)
        .map(|(x, y)| x - y)
        .sum();
    (dot + taken, last, calls, more, inner)
}

#[test]
fn a_closure_before_zip_is_called_as_often_as_in_rust() {
    let (a, b, c) =
        (Array1::linspace(0.1, 2.0, 5), Array1::linspace(1.0, -0.4, 3), Array1::linspace(0.3, 0.9, 4));
    let (.., calls, _, _) = agree!(zipped_behind_assignments(&a, &b, &c));
    assert_eq!(calls, 4.0);
    let (.., calls, _, _) = agree!(zipped_behind_assignments(&b, &a, &c));
    assert_eq!(calls, 3.0);
    agree!(zipped_behind_assignments(&c, &a, &b));
    agree!(zipped_behind_assignments(&a, &c, &c));
}

#[desc_jit]
fn zipped_lists(v: &[f64], w: &[f64]) -> (f64, f64) {
    let mut calls = 0.0;
    let sum: f64 = v
        .iter()
        .map(|x| {
            calls += 1.0;
            x * calls
        })
        .zip(w)
        .map(|(a, b)| a * b)
        .sum();
    (sum, calls)
}

#[test]
fn how_often_a_closure_before_zip_is_called_on_lists_is_not_guessed() {
    let v = [0.5, 1.5, -2.0];
    agree!(zipped_lists(&v, &v));
    agree!(zipped_lists(&v[..2], &v));
    let error = zipped_lists::try_call(&v, &v[..2]).unwrap_err();
    assert!(error.to_string().contains("the closure before `zip` assigns or prints"), "{error}");
}
