//! Roots and fixed points in every reading: natively on plain closures, staged on every engine.

use desc_jit::implicit::Iteration;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// Runs `f` on every engine.
fn on_every_engine<R>(f: impl Fn() -> R) -> Vec<R> {
    Engine::ALL.into_iter().map(|engine| with_engine(engine, &f)).collect()
}

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} and {b}");
}

#[desc_jit]
fn angle(b: f64) -> f64 {
    root_scalar(|x| x + 0.3 * x.sin() - b, 1.0)
}

#[desc_jit]
fn angle_with_slope(b: f64, tol: f64, maxiter: usize) -> (f64, (f64, usize)) {
    root_scalar_with(|x| x + 0.3 * x.sin() - b, b, Some(&|x| 1.0 + 0.3 * x.cos()), None, tol, maxiter, 5, 0.1)
}

#[test]
fn the_root_of_desc() {
    // DESC 0.17.3; its tolerance of 1e-6 is passed by far with the last step of Newton's method.
    for x in on_every_engine(|| angle(1.0)).into_iter().chain([angle::native(1.0)]) {
        near(x, 0.7874360957, 1e-9);
    }
}

#[test]
fn readings_take_the_same_steps() {
    for b in [-3.0, 0.0, 1.0, 2.5] {
        let (x, (residual, niter)) = agree!(angle_with_slope(b, 1e-13, 20));
        assert!(residual <= 1e-13 && niter < 8, "{b}: {residual} after {niter}");
        near(x + 0.3 * x.sin(), b, 1e-13);
    }
    // The last iterate, where that is not enough.
    let (_, (residual, niter)) = agree!(angle_with_slope(2.5, 1e-13, 1));
    assert!(residual > 1e-3 && niter == 1);
    let (x, (_, niter)) = agree!(angle_with_slope(2.5, 1e-13, 0));
    assert_eq!((x, niter), (2.5, 0));
}

#[desc_jit]
fn steep(x0: f64, maxiter_ls: usize) -> (f64, (f64, usize)) {
    // Newton's method alone diverges from |x| > 1.39.
    root_scalar_with(|x| x.atan(), x0, Some(&|x| 1.0 / (1.0 + x * x)), None, 1e-12, 20, maxiter_ls, 0.1)
}

#[test]
fn the_line_search_keeps_steps_from_growing() {
    let (x, (_, niter)) = agree!(steep(3.0, 5));
    assert!(x.abs() < 1e-12 && niter < 12, "{x} after {niter}");
    // Without it they overflow.
    let (_, (residual, niter)) = agree!(steep(3.0, 0));
    assert!(residual.is_nan() && niter < 20, "{residual} after {niter}");
}

#[desc_jit]
fn quartic(x0: f64) -> f64 {
    // Each step takes a quarter away.
    root_scalar(|x| x.powi(4), x0)
}

#[desc_jit]
fn quartic_as_system(x0: f64) -> f64 {
    root(|x| Array1::from_vec(vec![x[0].powi(4)]), &Array1::from_vec(vec![x0]))[0]
}

#[desc_jit]
fn arctangent(x0: f64) -> (f64, f64) {
    let scalar = root_scalar(|x| x.atan(), x0);
    (scalar, root(|x| Array1::from_vec(vec![x[0].atan()]), &Array1::from_vec(vec![x0]))[0])
}

#[test]
fn values_are_those_of_desc_where_nothing_is_said() {
    for f in [quartic, quartic_as_system] {
        for engine in Engine::ALL {
            // tol = 1e-6: 0.75^12 to the fourth is 1.01e-6. maxiter = 20.
            near(with_engine(engine, || f(1.0)), 0.75_f64.powi(13), 1e-12);
            near(with_engine(engine, || f(100.0)), 100.0 * 0.75_f64.powi(20), 1e-12);
        }
    }
    // maxiter_ls = 5 for one number and 0 for several: Newton's steps alone leave from here.
    for (scalar, system) in on_every_engine(|| arctangent(3.0)) {
        assert!(scalar.abs() < 1e-6 && (system.is_nan() || system.abs() > 1e6), "{scalar} {system}");
    }
}

#[desc_jit]
fn flat(x0: f64) -> (f64, (f64, usize)) {
    root_scalar_with(|x| x * x + 1.0, x0, Some(&|x| 2.0 * x), None, 1e-12, 20, 5, 0.1)
}

#[test]
fn a_jacobian_of_zero_ends_in_what_is_no_number() {
    let (x, (residual, _)) = agree!(flat(0.0));
    assert!(!x.is_finite() && !residual.is_finite(), "{x} {residual}");
    // There is no root: the iterations end all the same.
    let (x, (residual, niter)) = agree!(flat(0.7));
    assert!(x.is_finite() && residual >= 1.0 && niter <= 20);
}

