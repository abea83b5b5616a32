//! Iterators behind one another and inside one another, and those that remember: `chain`, `flat_map`, `scan`.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

fn sample(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| ((i * 7 + 3) % 11) as f64 - 4.5)
}

#[desc_jit]
fn chained(x: &Array1<f64>, y: &Array1<f64>, n: usize) -> (f64, f64, f64, usize, f64) {
    let mut sum = 0.0;
    for v in x.iter().chain(y) {
        sum = 0.5 * sum + v;
    }
    for (i, v) in x.iter().chain(y.iter().rev()).enumerate().skip(1).step_by(2) {
        sum += i as f64 * v;
    }
    let backwards = x.iter().chain(y.iter()).rev().fold(0.0, |s, v| 0.5 * s + v);
    let ranges: f64 = (0..n).chain(7..7 + n).chain((0..=n).rev()).map(|i| (i as f64).sin()).sum();
    let count = x.iter().chain(y.iter()).chain(x.iter().skip(1)).count();
    let ends: f64 = std::iter::once(1.5)
        .chain(x.iter().copied().filter(|v| *v > 0.0))
        .chain(std::iter::repeat(0.25).take(2))
        .sum();
    (sum, backwards, ranges, count, ends)
}

#[desc_jit]
fn collected(x: &Array1<f64>, y: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let ghosts: Array1<f64> =
        std::iter::once(-1.0).chain(x.iter().copied()).chain(std::iter::once(1.0)).collect();
    let scaled: Array1<f64> = x.iter().chain(y.iter()).enumerate().map(|(i, v)| i as f64 * v).collect();
    (ghosts, scaled)
}

#[test]
fn one_behind_the_other() {
    for (n, m) in [(0, 0), (0, 3), (3, 0), (4, 5)] {
        agree!(chained(&sample(n), &sample(m), n));
        agree!(collected(&sample(n), &sample(m)));
    }
}

#[desc_jit]
fn left(x: &Array1<f64>, y: &Array1<f64>, low: f64) -> (f64, usize, f64) {
    let mut sum = 0.0;
    let mut seen = 0;
    'all: for (i, v) in x.iter().chain(y).enumerate() {
        if *v < low {
            continue;
        }
        for w in y.iter().chain(x) {
            if *w > 5.0 {
                continue 'all;
            }
            if *w < -4.0 && i > 4 {
                break 'all;
            }
            sum += v * w;
        }
        seen += 1;
    }
    // The first part ends early, the second one goes on; the closures are called once per item, until it ends.
    let mut calls = 0.0;
    let parts: f64 = x
        .iter()
        .take_while(|v| {
            calls += 1.0;
            **v > low
        })
        .chain(y.iter().filter(|v| **v > 0.0))
        .sum();
    (sum, seen, parts + 100.0 * calls)
}

#[test]
fn chains_are_left() {
    for low in [-9.0, -1.0, 2.0] {
        for (n, m) in [(0, 0), (0, 7), (7, 0), (9, 8)] {
            agree!(left(&sample(n), &sample(m), low));
        }
    }
}

#[desc_jit]
fn nested(x: &Array1<f64>, t: &Array2<f64>, n: usize) -> (f64, f64, usize, f64, f64) {
    let i = 3.0;
    let mut pairs = 0.0;
    for (a, b) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
        pairs = 0.5 * pairs + i * (a as f64 - 2.0 * b as f64);
    }
    let rows: f64 =
        t.rows().into_iter().flat_map(|row| row.iter().map(|v| v * v).take(2).sum::<f64>() * row).sum();
    let count = (0..n).flat_map(|k| x.iter().skip(k)).filter(|v| **v > 0.0).count();
    let flat = t.outer_iter().flatten().fold(1.0, |s, v| 0.5 * s + v);
    let deep: f64 = (0..n)
        .flat_map(|i| {
            let scale = 1.0 + i as f64;
            (0..=i).flat_map(move |j| (j..n).map(move |k| scale * (k - j) as f64))
        })
        .enumerate()
        .map(|(k, v)| v / (1.0 + k as f64))
        .sum();
    (pairs, rows, count, flat, deep)
}

#[desc_jit]
fn nested_jumps(x: &Array1<f64>, n: usize, stop: f64) -> (f64, usize, f64, f64) {
    let mut sum = 0.0;
    let mut steps = 0;
    for (i, v) in (0..n).flat_map(|i| x.iter().map(move |v| (i, v))) {
        if *v < 0.0 {
            continue;
        }
        if *v > stop {
            break;
        }
        sum += v * (i + 1) as f64;
        steps += 1;
    }
    let first = (0..n).flat_map(|i| x.iter().map(move |v| v + i as f64)).find(|v| *v > stop).unwrap_or(-1.0);
    let before: f64 =
        (0..n).flat_map(|i| x.iter().take_while(move |v| **v > -(i as f64))).take_while(|v| **v < stop).sum();
    (sum, steps, first, before)
}

