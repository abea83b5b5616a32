//! Names for parts of variables.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn scaled(v: &mut f64, by: f64) {
    *v *= by;
}

#[desc_jit]
fn references(x: &Array2<f64>, i: usize) -> (f64, Array2<f64>) {
    let mut total = 1.0;
    let mut y = x.clone();
    {
        let t = &mut total;
        *t += 2.0;
        scaled(t, 3.0);
        for k in 0..3 {
            *t += k as f64;
        }
    }
    let mut k = i;
    let mut row = y.row_mut(k);
    k = 0;
    row[k] = 7.0;
    for j in 1..row.len() {
        row[j] += row[j - 1];
    }
    row[1] *= 2.0;
    let whole = &mut y;
    whole[[0, 0]] = total;
    (total, y)
}

#[test]
fn a_reference_is_another_name() {
    let x = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64);
    for i in 0..3 {
        agree!(references(&x, i));
    }
}

#[desc_jit]
fn pairs(n: usize) -> (Array1<f64>, f64) {
    let mut state = (Array1::from_vec(vec![1.0, 2.0, 3.0]), 0.5);
    let position = &mut state.0;
    for i in 0..n {
        position[i % 3] *= 0.5 + i as f64;
    }
    let velocity = &mut state.1;
    *velocity -= 1.0;
    state
}

#[test]
fn parts_of_tuples_have_names() {
    for n in [0, 1, 5] {
        agree!(pairs(n));
    }
}