#[desc_jit]
fn wrapped(b: f64, period: f64) -> (f64, (f64, usize)) {
    root_scalar_with(
        |x| (x - b).sin(),
        b + 7.0,
        Some(&|x| (x - b).cos()),
        Some(&|x| x - period * (x / period).floor()),
        1e-13,
        30,
        5,
        0.1,
    )
}

#[test]
fn a_fixup_keeps_iterates_in_the_period() {
    let period = std::f64::consts::TAU;
    let (x, (residual, _)) = agree!(wrapped(1.0, period));
    assert!((0.0..period).contains(&x) && residual <= 1e-13, "{x}");
}

#[desc_jit]
fn system(b: &Array1<f64>) -> (Array1<f64>, (f64, usize)) {
    root_with(
        |x| Array1::from_vec(vec![x[0] * x[0] + x[1] - b[0], x[0] * x[1] - b[1]]),
        b,
        Some(&|x| {
            let mut j = Array2::<f64>::zeros((2, 2));
            j[[0, 0]] = 2.0 * x[0];
            j[[0, 1]] = 1.0;
            j[[1, 0]] = x[1];
            j[[1, 1]] = x[0];
            j
        }),
        None,
        1e-13,
        30,
        5,
        0.1,
    )
}

#[desc_jit]
fn corner(radius: f64) -> Array1<f64> {
    root(|x| Array1::from_vec(vec![x[0] * x[0] + x[1] * x[1] - radius, x[0] - x[1]]), &Array1::ones(2))
}

#[test]
fn systems_of_equations() {
    let (x, (residual, niter)) = agree!(system(&Array1::from_vec(vec![5.0, 2.0])));
    assert!(residual <= 1e-13 && niter < 10, "{residual} after {niter}");
    near(x[0] * x[0] + x[1], 5.0, 1e-12);
    near(x[0] * x[1], 2.0, 1e-12);
    for x in on_every_engine(|| corner(8.0)).into_iter().chain([corner::native(8.0)]) {
        near(x[0], 2.0, 1e-6);
        near(x[1], 2.0, 1e-6);
    }
}

#[desc_jit]
fn permuted(b: &Array1<f64>) -> Array1<f64> {
    // Linear, and without pivoting a division by zero.
    root_with(
        |x| Array1::from_vec(vec![x[1] - b[0], x[2] + x[1] - b[1], 2.0 * x[0] - b[2]]),
        &Array1::zeros(3),
        None,
        None,
        1e-12,
        20,
        5,
        0.1,
    )
    .0
}

#[test]
fn pivots_are_chosen() {
    let b = Array1::from_vec(vec![1.0, 3.0, 4.0]);
    for x in on_every_engine(|| permuted(&b)).into_iter().chain([permuted::native(&b)]) {
        for (found, wanted) in x.iter().zip([2.0, 1.0, 2.0]) {
            near(*found, wanted, 1e-12);
        }
    }
}

#[desc_jit]
fn tall(b: f64) -> (Array1<f64>, (f64, usize)) {
    let f = Array1::from_vec(vec![b, 0.2 * b * b, 0.6 * b]);
    root_with(
        |x| {
            Array1::from_vec(vec![
                x[0] + x[1] - f[0],
                x[0] * x[1] - f[1],
                x[0] * x[0] + x[1] * x[1] - f[2] * b,
            ])
        },
        &Array1::from_vec(vec![0.9, 0.1]),
        None,
        None,
        1e-10,
        30,
        5,
        0.1,
    )
}

#[desc_jit]
fn wide(b: f64) -> (Array1<f64>, (f64, usize)) {
    root_with(
        |x| Array1::from_vec(vec![x[0] * x[1] + x[2] - b]),
        &Array1::ones(3),
        None,
        None,
        1e-10,
        30,
        5,
        0.1,
    )
}

#[test]
fn systems_that_are_not_square() {
    for (x, (residual, _)) in on_every_engine(|| tall(1.0)).into_iter().chain([tall::native(1.0)]) {
        assert!(residual <= 1e-10, "{residual}");
        near(x[0], (1.0 + 0.2_f64.sqrt()) / 2.0, 1e-9);
    }
    for (x, (residual, _)) in on_every_engine(|| wide(5.0)).into_iter().chain([wide::native(5.0)]) {
        assert!(residual <= 1e-10, "{residual}");
        near(x[0] * x[1] + x[2], 5.0, 1e-10);
    }
}

