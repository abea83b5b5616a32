//! Slices, `Vec`s, fixed arrays and `ndarray`'s arrays in signatures.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn norm(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    sum.sqrt()
}

#[desc_jit]
fn smoothed(x: &Vec<f64>, by: [f64; 3]) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 1..x.len() - 1 {
        out[i] = by[0] * x[i - 1] + by[1] * x[i] + by[2] * x[i + 1];
    }
    out
}

#[desc_jit]
fn rotated(m: &[[f64; 2]; 2], v: [f64; 2]) -> [f64; 2] {
    let mut out = [0.0; 2];
    for i in 0..2 {
        for j in 0..2 {
            out[i] += m[i][j] * v[j];
        }
    }
    out
}

#[desc_jit]
fn relax(x: &mut [f64], limit: f64) -> usize {
    let mut changed = 0;
    for i in 1..x.len() {
        if (x[i] - x[i - 1]).abs() > limit {
            x[i] = 0.5 * (x[i] + x[i - 1]);
            changed += 1;
        }
    }
    changed
}

#[test]
fn lists_are_arguments_and_results() {
    let x = vec![1.0, 4.0, 2.0, 8.0, 5.0];
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            assert_eq!(norm(&x), norm::native(&x), "{engine}");
            assert_eq!(norm(&x[1..3]), norm::native(&x[1..3]), "{engine}");
            let by = [0.25, 0.5, 0.25];
            assert_eq!(smoothed(&x, by), smoothed::native(&x, by), "{engine}");
            let m = [[0.0, -1.0], [1.0, 0.5]];
            assert_eq!(rotated(&m, [2.0, 3.0]), rotated::native(&m, [2.0, 3.0]), "{engine}");
        });
    }
}

#[test]
fn slices_are_updated_in_place() {
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let mut x = vec![1.0, 4.0, 2.0, 8.0, 5.0];
            let mut expected = x.clone();
            let count = relax::native(&mut expected[1..], 1.5);
            assert_eq!(relax(&mut x[1..], 1.5), count, "{engine}");
            assert_eq!(x, expected, "{engine}");
        });
    }
}

#[desc_jit]
fn failing(x: &mut [f64], n: usize) {
    for i in 0..n {
        x[i] += 1.0;
    }
}

#[test]
fn an_error_leaves_a_slice_as_it_was() {
    for engine in desc_jit::Engine::ALL {
        let mut x = [1.0, 2.0];
        assert!(desc_jit::with_engine(engine, || failing::try_call(&mut x, 3)).is_err());
        assert_eq!(x, [1.0, 2.0], "{engine}");
    }
}

#[desc_jit]
fn trace(a: &ndarray::Array2<f64>, scale: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.nrows() {
        sum += scale * a[[i, i]];
    }
    sum
}

#[test]
fn arrays_of_ndarray_are_arguments() {
    let a = ndarray::Array2::from_shape_fn((3, 3), |(i, j)| (3 * i + j) as f64);
    for engine in desc_jit::Engine::ALL {
        assert_eq!(desc_jit::with_engine(engine, || trace(&a, 2.0)), trace::native(&a, 2.0), "{engine}");
    }
}

#[desc_jit]
fn swept(a: &mut ndarray::Array2<f64>, x: ndarray::Array1<f64>, n: usize) -> (ndarray::Array1<f64>, f64) {
    let mut x = x;
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..a.ncols() {
            a[[i, j]] = 0.5 * a[[i, j]] + x[j];
            sum += a[[i, j]];
        }
        x[i] -= sum;
    }
    (x, sum)
}

#[desc_jit]
fn of_views(x: ndarray::ArrayView1<f64>, a: ndarray::ArrayView2<'_, f64>, n: usize) -> f64 {
    let mut sum = x.sum();
    for i in 0..n {
        sum = 0.5 * sum + a[[i, 0]] * x[i];
    }
    sum
}

#[test]
fn views_of_ndarray_are_arguments() {
    let a = ndarray::Array2::from_shape_fn((4, 5), |(i, j)| (3 * i + j * j) as f64);
    let (column, part) = (a.column(1), a.slice(ndarray::s![..;2, 1..3]));
    let expected = of_views::native(column, part, 2);
    for engine in desc_jit::Engine::ALL {
        assert_eq!(desc_jit::with_engine(engine, || of_views(column, part, 2)), expected, "{engine}");
    }
}

