//! Products and factorisations.

use crate::kernels::{atax, cholesky, covariance, gemm, k2mm, lu, spmv, syrk, trisolv};
use desc_jit::prelude::*;

use crate::kernels::lu::positive_definite;
use desc_jit_tests::consistency::scattered;

#[desc_jit]
fn product(alpha: f64, beta: f64, c: &Array2<f64>, a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut c = c.clone();
    gemm::gemm(alpha, beta, &mut c, a, b);
    c
}

#[test]
fn gemm() {
    let (alpha, beta, c, a, b) = gemm::inputs([3, 4, 5]);
    let c = c.0;
    along!(product(alpha, beta, c, a, b) by 0 alpha, 1 beta, 2 c, 3 a, 4 b);
}

#[desc_jit]
fn two_products(
    alpha: f64,
    beta: f64,
    a: &Array2<f64>,
    b: &Array2<f64>,
    c: &Array2<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    let mut d = d.clone();
    k2mm::k2mm(alpha, beta, a, b, c, &mut d);
    d
}

#[test]
fn k2mm() {
    let (alpha, beta, a, b, c, d) = k2mm::inputs([3, 4, 5, 6]);
    let d = d.0;
    along!(two_products(alpha, beta, a, b, c, d) by 0 alpha, 1 beta, 2 a, 3 b, 4 c, 5 d);
}

#[desc_jit]
fn update(alpha: f64, beta: f64, c: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let mut c = c.clone();
    syrk::syrk(alpha, beta, &mut c, a);
    c
}

#[test]
fn syrk() {
    let (alpha, beta, c, a) = syrk::inputs([4, 5]);
    let c = c.0;
    along!(update(alpha, beta, c, a) by 0 alpha, 1 beta, 2 c, 3 a);
}

#[test]
fn atax() {
    let (a, x) = atax::inputs([5, 7]);
    along!(atax::atax(a, x) by 0 a, 1 x);
}

#[test]
fn covariance() {
    let data = Array2::from_shape_vec((6, 4), scattered(1, 24)).unwrap();
    along!(covariance::covariance(data) by 0 data);
}

#[test]
fn spmv() {
    let (start, column, value, x) = spmv::inputs([10, 12, 30]);
    along!(spmv::spmv(start, column, value, x) by 2 value, 3 x);
}

#[test]
fn trisolv() {
    let (l, b) = trisolv::inputs([8]);
    along!(trisolv::trisolv(l, b) by 0 l, 1 b; times 0.03);
}

#[desc_jit]
fn triangular_factors(a: &Array2<f64>) -> Array2<f64> {
    let mut a = a.clone();
    lu::lu(&mut a);
    a
}

#[test]
fn lu() {
    let a = positive_definite(6);
    along!(triangular_factors(a) by 0 a; times 0.01);
}

#[desc_jit]
fn triangular_factor(a: &Array2<f64>) -> Array2<f64> {
    let mut a = a.clone();
    cholesky::cholesky(&mut a);
    a
}

#[test]
fn cholesky() {
    let a = positive_definite(6);
    along!(triangular_factor(a) by 0 a; times 0.01);
}
