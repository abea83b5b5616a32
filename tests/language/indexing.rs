//! Reading and writing elements at every rank, of every dtype; out of range is an error in every reading.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn rank_one(x: &Array1<f64>, i: usize) -> (f64, Array1<f64>) {
    let mut y = x.clone();
    y[i] = 7.0;
    y[0] += x[i];
    y[[1]] *= 2.0;
    (x[i], y)
}

#[desc_jit]
fn rank_two(x: &Array2<f64>, i: usize, j: usize) -> Array2<f64> {
    let mut y = x.clone();
    y[[i, j]] = x[[j, i]] + 1.0;
    y[[0, 0]] -= y[[i, j]];
    y[(1, 1)] /= 4.0;
    y
}

#[desc_jit]
fn rank_three(x: &Array3<f64>, i: usize) -> Array3<f64> {
    let mut y = x.clone();
    for k in 0..2 {
        y[[i, k, 1]] = x[[0, k, 0]] + k as f64;
        y[[k, i, 0]] += 0.5;
    }
    y
}

#[test]
fn elements_at_ranks_one_to_three() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    for i in 0..3 {
        agree!(rank_one(&x, i));
    }
    let x = Array2::from_shape_fn((2, 2), |(i, j)| (i * 2 + j) as f64);
    for i in 0..2 {
        for j in 0..2 {
            agree!(rank_two(&x, i, j));
        }
    }
    let x = Array3::from_shape_fn((2, 2, 2), |(i, j, k)| (i * 4 + j * 2 + k) as f64);
    agree!(rank_three(&x, 1));
}

#[test]
fn out_of_range_names_array_index_length_and_line() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    refuse!(rank_one(&x, 3), Index, "index 3 is out of range for axis 0 of `y`, which has length 3");
    let x = Array2::<f64>::zeros((2, 2));
    refuse!(rank_two(&x, 0, 5), Index, "index 5 is out of range for axis 0 of `x`, which has length 2");
    refuse!(rank_two(&Array2::zeros((0, 0)), 0, 0), Index, "length 0");
    let error = rank_one::try_call(&Array1::zeros(2), 9).unwrap_err().to_string();
    assert!(error.contains("y[i] = 7.0;"), "the line is shown:\n{error}");
}

#[desc_jit]
fn read_beyond(x: &Array1<f64>, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s += x[i + 1] - x[i];
    }
    s
}

#[test]
fn a_loop_that_runs_out_of_its_array() {
    let x = Array1::from_vec(vec![1.0, 2.0, 4.0]);
    agree!(read_beyond(&x, 2));
    refuse!(read_beyond(&x, 3), Index, "index 3 is out of range for axis 0 of `x`");
}

#[desc_jit]
fn unused_read(x: &Array1<f64>, i: usize) -> f64 {
    let _y = x[i];
    1.0
}

#[test]
fn a_read_whose_value_nobody_uses_still_fails() {
    agree!(unused_read(&Array1::zeros(3), 2));
    refuse!(unused_read(&Array1::<f64>::zeros(3), 3), Index, "index 3");
}

#[desc_jit]
fn every_dtype(
    a: &Array1<f32>,
    b: &Array1<i64>,
    c: &Array1<bool>,
    d: &Array1<usize>,
) -> (Array1<f32>, Array1<i64>, Array1<bool>, Array1<usize>) {
    let mut a = a.clone();
    let mut b = b.clone();
    let mut c = c.clone();
    let mut d = d.clone();
    for i in 0..a.len() {
        let k = d[i];
        a[k] = a[i] * 0.1;
        b[k] -= b[i] * 2;
        c[k] = !c[i] || b[i] > 0;
        d[i] = (k + 1) % 3;
    }
    (a, b, c, d)
}

#[test]
fn arrays_of_every_dtype() {
    agree!(every_dtype(
        &Array1::from_vec(vec![1.0f32, 2.0, 3.0]),
        &Array1::from_vec(vec![5i64, -6, 7]),
        &Array1::from_vec(vec![true, false, true]),
        &Array1::from_vec(vec![2usize, 0, 1])
    ));
}