#[desc_jit]
fn scaled_column(mut x: ndarray::ArrayViewMut1<f64>, a: &ndarray::ArrayView2<f64>, n: usize) -> f64 {
    for i in 0..n {
        x[i] += a[[i, 0]];
    }
    x *= 2.0;
    x.sum()
}

#[desc_jit]
fn doubled(x: desc_jit::array::ArrayViewMut2<f64>, y: &desc_jit::array::ArrayView1<f64>) {
    let mut x = x;
    x += y;
    for v in x {
        *v *= 2.0;
    }
}

#[desc_jit]
fn through(x: &mut ndarray::ArrayViewMut1<f64>, y: &ndarray::ArrayViewMut1<f64>) {
    for i in 0..y.len() {
        x[i] = y[i] - x[i];
    }
}

#[test]
fn mutable_views_are_updated_in_place() {
    let table = ndarray::Array2::from_shape_fn((4, 5), |(i, j)| (3 * i + j * j) as f64);
    let mut expected = table.clone();
    let sum = scaled_column::native(expected.column_mut(1), &table.view(), 4);
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let mut changed = table.clone();
            assert_eq!(scaled_column(changed.column_mut(1), &table.view(), 4), sum, "{engine}");
            assert_eq!(changed, expected, "{engine}");
            // An error leaves it as it was.
            let short = table.slice(ndarray::s![..2, ..]);
            assert!(scaled_column::try_call(changed.column_mut(1), &short, 4).is_err(), "{engine}");
            assert_eq!(changed, expected, "{engine}");
            // Every second row from the end, of which every third column.
            let (mut changed, mut expected) = (Array2::from(table.clone()), Array2::from(table.clone()));
            let line = Array1::from_vec(vec![0.5, -1.0]);
            doubled(changed.slice_mut(s![..;-2, ..;3]), &line.view());
            doubled::native(expected.slice_mut(s![..;-2, ..;3]), &line.view());
            assert_eq!(changed, expected, "{engine}");
            let (mut changed, mut expected, mut other) = (table.clone(), table.clone(), table.clone());
            through(&mut changed.row_mut(2), &other.row_mut(0));
            through::native(&mut expected.row_mut(2), &other.row_mut(0));
            assert_eq!(changed, expected, "{engine}");
        });
    }
}

#[desc_jit]
fn reshaped(a: &mut ndarray::Array1<f64>, n: usize) {
    let mut b = a.clone();
    b[n] = 1.0;
    *a = b.slice(s![1..]).to_owned();
}

#[test]
fn arrays_of_ndarray_are_results_and_updated_in_place() {
    let by_rows = ndarray::Array2::from_shape_fn((3, 3), |(i, j)| (3 * i + j) as f64);
    let by_columns = by_rows.clone().reversed_axes();
    let x = ndarray::Array1::from_vec(vec![1.0, -2.0, 0.5]);
    for a in [by_rows, by_columns] {
        let mut expected = a.clone();
        let (list, sum) = swept::native(&mut expected, x.clone(), 3);
        for engine in desc_jit::Engine::ALL {
            desc_jit::with_engine(engine, || {
                let mut changed = a.clone();
                assert_eq!(swept(&mut changed, x.clone(), 3), (list.clone(), sum), "{engine}");
                assert_eq!(changed, expected, "{engine}");
                // An error leaves it as it was.
                assert!(swept::try_call(&mut changed, x.clone(), 4).is_err(), "{engine}");
                assert_eq!(changed, expected, "{engine}");
            });
        }
    }
    let mut x = x;
    let error = reshaped::try_call(&mut x, 0).unwrap_err();
    assert!(error.message().ends_with("keeps its shape: it is [3], not [2]"), "{error}");
    assert_eq!(x.len(), 3);
}

#[desc_jit]
fn outer(x: &Array1<f64>) -> f64 {
    let copy = x.to_vec();
    norm(&copy) + norm(x.as_slice().unwrap())
}

#[test]
fn functions_of_lists_are_called() {
    agree!(outer(&Array1::from_vec(vec![3.0, 4.0])));
}

const TABLE: [[f64; 3]; 2] = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];

