//! `linearize`: the result and the derivative at a point, as a map that is used many times.

use super::{all_close, close};
use desc_jit::ErrorKind;
use desc_jit::prelude::*;

#[desc_jit]
fn chain(x: &Array1<f64>, k: f64, n: usize) -> (Array1<f64>, usize, f64) {
    let mut y = x.clone();
    let mut energy = 0.0;
    for _ in 0..n {
        for i in 1..y.len() {
            let d = y[i] - y[i - 1];
            y[i] = y[i] - 0.1 * k * d.sin();
            energy += k * d * d;
        }
    }
    (y, n, energy)
}

fn places() -> Array1<f64> {
    Array1::from_vec(vec![0.5, 1.5, -1.0, 0.25])
}

fn directions() -> [Array1<f64>; 3] {
    [[1.0, 0.0, 0.0, 0.0], [0.0, -2.0, 0.5, 1.0], [0.0; 4]].map(|d| Array1::from_vec(d.to_vec()))
}

#[test]
fn the_map_is_the_derivative_along_every_direction() {
    let x = places();
    let ((y, n, energy), map) = linearize(chain::jit())(&x, 2.0, 3);
    assert_eq!((y, n, energy), chain(&x, 2.0, 3));
    for dx in directions() {
        let (dy, (), d_energy): (Array1<f64>, (), f64) = map(&dx);
        let (_, (expected, (), expected_energy)) = jvp(chain::jit())(&x, 2.0, 3, &dx);
        all_close(dy.iter(), &expected.to_vec());
        close(d_energy, expected_energy);
    }
}

#[test]
fn a_tangent_for_each_chosen_argument() {
    let (x, dx) = (places(), &directions()[1]);
    let by_both = || chain::jit().wrt(argnums![1, 0]);
    let (_, map) = linearize(by_both())(&x, 2.0, 3);
    let (dy, (), d_energy) = map(0.5, dx);
    let (_, (expected, (), expected_energy)) = jvp(by_both())(&x, 2.0, 3, 0.5, dx);
    all_close(dy.iter(), &expected.to_vec());
    close(d_energy, expected_energy);
    let (_, by_k) = linearize(chain::jit().wrt(argnums![1]))(&x, 2.0, 3);
    let ((along_k, ..), (along_both, ..)) = (by_k(1.0), map(1.0, &Array1::zeros(4)));
    all_close(along_k.iter(), &along_both.to_vec());
}

#[test]
fn a_map_stays_as_it_was_made() {
    #[desc_jit]
    fn cubes(x: &Array1<f32>) -> Array1<f32> {
        x * x * x
    }
    let linear = linearize(cubes::jit());
    let (one, two) = (Array1::ones(2), Array1::from_elem(2, 2.0_f32));
    let (_, at_one) = linear(&one);
    let (_, at_two) = linear(&two);
    linear.clear_cache();
    let copies = [at_one.clone(), at_one.clone(), at_one.clone()];
    drop(at_one);
    std::thread::scope(|scope| {
        for map in &copies {
            scope.spawn(|| assert_eq!(map(&Array1::ones(2)).to_vec(), [3.0, 3.0]));
        }
    });
    assert_eq!(at_two(&Array1::ones(2)).to_vec(), [12.0, 12.0]);
    assert_eq!(cubes::cache_stats().misses, 0);
}

#[test]
fn both_graphs_are_compiled_once() {
    #[desc_jit]
    fn sine(x: f64) -> f64 {
        x.sin()
    }
    let linear = linearize(sine::jit());
    for x in [0.0, 1.0, 2.0] {
        let (_, map) = linear(x);
        close(map(1.0), x.cos());
        close(map(2.0), 2.0 * x.cos());
    }
    let stats = linearize(sine::jit()).cache_stats();
    assert_eq!((stats.misses, stats.hits, stats.entries), (1, 2, 1));
    let (_, map) = linear.clone()(0.5);
    assert_eq!(format!("{linear:?} {map:?}"), "Linearize(linearize(sine)) Linear(linearize(sine))");
}

#[desc_jit]
fn powers(x: f64, limit: f64) -> f64 {
    let mut y = x;
    while y * y > limit {
        y = y * y * 0.99 / y;
    }
    y
}

#[desc_jit]
fn scaled(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    for k in 0..n {
        let at = k % y.len();
        y[at] = y[at] * 0.99;
    }
    (&y * &y).sum()
}