#[desc_jit]
fn flat_lists(x: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let outer: Array1<f64> = x.iter().flat_map(|a| x.iter().map(move |b| a * b)).collect();
    let twice: Array1<f64> = x.iter().flat_map(|v| [*v, -*v]).map(|v| v + 0.5).collect();
    (outer, twice)
}

#[test]
fn one_inside_the_other() {
    for n in [1, 2, 5] {
        agree!(nested(&sample(n), &Array2::from_shape_fn((n, 3), |(i, j)| (i as f64 - j as f64).cos()), n));
        agree!(flat_lists(&sample(n)));
    }
    for stop in [-5.0, 2.0, 4.0, 9.0] {
        agree!(nested_jumps(&sample(6), 3, stop));
    }
}

#[desc_jit]
fn scans(x: &Array1<f64>, dt: f64) -> (Array1<f64>, f64, f64, f64, Array1<f64>) {
    let running: Array1<f64> = x
        .iter()
        .scan(0.0, |sum, v| {
            *sum += v;
            Some(*sum)
        })
        .collect();
    let mut weighted = 0.0;
    for (i, v) in x
        .iter()
        .scan(1.0, |s, v| {
            *s = 0.5 * *s + v;
            Some(*s * v)
        })
        .enumerate()
    {
        weighted += i as f64 * v;
    }
    let last = x
        .iter()
        .scan((0.0, 1.0), |(position, velocity), a| {
            *velocity += a * dt;
            *position += *velocity * dt;
            Some(*position)
        })
        .last()
        .unwrap_or(0.0);
    let bounded = x
        .iter()
        .scan(0.0, |sum, v| {
            *sum += v.abs();
            if *sum > 9.0 { None } else { Some(*sum) }
        })
        .sum::<f64>();
    let mut total = 0.0;
    let counted: Array1<f64> = x
        .iter()
        .map(|v| {
            total += 1.0;
            v * total
        })
        .collect();
    (running, weighted + total, last, bounded, counted)
}

#[desc_jit]
fn options(x: &Array1<f64>) -> (f64, f64, f64, f64, f64) {
    let roots: f64 = x.iter().filter_map(|v| (*v > 0.0).then(|| v.sqrt())).sum();
    let until: f64 = x.iter().map_while(|v| if *v < 4.0 { Some(2.0 * v) } else { None }).sum();
    let first = x.iter().find_map(|v| if *v > 1.0 { Some(v.ln()) } else { None }).unwrap_or(0.5);
    let rest: f64 = x.iter().skip_while(|v| **v < 0.0).enumerate().map(|(i, v)| i as f64 * v).sum();
    let chosen: f64 = x
        .iter()
        .enumerate()
        .filter_map(|(i, v)| match i % 3 {
            0 => None,
            1 => Some(*v),
            _ => Some(-v),
        })
        .sum();
    (roots, until, first, rest, chosen)
}

#[desc_jit]
fn behind_filters(x: &Array1<f64>, n: usize) -> (f64, f64, usize, f64) {
    let moment: f64 = x.iter().filter(|v| **v > 0.0).enumerate().map(|(i, v)| i as f64 * v).sum();
    let some: f64 = x.iter().filter(|v| **v > -1.0).skip(1).step_by(2).take(n).sum();
    let at = x.iter().filter(|v| **v > 0.0).position(|v| *v > 3.0).unwrap_or(n);
    let pairs: f64 = x.iter().filter(|v| **v < 2.0).zip(x.iter()).map(|(a, b)| a * b).sum();
    (moment, some, at, pairs)
}

#[test]
fn what_remembers() {
    agree!(scans(&sample(0), 0.1));
    for n in [1, 4, 11] {
        agree!(scans(&sample(n), 0.1));
        agree!(options(&sample(n)));
        agree!(behind_filters(&sample(n), 2));
    }
}

#[desc_jit]
fn endless(x: &Array1<f64>, limit: f64) -> (f64, usize, i64, f64) {
    let mut sum = 0.0;
    for i in 0.. {
        if sum > limit {
            break;
        }
        sum += (i + 1) as f64;
    }
    let first = (1..).find(|n| n * n > 50).unwrap();
    let mut moment = 0.0;
    for (i, v) in (2..).zip(x) {
        moment += i as f64 * v;
    }
    for (v, k) in x.iter().zip((1..).step_by(3)) {
        moment += v / k as f64;
    }
    let odd: i64 = (1_i64..).step_by(2).take(4).product();
    let series: f64 = (1..).map(|k| 0.5_f64.powi(k)).take_while(|term| *term > 1e-3).sum();
    (sum + moment, first, odd, series)
}

#[desc_jit]
fn backwards(x: &Array1<f64>, n: usize) -> f64 {
    let mut sum = 0.0;
    for (k, i) in (0..n).rev().enumerate() {
        sum = 0.5 * sum + k as f64 * x[i];
    }
    for (v, i) in x.iter().zip((0..n).step_by(2).rev()) {
        sum += v * i as f64;
    }
    sum
}