#[desc_jit]
fn of_lists(m: &[[f64; 3]; 2], limit: f64) -> (usize, f64, f64) {
    let mut sum = 0.0;
    for row in TABLE.iter().zip(m) {
        sum += row.0[1] * row.1[2];
    }
    for (i, row) in m.iter().enumerate().rev() {
        sum = 0.5 * sum + i as f64 * row.iter().sum::<f64>();
    }
    let mut copy = *m;
    for row in copy.iter_mut() {
        row[0] = -row[1];
        if row[2] > limit {
            break;
        }
    }
    copy.swap(0, 1);
    for row in &mut copy {
        for v in row.iter_mut() {
            *v += 1.0;
        }
    }
    let largest = copy.iter().map(|row| row[0] * row[2]).fold(f64::NEG_INFINITY, f64::max);
    (m.len() + 10 * TABLE.len() + 100 * copy[0].len() + 1000 * TABLE.iter().count(), sum, largest)
}

#[desc_jit]
fn of_literals(x: f64, n: usize) -> (usize, f64, [[f64; 2]; 2]) {
    let square = [[0.0, x], [x * x, 1.0]];
    let mut many = vec![[x, 1.0]; 5];
    let cube = [[[x, 1.0], [2.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]]];
    for k in 0..n {
        if many[k][0] > 2.0 {
            many[k] = [0.0, k as f64];
        } else {
            many[k][1] += cube[k % 2].len() as f64;
        }
    }
    let mut sum = 0.0;
    for plane in cube {
        for [a, b] in plane {
            sum += a * b;
        }
    }
    for pair in many.windows(2) {
        sum += pair[0][1] - pair[1][0];
    }
    (square.len() + 10 * many.len() + 100 * cube.len() + 1000 * cube[n % 2].len(), sum, square)
}

#[desc_jit]
fn of_arrays(x: &Array1<f64>, n: usize) -> (usize, f64, usize) {
    let list = vec![x.clone(), x * 2.0, x + 1.0];
    let mut sum = 0.0;
    for (k, row) in list.iter().enumerate() {
        sum += k as f64 * row.dot(x);
    }
    let whole = array![[1, 2, 3], [4, 5, 6]];
    let made = Array2::from([[1.0, sum], [2.0, 3.0]]);
    let all: f64 = made.iter().sum();
    (list.len() + 10 * list[n].len() + 100 * whole.len(), all, whole.iter().count())
}

#[test]
fn lists_of_lists_have_lists_as_items() {
    let m = [[0.5, -1.0, 2.0], [3.0, 0.25, 1.0]];
    for limit in [0.0, 10.0] {
        agree!(of_lists(&m, limit));
    }
    for engine in desc_jit::Engine::ALL {
        for (x, n) in [(0.5, 3), (2.5, 5)] {
            let result = desc_jit::with_engine(engine, || of_literals(x, n));
            assert_eq!(result, of_literals::native(x, n), "{engine}");
        }
    }
    agree!(of_arrays(&Array1::from_vec(vec![1.0, 2.0, 4.0, 8.0]), 1));
}

#[desc_jit]
fn parts(x: &[f64], m: &[[f64; 2]; 3], i: usize) -> f64 {
    let tail = &x[1..];
    let window = &x[i..i + 2];
    let mut sum = norm(&x[..3]) + tail[0] + window[1] + x[1..=2][1];
    for v in &x[2..] {
        sum = 0.5 * sum + v;
    }
    sum += x[1..4].iter().rev().map(|v| v * v).sum::<f64>();
    let around = &x[(i + 1) - 1..=i + 1];
    sum += around[0] - 0.5 * around[around.len() - 1];
    sum + m[1..][0][1] + tail.len() as f64
}

/// The lengths of parts may be known at run time only, where they are iterated over.
#[desc_jit]
fn tails(x: &[f64], a: usize, b: usize) -> f64 {
    let mut sum = 0.0;
    for k in 0..x.len() {
        sum += x[k..].iter().map(|v| v * v).sum::<f64>().sqrt();
    }
    for (i, v) in x[a..b].iter().enumerate() {
        sum += (i + 1) as f64 * v;
    }
    for v in &x[..=a] {
        sum = 0.5 * sum + v;
    }
    sum + x[a..b].iter().rev().zip(&x[a..]).map(|(v, w)| v * w).sum::<f64>()
}