#[desc_jit]
fn through_indices(x: &Array1<f64>, index: &Array1<i64>) -> Array1<f64> {
    let mut out = x.clone();
    for k in 0..index.len() {
        let i = index[k] as usize;
        out[i] += x[k];
    }
    out
}

#[test]
fn scatter_with_repeated_indices() {
    let x = Array1::from_vec(vec![1.0, 2.0, 4.0]);
    agree!(through_indices(&x, &Array1::from_vec(vec![1i64, 1, 0])));
    refuse!(through_indices(&x, &Array1::from_vec(vec![1i64, -1, 0])), Index, "out of range");
}

#[desc_jit]
fn fixed_arrays(x: f64, n: usize) -> (f64, f64) {
    let mut v = [0.0; 3];
    let mut w = [x, 2.0 * x, 1.0];
    let mut m = [[0.0; 2]; 2];
    let mut list = vec![0.0; 4];
    let short = vec![x, 5.0];
    for i in 0..n {
        v[i % 3] += w[(i + 1) % 3];
        w[0] -= v[2];
        m[i % 2][(i + 1) % 2] += v[0];
        list[i % 4] = m[0][1] + short[i % 2];
    }
    (v[0] + v[1] + v[2] + w[0], m[0][0] + m[0][1] + m[1][0] + list[0] + list[3])
}

#[test]
fn small_fixed_arrays_and_vectors() {
    for n in [0, 1, 5, 9] {
        agree!(fixed_arrays(0.7, n));
    }
}

#[desc_jit]
fn local_array_in_loop(x: &Array2<f64>) -> Array1<f64> {
    let mut out = Array1::<f64>::zeros(x.nrows());
    for i in 0..x.nrows() {
        let mut d = [0.0; 3];
        for k in 0..3 {
            d[k] = x[[i, k]] - x[[0, k]];
        }
        let mut s = 0.0;
        for k in 0..3 {
            s += d[k] * d[k];
        }
        out[i] = s.sqrt();
    }
    out
}

#[test]
fn a_fixed_array_made_anew_in_every_iteration() {
    agree!(local_array_in_loop(&Array2::from_shape_fn((4, 3), |(i, j)| (i * i + 2 * j) as f64)));
    agree!(local_array_in_loop(&Array2::zeros((0, 3))));
}

/// Adds to one element; how often is known at run time.
#[desc_jit]
fn added_up(y: &Array2<f64>, x: &Array1<f64>, i: usize, n: usize) -> Array2<f64> {
    let mut y = y.clone();
    for k in 0..n {
        y[[i, 0]] += x[k];
    }
    y
}

/// The elements of a row, each from the one before it.
#[desc_jit]
fn added_along(y: &Array2<f64>, i: usize, n: usize) -> Array2<f64> {
    let mut y = y.clone();
    for j in 1..n.min(y.ncols()) {
        y[[i, j]] += 0.5 * y[[i, j - 1]];
    }
    y
}

/// What is known of the element's place rests on the check of another one.
#[desc_jit]
fn added_at_half(y: &Array1<f64>, x: &Array1<f64>, i: usize, n: usize) -> (Array1<f64>, f64) {
    let mut y = y.clone();
    let mut sum = 0.0;
    for k in 0..n {
        sum += x[i];
        y[i >> 1] += x[k];
    }
    (y, sum)
}

#[test]
fn an_element_kept_in_a_register_is_checked_before_it_is_loaded() {
    let (y, x) = (Array2::ones((3, 4)), Array1::ones(5));
    agree!(added_up(&y, &x, 2, 5));
    agree!(added_up(&y, &x, 7, 0));
    agree!(added_along(&y, 2, 9));
    agree!(added_along(&y, 7, 1));
    let half = Array1::ones(3);
    agree!(added_at_half(&half, &x, 4, 5));
    agree!(added_at_half(&half, &x, 9, 0));
    for far in [5, 1 << 20, 1 << 40] {
        refuse!(added_at_half(&half, &x, far, 5), Index, "x");
    }
    for far in [3, 1 << 20, 1 << 40] {
        refuse!(added_up(&y, &x, far, 5), Index, "y");
        refuse!(added_along(&y, far, 9), Index, "y");
    }
}
