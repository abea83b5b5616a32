//! `jvp`, `vjp` and `hvp`.

use super::{all_close, close};
use desc_jit::prelude::*;

#[desc_jit]
fn stretched(u: &Array1<f64>, k: f64) -> Array1<f64> {
    let mut v = Array1::<f64>::zeros(u.len());
    for i in 0..u.len() {
        v[i] = k * u[i] * u[i];
    }
    v
}

#[test]
fn a_tangent_goes_along() {
    let u = Array1::from_vec(vec![1.0, 2.0]);
    let du = Array1::from_vec(vec![0.5, -1.0]);
    let (v, dv) = jvp(stretched::jit())(&u, 3.0, &du);
    all_close(v.iter(), &[3.0, 12.0]);
    all_close(dv.iter(), &[3.0, -12.0]);
    let (_, dv) = jvp(stretched::jit().wrt(argnums![1]))(&u, 3.0, 2.0);
    all_close(dv.iter(), &[2.0, 8.0]);
    let (_, dv) = jvp(stretched::jit().wrt(argnums![0, 1]))(&u, 3.0, &du, 2.0);
    all_close(dv.iter(), &[5.0, -4.0]);
}

#[test]
fn a_cotangent_comes_back() {
    let u = Array1::from_vec(vec![1.0, 2.0]);
    let w = Array1::from_vec(vec![10.0, 1.0]);
    let (v, by_u) = vjp(stretched::jit())(&u, 3.0, &w);
    all_close(v.iter(), &[3.0, 12.0]);
    all_close(by_u.iter(), &[60.0, 12.0]);
    let (_, (by_u, by_k)) = vjp(stretched::jit().wrt(argnums![0, 1]))(&u, 3.0, &w);
    all_close(by_u.iter(), &[60.0, 12.0]);
    close(by_k, 14.0);
}

#[desc_jit]
fn mixed(x: f64) -> (f64, i64, Array1<f64>) {
    let mut a = Array1::<f64>::zeros(2);
    a[0] = x;
    a[1] = x * x;
    (x * x * x, 7, a)
}

#[test]
fn integers_have_no_tangents() {
    let ((value, seven, array), (d_value, (), d_array)) = jvp(mixed::jit())(2.0, 1.0);
    close(value, 8.0);
    assert_eq!(seven, 7);
    all_close(array.iter(), &[2.0, 4.0]);
    close(d_value, 12.0);
    all_close(d_array.iter(), &[1.0, 4.0]);
    let w = Array1::from_vec(vec![1.0, 10.0]);
    let ((_, seven, _), back) = vjp(mixed::jit())(2.0, (100.0, (), &w));
    assert_eq!(seven, 7);
    close(back, 1241.0);
}

#[desc_jit]
fn rosenbrock(x: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        let b = 1.0 - x[i];
        s += 100.0 * a * a + b * b;
    }
    s
}

#[test]
fn a_product_with_the_hessian_is_that_product() {
    let x = Array1::from_vec(vec![0.3, -0.8, 1.1]);
    let v = Array1::from_vec(vec![1.0, -2.0, 0.5]);
    let full: Array2<f64> = hessian(rosenbrock::jit())(&x);
    let product: Vec<f64> = (0..3).map(|i| (0..3).map(|j| full[[i, j]] * v[j]).sum()).collect();
    all_close(hvp(rosenbrock::jit())(&x, &v).iter(), &product);
    // The same as the derivative of the gradient along `v`.
    let (gradient, along) = jvp(grad(rosenbrock::jit()))(&x, &v);
    all_close(gradient.iter(), &grad(rosenbrock::jit())(&x).to_vec());
    all_close(along.iter(), &product);
}

#[desc_jit]
fn bilinear(x: &Array1<f64>, y: f64) -> f64 {
    x[0] * y + x[1] * x[1] * y * y
}

#[test]
fn a_product_by_several_arguments() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    let v = Array1::from_vec(vec![1.0, -1.0]);
    let (by_x, by_y) = hvp(bilinear::jit().wrt(argnums![0, 1]))(&x, 3.0, &v, 2.0);
    // d2/dx0dy = 1, d2/dx1dx1 = 2 y y, d2/dx1dy = 4 x1 y, d2/dydy = 2 x1 x1.
    all_close(by_x.iter(), &[2.0, -18.0 + 48.0]);
    close(by_y, 1.0 - 24.0 + 16.0);
}

#[test]
fn directions_of_directions() {
    #[desc_jit]
    fn cube(x: f64) -> f64 {
        x * x * x
    }
    let ((value, first), (_, second)) = jvp(jvp(cube::jit()))(2.0, 1.0, 1.0);
    close(value, 8.0);
    close(first, 12.0);
    close(second, 12.0);
}