#[test]
fn ranges_without_ends() {
    for n in [1, 5] {
        agree!(endless(&sample(n), 20.0));
        agree!(backwards(&sample(n), n));
    }
}

#[desc_jit]
fn indexed(x: &Array1<f64>, t: &Array2<f64>) -> (f64, f64, Array2<f64>) {
    let mut moment = 0.0;
    for (i, v) in x.indexed_iter() {
        moment += i as f64 * v;
    }
    let trace: f64 = t.indexed_iter().filter(|((i, j), _)| i == j).map(|(_, v)| v).sum();
    let mut distances = Array2::zeros((3, 2));
    for ((i, j), d) in distances.indexed_iter_mut() {
        *d = (i as f64 - j as f64).abs() + x[i];
    }
    (moment, trace, distances)
}

#[test]
fn elements_with_their_indices() {
    agree!(indexed(&sample(4), &Array2::from_shape_fn((3, 4), |(i, j)| (i as f64 - j as f64).cos())));
}

#[desc_jit(static(n))]
fn outside(x: &Array1<f64>, n: usize) -> (Array1<f64>, f64, usize) {
    // Names of closures are not seen by what stands behind them.
    let (i, scale) = (2.0, 0.5);
    let mut seen = 0;
    let all: Array1<f64> = (0..n)
        .flat_map(|i| {
            let scale = 1.0 + i as f64;
            x.iter().map(move |v| scale * v)
        })
        .map(|v| {
            seen += 1;
            i * scale * v + seen as f64
        })
        .collect();
    let mut sum = 0.0;
    for (k, v) in (0..n).flat_map(|i| x.iter().map(move |v| i as f64 * v)).enumerate() {
        sum += i * scale * v * k as f64;
    }
    (all, sum, seen)
}

#[test]
fn names_of_closures_end_with_them() {
    for n in [1, 3] {
        agree!(outside(&sample(4), n));
    }
}

#[desc_jit]
fn nested_beside(x: &Array1<f64>, y: &Array1<f64>) -> (f64, f64, f64, f64) {
    let mut pairs = 0.0;
    for (a, b) in x.iter().zip(y.iter().flat_map(|v| [*v, v * v])) {
        pairs = pairs * a + b;
    }
    let chained: f64 = x
        .iter()
        .flat_map(|v| (0..2).map(move |k| v + k as f64))
        .chain(y.iter().copied())
        .rev()
        .fold(1.0, |s, v| 0.5 * s + v);
    let behind: f64 = y
        .iter()
        .copied()
        .chain(x.iter().flat_map(|v| [*v, 1.0, -v]))
        .enumerate()
        .map(|(i, v)| i as f64 * v)
        .sum();
    let both: f64 = x
        .iter()
        .flat_map(|v| [*v, 2.0 * v])
        .zip(y.iter().flat_map(|v| [v * v, *v, 0.5]))
        .map(|(a, b)| a * b)
        .sum();
    (pairs, chained, behind, both)
}

#[test]
fn flat_maps_stand_in_chains_and_beside_others() {
    let (x, y) = (Array1::linspace(0.3, 1.7, 4), Array1::linspace(-1.0, 0.5, 3));
    agree!(nested_beside(&x, &y));
    agree!(nested_beside(&y, &x));
    agree!(nested_beside(&Array1::zeros(0), &y));
}

#[desc_jit]
fn unzipped(x: &Array1<f64>) -> (f64, f64, f64, i64) {
    let (sines, squares): (Vec<f64>, Vec<f64>) = x.iter().map(|v| (v.sin(), v * v)).unzip();
    let (places, kept): (Vec<i64>, Vec<f64>) =
        x.iter().enumerate().skip(1).map(|(i, v)| (i as i64, *v)).unzip();
    let mut calls = 0.0;
    let (numbers, _): (Vec<f64>, Vec<f64>) = x
        .iter()
        .map(|v| {
            calls += 1.0;
            (calls * v, *v)
        })
        .unzip();
    let sum: f64 = sines.iter().zip(&squares).map(|(a, b)| a * b).sum();
    (sum, kept.iter().sum::<f64>() + numbers[2], calls, places.iter().sum::<i64>() + places.len() as i64)
}

#[test]
fn pairs_are_unzipped() {
    agree!(unzipped(&Array1::linspace(0.3, 1.7, 5)));
}

#[desc_jit]
fn triangle(x: &Array1<f64>) -> f64 {
    x.iter().zip((0..3).flat_map(|i| (0..i).map(move |j| (i * j) as f64))).map(|(a, b)| a * b).sum()
}

#[test]
fn parts_of_different_lengths_are_no_array() {
    let x = Array1::ones(3);
    assert_eq!(triangle::native(&x), 2.0);
    let error = triangle::try_call(&x).unwrap_err();
    assert!(error.to_string().contains("the shape of an array must be known"), "{error}");
}