/// Rust looks at the range before it takes an element.
#[desc_jit]
fn first_of(x: &[f64], a: usize, b: usize) -> f64 {
    for v in &x[a..b] {
        return *v;
    }
    0.0
}

#[test]
fn parts_of_any_length_are_iterated_over() {
    let x = [1.0, 4.0, 2.0, 8.0, 5.0];
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            for (a, b) in [(0, 5), (1, 3), (2, 2), (4, 5)] {
                assert_eq!(tails(&x, a, b), tails::native(&x, a, b), "{engine}");
                assert_eq!(first_of(&x, a, b), first_of::native(&x, a, b), "{engine}");
            }
            for (a, b, says) in [(2, 6, "behind the end of a list of 5"), (3, 2, "starts behind its end")] {
                for error in [tails::try_call(&x, a, b), first_of::try_call(&x, a, b)] {
                    let error = error.unwrap_err();
                    assert!(error.message().contains(says), "{engine}: {error}");
                }
            }
        });
    }
}

#[desc_jit]
fn ends(x: &Array1<f64>) -> f64 {
    let list = x.to_vec();
    list.first().unwrap() - 2.0 * list.last().unwrap()
        + *list[1..].first().expect("two")
        + list.iter().last().unwrap()
}

#[test]
fn ranges_are_parts_of_lists() {
    let x = [1.0, 4.0, 2.0, 8.0, 5.0];
    let m = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            for i in 0..4 {
                assert_eq!(parts(&x, &m, i), parts::native(&x, &m, i), "{engine}");
            }
            assert!(parts::try_call(&x, &m, 4).is_err(), "{engine}");
        });
    }
}

#[test]
fn lists_have_ends() {
    agree!(ends(&Array1::from_vec(vec![3.0, 4.0, 7.0])));
    for engine in desc_jit::Engine::ALL {
        assert!(desc_jit::with_engine(engine, || ends::try_call(&Array1::zeros(0))).is_err(), "{engine}");
    }
}

/// A list of pairs is written at places that are known at run time, in branches of a loop.
#[desc_jit]
fn in_pairs(x: &Array1<f64>, places: &Array1<usize>) -> ((f64, f64, usize), [(f64, usize); 5]) {
    let mut list = [(0.0, 0_usize); 5];
    list[1].0 = 7.0;
    let mut sum = 0.0;
    for i in 0..x.len() {
        if x[i] < -0.5 {
            continue;
        }
        let (value, count) = list[places[i]];
        if count < 3 {
            list[places[i]] = (value + x[i], count + 1);
        } else {
            for k in 0..2 {
                list[(places[i] + k) % 5].0 *= 0.5;
            }
            list[(places[i] + 2) % 5] = (x[i], 0);
        }
        sum += list[2].0;
    }
    ((sum, list[3].0, list[4].1), list)
}

/// A stack, until it is empty.
#[desc_jit]
fn halved(a: f64, b: f64, least: f64) -> (f64, usize) {
    let mut stack = [(0.0, 0.0); 12];
    stack[0] = (a, b);
    let (mut top, mut sum) = (1, 0.0);
    let mut most = 1;
    while top > 0 {
        top -= 1;
        let (left, right) = stack[top];
        if right - left < least {
            sum += left * right;
        } else {
            let middle = 0.5 * (left + right);
            stack[top] = (middle, right);
            stack[top + 1] = (left, middle);
            top += 2;
            most = most.max(top);
        }
    }
    (sum, most)
}

#[test]
fn lists_of_pairs_are_written_at_run_time() {
    let x = Array1::from_vec(desc_jit_tests::consistency::scattered(5, 60));
    let mut places = Array1::from_shape_fn(60, |i| (i * i) % 5);
    let expected = in_pairs::native(&x, &places);
    for engine in desc_jit::Engine::ALL {
        assert_eq!(desc_jit::with_engine(engine, || in_pairs(&x, &places)), expected, "{engine}");
    }
    places[59] = 5;
    for engine in desc_jit::Engine::ALL {
        let error = desc_jit::with_engine(engine, || in_pairs::try_call(&x, &places)).unwrap_err();
        assert!(error.message().contains('5'), "{engine}: {error}");
    }
    agree!(halved(0.0, 1.0, 0.1));
    agree!(halved(0.0, 1.0, 0.001));
    refuse!(halved(0.0, 1.0, 1e-6), Index, "12");
}
