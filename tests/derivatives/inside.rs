//! Transforms inside annotated functions: their graphs go into the graph of the caller.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn potential(x: &Array1<f64>, k: f64) -> f64 {
    let mut energy = 0.0;
    for i in 1..x.len() {
        let d = x[i] - x[i - 1];
        energy += 0.5 * k * d * d + 0.25 * d * d * d * d;
    }
    energy
}

fn places() -> Array1<f64> {
    Array1::from_vec(vec![0.0, 1.5, 1.0, -0.25])
}

#[desc_jit]
fn step(x: &Array1<f64>, v: &Array1<f64>, k: f64, dt: f64) -> (Array1<f64>, Array1<f64>) {
    let force = -grad(potential)(x, k);
    let v = v + force * dt;
    (x + &v * dt, v)
}

#[test]
fn a_gradient_in_an_expression() {
    let (x, v) = agree!(step(&places(), &Array1::zeros(4), 2.0, 0.5));
    let force = -grad(potential::jit())(&places(), 2.0);
    assert_eq!((v[1], x[1]), (force[1] * 0.5, 1.5 + force[1] * 0.25));
}

#[desc_jit]
fn relax(x: &Array1<f64>, k: f64, steps: usize) -> Array1<f64> {
    let force = grad(potential);
    let mut x = x.clone();
    for _ in 0..steps {
        if force(&x, k)[0] != 0.0 {
            x = &x - force(&x, k) * 0.1;
        }
    }
    x
}

#[test]
fn a_gradient_that_is_bound_and_called_in_a_loop() {
    for steps in [0, 1, 20] {
        agree!(relax(&places(), 2.0, steps), ulps = 8, compiled = 64);
    }
}

mod physics {
    use desc_jit::prelude::*;

    #[desc_jit]
    pub fn cube(x: f64) -> f64 {
        x * x * x
    }
}

#[desc_jit]
fn derivatives_of_derivatives(x: f64) -> (f64, f64, f64, f64) {
    let second = grad(grad(physics::cube));
    let third = grad(&second);
    (grad(physics::cube::jit())(x), second(x), third(x), physics::cube::jit()(x))
}

#[test]
fn transforms_nest() {
    assert_eq!(agree!(derivatives_of_derivatives(2.0)), (12.0, 12.0, 6.0, 8.0));
}

#[desc_jit]
fn options(x: &Array1<f64>, k: f64) -> (f64, (Array1<f64>, f64), f64) {
    let by_k = grad(potential::jit().wrt(argnums![1]))(x, k);
    let (energy, gradients) = value_and_grad(potential::jit().wrt(argnums![0, 1]))(x, k);
    (by_k, gradients, energy)
}

#[desc_jit]
fn with_more(x: f64, n: usize) -> (f64, (f64, usize)) {
    (x * x * n as f64, (x + 1.0, n + 1))
}

#[desc_jit]
fn auxiliary(x: f64, n: usize) -> (f64, (f64, usize), f64) {
    let (slope, aux) = grad_with_aux(with_more)(x, n);
    let ((value, _), _) = value_and_grad_with_aux(with_more)(x, n);
    (slope, aux, value)
}

#[test]
fn results_come_as_their_types_say() {
    let (by_k, (by_x, same), _) = agree!(options(&places(), 2.0));
    assert_eq!((by_k, by_x.len()), (same, 4));
    assert_eq!(agree!(auxiliary(3.0, 2)), (12.0, (4.0, 3), 18.0));
}

#[desc_jit]
fn squares(x: &Array1<f64>) -> Array1<f64> {
    x * x
}

#[desc_jit]
fn directions(x: &Array1<f64>, t: &Array1<f64>) -> (Array1<f64>, Array1<f64>, Array1<f64>) {
    let (y, dy) = jvp(squares)(x, t);
    let (_, back) = vjp(squares)(x, t);
    (y, dy, back)
}