#[test]
fn loops_longer_than_the_first_tape() {
    for (limit, steps) in [(0.25, 69), (1e-18, 2062)] {
        let (y, map) = linearize(powers::jit())(1.0, limit);
        close(y, 0.99_f64.powi(steps));
        close(map(1.0), 0.99_f64.powi(steps));
        close(map(-2.0), -2.0 * 0.99_f64.powi(steps));
    }
    let x = Array1::from_vec(vec![1.0, 2.0]);
    for n in [0, 10, 3000] {
        let (_, map) = linearize(scaled::jit())(&x, n);
        let factor = 0.99_f64.powi(n as i32);
        close(map(&Array1::from_vec(vec![1.0, 0.5])), 2.0 * 2.0 * factor);
    }
}

#[desc_jit]
fn spring(state: (f64, &Array1<f64>), mass: f64) -> f64 {
    let (k, x) = state;
    k * x[0] * x[1] / mass
}

#[test]
fn a_tuple_has_a_tuple_as_tangent() {
    let x = Array1::from_vec(vec![2.0, 3.0]);
    let (energy, map) = linearize(spring::jit())((0.5, &x), 4.0);
    close(energy, 0.75);
    close(map((1.0, &Array1::from_vec(vec![0.0, 0.0]))), 1.5);
    close(map((0.0, &Array1::from_vec(vec![1.0, -1.0]))), 0.375 - 0.25);
}

#[desc_jit]
fn given_away(x: Array1<f64>) -> Array1<f64> {
    let mut x = x;
    for i in 0..x.len() {
        x[i] = x[i] * x[i];
    }
    x
}

#[test]
fn arguments_and_tangents_by_value() {
    let (y, map) = linearize(given_away::jit())(Array1::from_vec(vec![1.0, -3.0]));
    all_close(y.iter(), &[1.0, 9.0]);
    all_close(map(Array1::ones(2)).iter(), &[2.0, -6.0]);
    all_close(map(Array1::from_vec(vec![0.0, 2.0])).iter(), &[0.0, -12.0]);
}

#[test]
fn of_a_gradient_it_gives_products_with_the_hessian() {
    #[desc_jit]
    fn saddle(x: &Array1<f64>) -> f64 {
        x[0] * x[0] * x[0] + 3.0 * x[0] * x[1]
    }
    let (x, v) = (Array1::from_vec(vec![1.0, 2.0]), Array1::from_vec(vec![10.0, 1.0]));
    let (gradient, map) = linearize(grad(saddle::jit()))(&x);
    all_close(gradient.iter(), &[9.0, 3.0]);
    all_close(map(&v).iter(), &hvp(saddle::jit())(&x, &v).to_vec());
}

#[test]
fn a_result_that_does_not_depend_on_the_argument() {
    #[desc_jit]
    fn constant(x: f64, u: &Array1<f64>) -> (Array1<f64>, f64) {
        (u.clone(), 2.0 * x)
    }
    let (_, map) = linearize(constant::jit())(1.0, &Array1::ones(2));
    let (du, dx) = map(3.0);
    all_close(du.iter(), &[0.0, 0.0]);
    close(dx, 6.0);
}

#[test]
fn both_graphs_are_printed() {
    let x = places();
    let linear = linearize(chain::jit());
    let function = linear.graph(&x, 2.0, 3).unwrap();
    let map = linear(&x, 2.0, 3).1.graph().unwrap();
    for graph in [&function, &map] {
        let text = graph.to_string();
        let parsed: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(parsed.to_string(), text);
    }
    // The function is in the one, and not in the other.
    assert!(function.to_string().contains("sin(") && !map.to_string().contains("sin("), "{function}\n{map}");
    assert!(!linear.explain(&x, 2.0, 3).unwrap().loops().is_empty());
}

#[test]
fn errors_name_the_argument() {
    let (x, wrong) = (places(), Array1::ones(2));
    let (_, map) = linearize(chain::jit().wrt(argnums![1, 0]))(&x, 2.0, 3);
    let error = map.try_call(1.0, &wrong).unwrap_err();
    assert_eq!(error.message(), "the tangent of `x` is f64[2], but `x` is f64[4]");
    assert_eq!(error.kind(), ErrorKind::Shape);
    let (_, map) = linearize(spring::jit())((0.5, &x), 4.0);
    let error = map.try_call((1.0, &wrong)).unwrap_err();
    assert_eq!(error.message(), "the tangent of `state` is (f64, f64[2]), but `state` is (f64, f64[4])");

    #[desc_jit(static(k), allow(DJ1101))]
    fn stretched(x: f64, k: f64) -> f64 {
        k * x
    }
    let error = linearize(stretched::jit().wrt(argnums![1])).try_call(2.0, 3.0).unwrap_err();
    assert_eq!(error.message(), "the static argument `k` of `stretched` cannot be differentiated");
}
