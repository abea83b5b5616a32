//! Rows, columns, slices: reading and assigning.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

fn grid(n: usize, m: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, m), |(i, j)| (i * m + j) as f64 + 0.5)
}

#[desc_jit]
fn rows_and_columns(x: &Array2<f64>, i: usize) -> (Array1<f64>, Array1<f64>, f64) {
    let r = x.row(i).to_owned();
    let c = &x.column(0) * 2.0;
    let d = x.row(0).dot(&x.row(i));
    (r, c, d)
}

#[desc_jit]
fn assign_rows(x: &Array2<f64>, v: &Array1<f64>, i: usize) -> Array2<f64> {
    let mut y = x.clone();
    y.row_mut(i).assign(v);
    y.row_mut(0).fill(9.0);
    y.column_mut(1).fill(-1.0);
    y.row_mut(2).assign(&x.row(i));
    y
}

#[test]
fn rows_and_columns_are_read_and_assigned() {
    let x = grid(3, 4);
    for i in 0..3 {
        agree!(rows_and_columns(&x, i), ulps = 2);
        agree!(assign_rows(&x, &Array1::from_vec(vec![1.0, 2.0, 3.0, 4.0]), i));
    }
    refuse!(rows_and_columns(&x, 3), Index, "index 3");
}

#[desc_jit]
fn slices(x: &Array2<f64>) -> (Array2<f64>, Array1<f64>, Array2<f64>, Array2<f64>) {
    let inner = x.slice(s![1..-1, 1..]).to_owned();
    let line = x.slice(s![.., 2]).to_owned();
    let coarse = x.slice(s![..;2, ..;3]).to_owned();
    let reversed = x.slice(s![..;-1, 0..2]).to_owned();
    (inner, line, coarse, reversed)
}

#[test]
fn slices_with_steps_and_negative_ends() {
    agree!(slices(&grid(5, 6)));
    agree!(slices(&grid(2, 3)));
}

#[desc_jit]
fn assign_slices(x: &Array2<f64>, v: f64) -> Array2<f64> {
    let mut y = x.clone();
    let n = x.nrows();
    y.slice_mut(s![1..n - 1, 1..3]).fill(v);
    y.slice_mut(s![0, ..]).assign(&x.row(1));
    y.slice_mut(s![..;2, 3]).assign(&(&x.slice(s![..;2, 0]) + v));
    y
}

#[test]
fn slices_are_assigned() {
    agree!(assign_slices(&grid(5, 4), -3.0));
}

#[desc_jit]
fn stencil_by_slices(u: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut u = u.clone();
    let n = u.len();
    for _ in 0..steps {
        let lap = &u.slice(s![2..]) - 2.0 * &u.slice(s![1..n - 1]) + &u.slice(s![..n - 2]);
        let inner = &u.slice(s![1..n - 1]) + 0.1 * &lap;
        u.slice_mut(s![1..n - 1]).assign(&inner);
    }
    u
}

#[test]
fn a_stencil_written_with_slices() {
    for n in [2, 3, 10] {
        agree!(stencil_by_slices(&Array1::from_shape_fn(n, |i| (i * i) as f64), 3));
    }
}

#[desc_jit]
fn moving_window(x: &Array1<f64>) -> Array1<f64> {
    let mut out = Array1::<f64>::zeros(x.len() - 2);
    for i in 0..x.len() - 2 {
        out[i] = x.slice(s![i..i + 3]).sum() / 3.0;
    }
    out
}

#[test]
fn a_window_of_fixed_length_moves() {
    agree!(moving_window(&Array1::from_vec(vec![1.0, 4.0, 9.0, 16.0, 25.0])));
}

#[desc_jit]
fn whole_assign(x: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let mut y = Array1::<f64>::zeros(x.len());
    y.assign(x);
    let mut z = y.clone();
    z.fill(4.0);
    y[0] = 1.0;
    (y, z)
}

#[test]
fn whole_arrays_are_assigned_and_filled() {
    agree!(whole_assign(&Array1::from_vec(vec![3.0, 2.0])));
}

#[desc_jit]
fn middle_axis(x: &Array3<f64>, v: &Array2<f64>, j: usize) -> (Array3<f64>, Array2<f64>) {
    let mut y = x.clone();
    y.index_axis_mut(Axis(1), j).assign(v);
    y.index_axis_mut(Axis(0), 0).fill(0.5);
    (y, x.index_axis(Axis(1), j).to_owned())
}

#[test]
fn a_plane_across_the_middle_axis() {
    let x = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (i * 12 + j * 4 + k) as f64);
    let v = Array2::from_shape_fn((2, 4), |(i, k)| -((i + k) as f64));
    for j in 0..3 {
        agree!(middle_axis(&x, &v, j));
    }
}
