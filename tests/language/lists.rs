//! Slices, `Vec`s, fixed arrays and `ndarray`'s arrays in signatures.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

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
fn outer(x: &Array1<f64>) -> f64 {
    let copy = x.to_vec();
    norm(&copy) + norm(x.as_slice().unwrap())
}

#[test]
fn functions_of_lists_are_called() {
    agree!(outer(&Array1::from_vec(vec![3.0, 4.0])));
}