#[desc_jit]
fn matrices(x: &Array1<f64>, t: &Array1<f64>) -> (Array2<f64>, Array2<f64>, Array2<f64>, Array1<f64>) {
    let energy = potential::jit();
    (jacfwd(squares)(x), jacrev(squares)(x), hessian(&energy)(x, 2.0), hvp(energy)(x, 2.0, t))
}

#[test]
fn every_derivative() {
    let t = Array1::from_vec(vec![1.0, 0.5, 0.0, -2.0]);
    let (y, dy, back) = agree!(directions(&places(), &t));
    assert_eq!((y[1], dy[1], back[1]), (2.25, 1.5, 1.5));
    let (forward, reverse, second, product) = agree!(matrices(&places(), &t), ulps = 4);
    assert_eq!(forward, reverse);
    assert!((second.dot(&t) - product).iter().all(|d| d.abs() < 1e-12));
}

#[desc_jit]
fn batches(xs: &Array2<f64>, ks: &Array1<f64>) -> (Array1<f64>, Array2<f64>, Array2<f64>) {
    let energies = vmap(potential)(xs, ks);
    let forces = vmap(grad(potential))(xs, ks);
    let with_one = vmap(grad(potential)).in_axes(in_axes![0, _]).out_axes(1)(xs, 2.0);
    (energies, forces, with_one)
}

#[test]
fn batches_of_values_and_gradients() {
    let xs = Array2::from_shape_fn((3, 4), |(i, j)| ((i * 4 + j) as f64).sin());
    let (energies, _, with_one) = agree!(batches(&xs, &Array1::from_vec(vec![1.0, 2.0, 3.0])));
    assert_eq!(energies[1], potential(&xs.row(1).to_owned(), 2.0));
    assert_eq!(with_one.shape(), [4, 3]);
}

#[desc_jit]
fn halvings(x: f64, limit: f64) -> f64 {
    let mut x = x;
    while x > limit {
        x = x * x * 0.5 / x;
    }
    x
}

#[desc_jit]
fn slope_of_a_while_loop(x: f64, limit: f64) -> f64 {
    grad(halvings)(x, limit) * 4.0
}

#[test]
fn a_tape_grows_inside_a_function_too() {
    assert_eq!(agree!(slope_of_a_while_loop(8.0, 1.5)), 0.5);
    // More iterations than the first tape holds.
    agree!(slope_of_a_while_loop(1e120, 1e-30));
}

#[desc_jit(static(n))]
fn power(x: f64, n: usize) -> f64 {
    let mut y = 1.0;
    for _ in 0..n {
        y *= x;
    }
    y
}

#[desc_jit]
fn slope_of_a_cube(x: f32, y: f64) -> (f32, f64) {
    (grad(single)(x, 2.0), grad(power)(y, 3))
}

#[desc_jit]
fn single(x: f32, k: f32) -> f32 {
    k * x * x
}

#[test]
fn literals_take_the_types_of_the_parameters() {
    assert_eq!(agree!(slope_of_a_cube(3.0, 2.0)), (12.0, 12.0));
}

#[desc_jit]
fn newton(x: f64) -> f64 {
    fori_loop(0, 8, |_, x| x - (physics::cube(x) - 2.0) / grad(physics::cube)(x), x)
}

#[desc_jit]
fn gradient_of_newton(x: f64) -> f64 {
    grad(newton)(x) + newton(x)
}

#[test]
fn a_transform_of_a_function_with_transforms() {
    assert!((agree!(gradient_of_newton(1.5)) - 2.0_f64.cbrt()).abs() < 1e-12);
}

#[desc_jit]
fn of_two_lengths(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    vmap(potential)(a, b)
}

#[test]
fn errors_name_the_call() {
    refuse!(of_two_lengths(&Array2::zeros((3, 2)), &Array1::zeros(2)), Shape, "has a batch of 3");
}

mod own {
    use desc_jit::desc_jit;
    use desc_jit_tests::agree;

    #[desc_jit]
    fn grad(x: f64) -> f64 {
        2.0 * x
    }

    #[desc_jit]
    fn twice(x: f64) -> f64 {
        let slope = grad(x);
        grad(slope) + grad(1.0)
    }

