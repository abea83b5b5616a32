//! `jacfwd`, `jacrev` and `hessian`: the axes of the result, then those of the argument.

use super::{all_close, close};
use desc_jit::prelude::*;

#[desc_jit]
fn polar(x: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::<f64>::zeros(3);
    y[0] = x[0] * x[1];
    y[1] = x[0] + 2.0 * x[1];
    y[2] = x[1] * x[1];
    y
}

#[test]
fn a_vector_by_a_vector() {
    let x = Array1::from_vec(vec![3.0, 5.0]);
    let expected = [5.0, 3.0, 1.0, 2.0, 0.0, 10.0];
    let forward: Array2<f64> = jacfwd(polar::jit())(&x);
    let reverse: Array2<f64> = jacrev(polar::jit())(&x);
    assert_eq!((forward.dim(), reverse.dim()), ((3, 2), (3, 2)));
    all_close(forward.iter(), &expected);
    all_close(reverse.iter(), &expected);
}

#[desc_jit]
fn outer(a: &Array2<f64>, x: f64) -> Array1<f64> {
    let mut y = Array1::<f64>::zeros(a.nrows());
    for i in 0..a.nrows() {
        for j in 0..a.ncols() {
            y[i] += x * a[[i, j]];
        }
    }
    y
}

#[test]
fn axes_are_those_of_the_result_and_then_of_the_argument() {
    let a = Array2::<f64>::ones((2, 3));
    let by_a: Array3<f64> = jacrev(outer::jit())(&a, 4.0);
    assert_eq!(by_a.dim(), (2, 2, 3));
    assert_eq!(by_a[[1, 1, 2]], 4.0);
    assert_eq!(by_a[[0, 1, 2]], 0.0);
    let by_x: Array1<f64> = jacfwd(outer::jit().wrt(argnums![1]))(&a, 4.0);
    all_close(by_x.iter(), &[3.0, 3.0]);
    let (by_a, by_x) = jacfwd(outer::jit().wrt(argnums![0, 1]))(&a, 4.0);
    assert_eq!(by_a.dim(), (2, 2, 3));
    all_close(by_x.iter(), &[3.0, 3.0]);
}

#[desc_jit]
fn several(x: f64, y: &Array1<f64>) -> (f64, usize, Array1<f64>) {
    (x * y[0], y.len(), x * y)
}

#[test]
fn tuples_of_results_give_tuples() {
    let y = Array1::from_vec(vec![2.0, 3.0]);
    let (d_first, (), d_last): (f64, (), Array1<f64>) = jacrev(several::jit())(5.0, &y);
    close(d_first, 2.0);
    all_close(d_last.iter(), &[2.0, 3.0]);
    let ((by_x, by_y), (), (last_by_x, last_by_y)) = jacfwd(several::jit().wrt(argnums![0, 1]))(5.0, &y);
    close(by_x, 2.0);
    all_close(by_y.iter(), &[5.0, 0.0]);
    all_close(last_by_x.iter(), &[2.0, 3.0]);
    assert_eq!(last_by_y.dim(), (2, 2));
    all_close(last_by_y.iter(), &[5.0, 0.0, 0.0, 5.0]);
}

#[desc_jit]
fn dynamic(x: &ArrayD<f64>) -> ArrayD<f64> {
    x * x
}

#[test]
fn dynamic_ranks_stay_dynamic() {
    let x = ArrayD::<f64>::ones(vec![2, 3]);
    let jacobian: ArrayD<f64> = jacrev(dynamic::jit())(&x);
    assert_eq!(jacobian.shape(), [2, 3, 2, 3]);
    close(jacobian.sum(), 12.0);
}

#[desc_jit]
fn quadratic(x: &Array1<f64>, k: f64) -> f64 {
    k * x[0] * x[0] + 3.0 * x[0] * x[1] + k * k * x[1]
}

#[test]
fn second_derivatives() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    let by_x: Array2<f64> = hessian(quadratic::jit())(&x, 5.0);
    all_close(by_x.iter(), &[10.0, 3.0, 3.0, 0.0]);
    let ((xx, xk), (kx, kk)) = hessian(quadratic::jit().wrt(argnums![0, 1]))(&x, 5.0);
    all_close(xx.iter(), &[10.0, 3.0, 3.0, 0.0]);
    all_close(xk.iter(), &[2.0, 10.0]);
    all_close(kx.iter(), &[2.0, 10.0]);
    close(kk, 4.0);
    let by_both_modes: Array2<f64> = jacfwd(grad(quadratic::jit()))(&x, 5.0);
    all_close(by_both_modes.iter(), &[10.0, 3.0, 3.0, 0.0]);
}
