//! `Derivative`: automatic where functions are staged, finite differences where they run as written.

use super::{all_close, close};
use desc_jit::ErrorKind;
use desc_jit::backend::{Backend, with_backend};
use desc_jit::differences::Scheme;
use desc_jit::prelude::*;

/// The schemes, with what they leave of an error for functions of size 1 in f64: of first and of second derivatives.
const SCHEMES: [(Scheme, f64, f64); 3] =
    [(Scheme::Forward, 1e-7, 2e-4), (Scheme::Central, 1e-9, 1e-6), (Scheme::Richardson, 1e-11, 1e-8)];

fn native<T>(f: impl FnOnce() -> T) -> T {
    with_backend(Backend::Native, f)
}

/// `found` has the shape of `expected` and differs from it by less than `limit`, but not by nothing: it was computed in
/// another way.
#[track_caller]
fn near(found: &ArrayD<f64>, expected: &ArrayD<f64>, limit: f64) {
    assert_eq!(found.shape(), expected.shape());
    let error = found.iter().zip(expected.iter()).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max);
    assert!(error < limit, "{found:?} is not {expected:?}");
    assert!(error > 0.0, "{found:?} is not by differences");
}

#[desc_jit]
fn waves(x: &Array1<f64>, k: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s += (k * x[i]).sin() * x[(i + 1) % n].cos();
    }
    s
}

#[desc_jit]
fn several(n: usize, x: &Array2<f64>) -> (f64, usize, Array1<f64>) {
    let y = (x.row(0).to_owned() * x.row(1).to_owned()).mapv(|v| v.sin());
    (x.mapv(|v| v.exp()).sum() * 0.1, n, y)
}

#[test]
fn gradients_on_both_backends() {
    let x = Array1::from_vec(vec![0.3, -0.8, 1.1]);
    let by_x = Derivative::grad(waves::jit());
    let by_k = Derivative::grad(waves::jit()).wrt(argnums![1]);
    let exact: Array1<f64> = by_x.compute(&x, 1.5, 3);
    assert_eq!(exact, grad(waves::jit())(&x, 1.5, 3));
    let slope: f64 = by_k.compute(&x, 1.5, 3);
    close(slope, grad(waves::jit().wrt(argnums![1]))(&x, 1.5, 3));
    for (scheme, limit, _) in SCHEMES {
        let (by_x, by_k) = (by_x.clone().scheme(scheme), by_k.clone().scheme(scheme));
        near(&native(|| by_x.compute(&x, 1.5, 3)).into_dyn(), &exact.clone().into_dyn(), limit);
        let found = native(|| by_k.try_compute(&x, 1.5, 3)).unwrap();
        assert!((found - slope).abs() < limit && found != slope, "{found} is not {slope}");
        // The scheme is nothing to automatic derivatives.
        assert_eq!(by_x.compute(&x, 1.5, 3), exact);
    }
    // Without one it is central differences.
    let central = by_x.clone().scheme(Scheme::Central);
    native(|| assert_eq!(by_x.compute(&x, 1.5, 3), central.compute(&x, 1.5, 3)));
}

#[test]
fn jacobians_on_both_backends() {
    let x = Array2::from_shape_fn((2, 3), |(i, j)| 0.2 * i as f64 - 0.3 * j as f64 + 0.1);
    let jacobian = Derivative::jacobian(several::jit()).wrt(argnums![1]);
    let (first, (), last): (Array2<f64>, (), Array3<f64>) = jacobian.compute(7, &x);
    let (expected_first, (), expected_last) = jacfwd(several::jit().wrt(argnums![1]))(7, &x);
    assert_eq!((&first, &last), (&expected_first, &expected_last));
    for (scheme, limit, _) in SCHEMES {
        let (found_first, (), found_last) = native(|| jacobian.clone().scheme(scheme).compute(7, &x));
        near(&found_first.into_dyn(), &first.clone().into_dyn(), limit);
        near(&found_last.into_dyn(), &last.clone().into_dyn(), limit);
    }
}

#[test]
fn second_derivatives_on_both_backends() {
    let x = Array1::from_vec(vec![0.3, -0.8, 1.1]);
    let second = Derivative::hessian(waves::jit());
    let exact: Array2<f64> = second.compute(&x, 1.5, 3);
    assert_eq!(exact, hessian(waves::jit())(&x, 1.5, 3));
    let by_k: f64 = Derivative::hessian(waves::jit()).wrt(argnums![1]).compute(&x, 1.5, 3);
    for (scheme, _, limit) in SCHEMES {
        near(
            &native(|| second.clone().scheme(scheme).compute(&x, 1.5, 3)).into_dyn(),
            &exact.clone().into_dyn(),
            limit,
        );
        let by_k_again = Derivative::hessian(waves::jit()).wrt(argnums![1]).scheme(scheme);
        assert!((native(|| by_k_again.compute(&x, 1.5, 3)) - by_k).abs() < limit);
    }
}

#[desc_jit]
fn single(x: f32, u: &Array1<f32>) -> f32 {
    (x * u[0]).sin() + u[1] * u[1]
}