    #[test]
    fn a_function_of_that_name_is_called() {
        assert_eq!(agree!(twice(1.5)), 8.0);
    }
}

#[desc_jit]
fn residual(x: &Array1<f64>, k: f64) -> Array1<f64> {
    let mut r = x * x;
    for i in 1..x.len() {
        r[i] += k * (x[i - 1] * x[i]).sin();
    }
    r
}

/// A step of steepest descent for `|r|^2` by the linear map alone, and that map along both of its ends.
#[desc_jit]
fn along(x: &Array1<f64>, k: f64, steps: usize) -> (f64, Array1<f64>) {
    let (r, map) = linearize(residual)(x, k);
    let mut d = r.clone();
    for _ in 0..steps {
        let along = map(&d);
        d = if along.sum() > 0.0 { &d - along * 0.01 } else { map(&r) };
    }
    (r.dot(&r), d)
}

#[test]
fn a_linear_map_that_is_called_in_a_loop() {
    let x = places();
    for steps in [0, 1, 20] {
        let (energy, found) = agree!(along(&x, 0.3, steps), ulps = 8, compiled = 64);
        let (r, map) = linearize(residual::jit())(&x, 0.3);
        let mut d = r.clone();
        for _ in 0..steps {
            let along = map(&d);
            d = if along.sum() > 0.0 { &d - along * 0.01 } else { map(&r) };
        }
        assert!((energy - r.dot(&r)).abs() <= 1e-14 * energy);
        for (a, b) in found.iter().zip(d.iter()) {
            assert!((a - b).abs() <= 1e-13 * b.abs().max(1.0), "{a} {b}");
        }
    }
}

#[desc_jit]
fn of_another_length(x: &Array1<f64>, d: &Array1<f64>) -> Array1<f64> {
    let (r, map) = linearize(residual)(x, 0.5);
    r + map(d)
}

#[test]
fn a_tangent_of_another_shape_is_refused_where_the_map_is_called() {
    let error = of_another_length::try_call(&places(), &Array1::ones(2)).unwrap_err();
    assert_eq!(error.message(), "the tangent of `x` is f64[2], but `x` is f64[4]");
    assert_eq!(error.location().unwrap().text.as_deref(), Some("    r + map(d)"));
}

#[desc_jit]
fn slope_of_both(x: f64, y: f64) -> f64 {
    let (value, map) = linearize(product::jit().wrt(argnums![1, 0]))(x, y);
    value + map(2.0, 3.0)
}

#[desc_jit]
fn product(x: f64, y: f64) -> f64 {
    let mut p = 1.0;
    while p < 100.0 {
        p *= x * y;
    }
    p
}

#[test]
fn a_linear_map_is_differentiated_and_batched() {
    // (x y)^n, its derivative by y times 2 and by x times 3.
    let expected = |x: f64, y: f64| {
        let n = (100.0_f64.ln() / (x * y).ln()).ceil();
        (x * y).powf(n) * (1.0 + 2.0 * n / y + 3.0 * n / x)
    };
    let found = agree!(slope_of_both(1.5, 1.25), ulps = 8, compiled = 64);
    assert!((found - expected(1.5, 1.25)).abs() < 1e-11 * found);
    let h = 1e-4;
    let near = |h: f64| (expected(1.5 + h, 1.25) - expected(1.5 - h, 1.25)) / (2.0 * h);
    let slope = grad(slope_of_both::jit())(1.5, 1.25);
    assert!((slope - (4.0 * near(h / 2.0) - near(h)) / 3.0).abs() < 1e-8 * slope.abs(), "{slope}");
    let batch = [1.5, 1.6, 2.0];
    let all = vmap(slope_of_both::jit()).in_axes(in_axes![0, _])(&Array1::from_vec(batch.to_vec()), 1.25);
    for (x, found) in batch.into_iter().zip(all.iter()) {
        assert!((found - expected(x, 1.25)).abs() < 1e-11 * found.abs());
    }
}
