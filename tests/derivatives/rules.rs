//! Rules of one's own and values that count as constants: in batches, and differentiated again.

use super::{all_close, close};
use desc_jit::ErrorKind;
use desc_jit::prelude::*;

/// The rule says something else than the function: what is seen is the rule.
#[desc_jit(jvp = cube_jvp)]
fn cube(x: f64, k: f64) -> f64 {
    k * x * x * x
}

#[desc_jit]
fn cube_jvp(x: f64, k: f64, dx: f64, dk: f64) -> (f64, f64) {
    (k * x * x * x, 5.0 * k * x * x * x * x * dx + x * dk)
}

/// Straight through the rounding, times ten.
#[desc_jit(vjp = rounded_vjp)]
fn rounded(x: f64) -> f64 {
    x.round()
}

#[desc_jit]
fn rounded_vjp(x: f64, ct: f64) -> f64 {
    10.0 * ct * x
}

#[desc_jit]
fn half_constant(x: f64, k: f64) -> f64 {
    k * x * x * stop_gradient(x * k)
}

fn places() -> Array1<f64> {
    Array1::from_vec(vec![0.5, -1.5, 2.0, 0.75])
}

#[desc_jit]
fn sum_of_cubes(x: &Array1<f64>, k: f64) -> f64 {
    vmap(cube).in_axes(in_axes![0, _])(x, k).sum()
}

#[desc_jit]
fn sum_of_rounded(x: &Array1<f64>) -> f64 {
    (vmap(rounded)(x) * x).sum()
}

#[desc_jit]
fn sum_of_half_constants(x: &Array1<f64>, k: f64) -> f64 {
    vmap(half_constant).in_axes(in_axes![0, _])(x, k).sum()
}

#[test]
fn a_rule_for_tangents_in_a_batch() {
    let x = places();
    let slope = |x: &f64| 5.0 * 2.0 * x.powi(4);
    let expected: Vec<f64> = x.iter().map(slope).collect();
    all_close(&vmap(cube::jit()).in_axes(in_axes![0, _])(&x, 2.0), &x.mapv(|x| 2.0 * x * x * x).to_vec());
    all_close(&vmap(grad(cube::jit())).in_axes(in_axes![0, _])(&x, 2.0), &expected);
    let (_, along) = vmap(jvp(cube::jit())).in_axes(in_axes![0, _, 0])(&x, 2.0, &Array1::ones(4));
    all_close(&along, &expected);
    let (by_x, by_k) = grad(sum_of_cubes::jit().wrt(argnums![0, 1]))(&x, 2.0);
    all_close(&by_x, &expected);
    close(by_k, x.sum());
    let (_, along) = jvp(sum_of_cubes::jit())(&x, 2.0, &Array1::ones(4));
    close(along, expected.iter().sum());
}

#[test]
fn a_rule_for_cotangents_in_a_batch() {
    let x = places();
    all_close(&vmap(rounded::jit())(&x), &[1.0, -2.0, 2.0, 1.0]);
    all_close(&vmap(grad(rounded::jit()))(&x), &x.mapv(|x| 10.0 * x).to_vec());
    let expected: Vec<f64> = x.iter().map(|x| 10.0 * x * x + x.round()).collect();
    all_close(&grad(sum_of_rounded::jit())(&x), &expected);
    let error = vmap(jvp(rounded::jit())).try_call(&x, &x).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("forward mode cannot differentiate `rounded`"), "{error}");
}

#[test]
fn constants_in_a_batch() {
    let x = places();
    // The derivative of k x^2 times k x.
    let expected: Vec<f64> = x.iter().map(|x| 2.0 * 3.0 * x * 3.0 * x).collect();
    all_close(&vmap(grad(half_constant::jit())).in_axes(in_axes![0, _])(&x, 3.0), &expected);
    let (by_x, by_k) = grad(sum_of_half_constants::jit().wrt(argnums![0, 1]))(&x, 3.0);
    all_close(&by_x, &expected);
    close(by_k, x.iter().map(|x| x * x * 3.0 * x).sum());
    let (_, along) = jvp(sum_of_half_constants::jit())(&x, 3.0, &Array1::ones(4));
    close(along, expected.iter().sum());
}

#[test]
fn the_second_derivative_is_that_of_the_rule() {
    let (x, k) = (1.5_f64, 2.0);
    let expected = 20.0 * k * x.powi(3);
    close(grad(grad(cube::jit()))(x, k), expected);
    close(hessian(cube::jit())(x, k), expected);
    close(hvp(cube::jit())(x, k, 0.5), 0.5 * expected);
    close(jvp(jvp(cube::jit()))(x, k, 1.0, 1.0).1.1, expected);
    let ((xx, xk), (kx, kk)) = hessian(cube::jit().wrt(argnums![0, 1]))(x, k);
    close(xx, expected);
    // The rule is no gradient of anything, so that the matrix is not symmetric.
    close(xk, 5.0 * x.powi(4));
    close(kx, 1.0);
    close(kk, 0.0);

    close(grad(grad(rounded::jit()))(x), 10.0);
    close(hessian(rounded::jit())(x), 10.0);
    close(grad(grad(grad(rounded::jit())))(x), 0.0);
    // What counts as a constant does so again.
    close(grad(grad(half_constant::jit()))(x, k), 2.0 * k * k * x);
    close(hessian(half_constant::jit())(x, k), 2.0 * k * k * x);
}

#[test]
fn second_derivatives_of_batches() {
    let x = places();
    let all: Array2<f64> = hessian(sum_of_cubes::jit())(&x, 2.0);
    let each = vmap(grad(grad(cube::jit()))).in_axes(in_axes![0, _])(&x, 2.0);
    for i in 0..4 {
        close(each[i], 40.0 * x[i].powi(3));
        for j in 0..4 {
            close(all[[i, j]], if i == j { each[i] } else { 0.0 });
        }
    }
}

#[desc_jit]
fn narrowed(x: f64, k: f32) -> (f64, f32) {
    let y = x as f32 * k;
    (y as f64 * x, y * y)
}

#[desc_jit]
fn through_single(x: f64, k: f32) -> f64 {
    (x as f32 * k) as f64 * x
}

#[test]
fn casts_between_floats() {
    // Of numbers with few bits, so that nothing is rounded.
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let (by_x, by_k) = grad(through_single::jit().wrt(argnums![0, 1]))(1.25, 0.5);
            assert_eq!((by_x, by_k), (1.25, 1.5625_f32));
            let (_, (wide, narrow)) = jvp(narrowed::jit().wrt(argnums![0, 1]))(1.25, 0.5, 2.0, 1.0);
            assert_eq!((wide, narrow), (2.5 + 1.5625, 2.0 * 0.625 * (1.0 + 1.25)));
            let (_, (by_x, by_k)) = vjp(narrowed::jit().wrt(argnums![0, 1]))(1.25, 0.5, (1.0, 2.0));
            assert_eq!((by_x, by_k), (1.25 + 2.0 * 0.625, 1.5625 + 2.0 * 2.0 * 0.625 * 1.25));
            assert_eq!(grad(grad(through_single::jit()))(1.25, 0.5), 1.0);
            let x = Array1::from_vec(vec![1.25, -0.5]);
            let each = vmap(grad(through_single::jit())).in_axes(in_axes![0, _])(&x, 0.5);
            assert_eq!(each.to_vec(), [1.25, -0.5]);
        });
    }
}