#[desc_jit]
fn in_a_loop(x0: f64, n: usize) -> f64 {
    let mut x = x0;
    for i in 0..n {
        let b = x + i as f64;
        x = root_scalar_with(
            |y| y + 0.5 * y.tanh() - b,
            x,
            Some(&|y| 1.0 + 0.5 / y.cosh().powi(2)),
            None,
            1e-13,
            30,
            5,
            0.1,
        )
        .0;
    }
    x
}

#[test]
fn roots_inside_loops() {
    let x = agree!(in_a_loop(0.3, 5), ulps = 0, compiled = 64);
    assert!(x > 5.0, "{x}");
    assert_eq!(agree!(in_a_loop(0.3, 0)), 0.3);
}

#[desc_jit]
fn dottie(k: f64, maxiter: usize) -> (f64, (f64, usize)) {
    fixed_point_with(|x: f64| k * x.cos(), 0.5, 1e-12, maxiter, Iteration::Del2)
}

#[desc_jit]
fn dottie_slowly(k: f64) -> (f64, (f64, usize)) {
    fixed_point_with(|x: f64| k * x.cos(), 0.0, 1e-12, 100, Iteration::Simple)
}

#[desc_jit]
fn settled(a: &Array2<f64>, b: &Array1<f64>) -> (Array1<f64>, bool, usize) {
    let (x, (residual, niter)) =
        fixed_point_with(|x| 0.3 * &a.dot(&x) + b, b.clone(), 1e-13, 200, Iteration::Simple);
    // What the residual is, is a matter of rounding.
    (x, residual < 1e-12, niter)
}

#[desc_jit]
fn roots_of_two(b: &Array1<f64>) -> Array1<f64> {
    // Heron's method, which converges by itself: the denominator of the extrapolation becomes 0.
    fixed_point(|x| 0.5 * (b / &x + &x), b.clone())
}

#[test]
fn fixed_points_by_both_iterations() {
    let (x, (residual, fast)) = agree!(dottie(1.0, 20), ulps = 0, compiled = 16);
    near(x, 0.739_085_133_215_160_6, 1e-15);
    assert!(residual < 1e-15 && fast < 6, "{residual} after {fast}");
    let (x, (_, slow)) = agree!(dottie_slowly(1.0), ulps = 0, compiled = 16);
    near(x, 0.739_085_133_215_160_6, 1e-12);
    assert!(slow > 50);
    assert_eq!(agree!(dottie(1.0, 2), ulps = 0, compiled = 1024).1.1, 2);
    let a = Array2::from_shape_fn((3, 3), |(i, j)| (i + 2 * j) as f64 / 6.0 - 0.4);
    let (_, done, _) = agree!(settled(&a, &Array1::from_vec(vec![1.0, -2.0, 0.5])), ulps = 4, compiled = 16);
    assert!(done);
    let x = agree!(roots_of_two(&Array1::from_vec(vec![2.0, 9.0])));
    near(x[0], 2.0_f64.sqrt(), 1e-15);
    near(x[1], 3.0, 1e-15);
}

#[desc_jit]
fn root_of_integer(b: usize) -> f64 {
    // Captured integers are part of the equation.
    root_scalar_with(|x| x * x - b as f64, 1.0, Some(&|x| 2.0 * x), None, 1e-14, 30, 5, 0.1).0
}

mod own {
    use desc_jit::prelude::desc_jit;

    #[desc_jit]
    pub fn root(x: f64, degree: f64) -> f64 {
        x.powf(1.0 / degree)
    }
}

#[desc_jit]
fn roots_of_the_users_own(x: f64) -> f64 {
    own::root(x, 2.0) + root_of_integer(2)
}

#[test]
fn names_stay_free() {
    near(agree!(roots_of_the_users_own(2.0)), 2.0 * 2.0_f64.sqrt(), 1e-14);
}

#[desc_jit]
fn uneven(x: &Array1<f64>) -> Array1<f64> {
    fixed_point(|y| Array1::from_vec(vec![y[0], y[1]]), x.clone())
}

#[desc_jit]
fn wrong_jacobian(x: &Array1<f64>) -> Array1<f64> {
    root_with(|y| y - 1.0, x, Some(&|_y| Array2::<f64>::zeros((1, 1))), None, 1e-6, 20, 5, 0.1).0
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let message = uneven::try_call(&x).unwrap_err().to_string();
    assert!(message.contains("`fixed_point` starts from an array of shape [3]"), "{message}");
    let message = wrong_jacobian::try_call(&x).unwrap_err().to_string();
    assert!(message.contains("has one of shape [3, 3]"), "{message}");
}