#[test]
fn steps_are_those_of_the_dtype() {
    let u = Array1::from_vec(vec![0.7_f32, -0.4]);
    let (slope, by_u) = (Derivative::grad(single::jit()), Derivative::grad(single::jit()).wrt(argnums![1]));
    let exact = (slope.compute(0.5, &u), by_u.compute(0.5, &u));
    for (scheme, limit) in [(Scheme::Forward, 2e-3), (Scheme::Central, 1e-4), (Scheme::Richardson, 2e-5)] {
        let found = native(|| slope.clone().scheme(scheme).compute(0.5, &u));
        assert!((found - exact.0).abs() < limit, "{scheme:?}: {found} is not {}", exact.0);
        let found: Array1<f32> = native(|| by_u.clone().scheme(scheme).compute(0.5, &u));
        assert!(
            found.iter().zip(exact.1.iter()).all(|(f, e)| (f - e).abs() < limit),
            "{scheme:?}: {found:?}"
        );
    }
    let second = Derivative::hessian(single::jit());
    let (exact, found) = (second.compute(0.5, &u), native(|| second.compute(0.5, &u)));
    assert!((found - exact).abs() < 5e-3, "{found} is not {exact}");
}

#[desc_jit]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[test]
fn a_step_of_ones_own() {
    // ((x + h)^3 - x^3) / h = 3 x^2 + 3 x h + h^2; the central quotient is 3 x^2 + h^2.
    let forward = Derivative::grad(cube::jit()).scheme(Scheme::Forward).step(0.5);
    let central = Derivative::grad(cube::jit()).step(0.5);
    native(|| {
        assert_eq!((forward.compute(2.0), central.compute(2.0)), (15.25, 12.25));
        // Chosen in any order.
        let again = Derivative::grad(cube::jit()).step(0.5).wrt(argnums![0]).scheme(Scheme::Forward);
        assert_eq!(again.compute(2.0), 15.25);
    });
    assert_eq!(forward.compute(2.0), 12.0);
    assert_eq!(cube::cache_stats().misses, 0);
    for step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Derivative::grad(cube::jit()).step(step).try_compute(2.0).unwrap_err();
        assert_eq!(error.message(), format!("the step of a derivative of `cube` is {step}"));
        assert_eq!(error.kind(), ErrorKind::Argument);
    }
}

#[desc_jit]
fn mixed(state: (f64, &Array1<f64>), x: Array1<f64>, flag: bool, y: f64) -> f64 {
    let (k, u) = state;
    let mut x = x;
    for i in 0..x.len() {
        x[i] = x[i] * u[i] * k;
    }
    if flag { x.sum() * y } else { 0.0 }
}

#[test]
fn every_kind_of_argument_is_passed_again() {
    let u = Array1::from_vec(vec![1.0, 2.0]);
    let x = || Array1::from_vec(vec![3.0, 5.0]);
    let by_x = Derivative::grad(mixed::jit()).wrt(argnums![1]);
    let by_y = Derivative::grad(mixed::jit()).wrt(argnums![3]);
    let exact = by_x.compute((2.0, &u), x(), true, 0.5);
    all_close(exact.iter(), &[1.0, 2.0]);
    native(|| {
        let found = by_x.compute((2.0, &u), x(), true, 0.5);
        assert!(found.iter().zip(exact.iter()).all(|(f, e)| (f - e).abs() < 1e-9), "{found:?}");
        assert!((by_y.compute((2.0, &u), x(), true, 0.5) - 26.0).abs() < 1e-9);
        assert_eq!(by_y.compute((2.0, &u), x(), false, 0.5), 0.0);
    });
}

#[test]
fn what_has_no_native_reading_is_automatic_everywhere() {
    let slope = Derivative::grad(grad(cube::jit()));
    assert_eq!(native(|| slope.compute(2.0)), 12.0);
    // A checkpoint has one.
    let by_differences = Derivative::grad(checkpoint(cube::jit())).scheme(Scheme::Forward).step(0.5);
    assert_eq!(native(|| by_differences.compute(2.0)), 15.25);
}

#[desc_jit]
fn count(x: f64) -> Array1<f64> {
    Array1::ones(x as usize)
}

#[test]
fn results_of_several_shapes_are_an_error() {
    let jacobian = Derivative::jacobian(count::jit()).step(1.0);
    let error = native(|| jacobian.try_compute(3.0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape);
    assert_eq!(error.message(), "the function gives results of the shapes [[2]], and [[4]]");
}

#[test]
fn an_empty_argument_has_an_empty_gradient() {
    let x = Array1::<f64>::zeros(0);
    let by_x = Derivative::grad(waves::jit());
    assert_eq!(native(|| by_x.compute(&x, 1.5, 0)), x);
    assert_eq!(native(|| Derivative::hessian(waves::jit()).compute(&x, 1.5, 0)).dim(), (0, 0));
}

#[desc_jit(static(k), allow(DJ1101))]
fn stretched(x: f64, k: f64) -> f64 {
    k * x
}

#[test]
fn a_static_argument_has_no_derivative_on_any_backend() {
    let by_k = Derivative::grad(stretched::jit()).wrt(argnums![1]);
    for error in [by_k.try_compute(2.0, 3.0).unwrap_err(), native(|| by_k.try_compute(2.0, 3.0)).unwrap_err()]
    {
        assert_eq!(error.message(), "the static argument `k` of `stretched` cannot be differentiated");
    }
    assert_eq!(native(|| Derivative::grad(stretched::jit()).step(0.5).compute(2.0, 3.0)), 3.0);
}
