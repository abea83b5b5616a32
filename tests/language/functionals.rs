//! `cond`, `switch`, `fori_loop`, `while_loop`, `scan`, `map` inside and outside annotated functions.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn by_cond(x: f64) -> f64 {
    cond(x > 0.0, |v| v.sqrt(), |v| -v, x)
}

#[desc_jit]
fn by_switch(k: usize, x: f64) -> f64 {
    switch(k, [|v: f64| v + 1.0, |v: f64| v * 2.0, |v: f64| v.sqrt()], x)
}

#[desc_jit]
fn by_fori(x: f64, n: usize) -> f64 {
    let (s, _) = fori_loop(0, n, |i, (s, p)| (s + p / (i + 1) as f64, p * x), (0.0, 1.0));
    s
}

#[desc_jit]
fn by_while(x: f64) -> f64 {
    while_loop(|&v: &f64| v < 100.0, |v| v * v + 1.0, x)
}

#[test]
fn functionals_inside() {
    agree!(by_cond(4.0));
    agree!(by_cond(-4.0));
    for k in 0..5 {
        agree!(by_switch(k, 9.0));
    }
    for n in [0, 1, 10] {
        agree!(by_fori(0.5, n));
    }
    agree!(by_while(1.5));
    agree!(by_while(1e3));
}

#[test]
fn functionals_outside() {
    assert_eq!(cond(false, |x: i32| x, |x| -x, 3), -3);
    assert_eq!(switch(1usize, [|x: i32| x, |x| x * 10], 3), 30);
    assert_eq!(fori_loop(0, 4usize, |i, s| s + i, 0), 6);
    assert_eq!(while_loop(|x: &i32| *x < 50, |x| x * 2, 3), 96);
}

#[desc_jit]
fn nested_functionals(x: &Array1<f64>) -> f64 {
    fori_loop(0, x.len(), |i, acc| cond(x[i] > 0.0, |a| a + x[i], |a| a - 1.0, acc), 0.0)
}

#[test]
fn functionals_nest_and_capture() {
    agree!(nested_functionals(&Array1::from_vec(vec![1.0, -2.0, 3.0])));
    agree!(nested_functionals(&Array1::zeros(0)));
}

#[desc_jit]
fn smoothed(x: &Array1<f64>, alpha: f64) -> (f64, Array1<f64>) {
    scan(|state, v| (alpha * v + (1.0 - alpha) * state, state), 0.0, x)
}

#[desc_jit]
fn rest_of(x: &Array1<i64>) -> (i64, Array1<i64>) {
    scan_reverse(|sum, v| (sum + v, sum), 0, x)
}

#[desc_jit]
fn rows(m: &Array2<f64>, w: &Array1<f64>) -> ((f64, usize), (Array2<f64>, Array1<bool>)) {
    scan(
        |(best, at), (row, weight)| {
            let scaled = row * weight;
            let total = scaled.sum();
            let is_better = total > best;
            let next = if is_better { (total, at + 1) } else { (best, at) };
            (next, (scaled, is_better))
        },
        (0.0, 0),
        (m, w),
    )
}

#[test]
fn scans() {
    for n in [0, 1, 2, 7] {
        let x = Array1::from_shape_fn(n, |k| (k as f64 * 1.5).sin());
        agree!(smoothed(&x, 0.25));
        let (sum, rest) = agree!(rest_of(&Array1::from_shape_fn(n, |k| k as i64 + 1)));
        assert_eq!(sum, rest.iter().next().map_or(0, |first| first + 1));
    }
    let m = Array2::from_shape_fn((4, 3), |(i, j)| (i * 3 + j) as f64 - 4.0);
    let w = Array1::from_vec(vec![1.0, -2.0, 0.5, 3.0]);
    let ((_, found), (scaled, _)) = agree!(rows(&m, &w));
    assert_eq!((found, scaled[[1, 0]]), (2, 2.0));
}

#[desc_jit(static(reverse, unroll))]
fn unrolled(x: &Array1<f64>, reverse: bool, unroll: usize) -> (f64, Array1<f64>) {
    scan_with(|s, v| (s * 0.5 + v, s - v), 1.0, x, reverse, unroll)
}

#[test]
fn unrolled_scans_do_the_same_steps() {
    let x = Array1::from_shape_fn(11, |k| 1.0 + k as f64);
    for reverse in [false, true] {
        let wanted = unrolled::native(&x, reverse, 1);
        for unroll in [1, 2, 4, 11, 20] {
            assert_eq!(agree!(unrolled(&x, reverse, unroll)), wanted);
        }
    }
    refuse!(unrolled(&x, false, 0), Argument, "`unroll` is 0");
    // One iteration does four steps, three iterations of another loop the rest.
    let graph = unrolled::graph(&x, false, 4).unwrap().to_string();
    assert_eq!(graph.matches(" = for").count(), 2, "{graph}");
}

#[desc_jit(static(n))]
fn fibonacci(n: usize) -> ((i64, i64), Array1<i64>) {
    scan_n(|(a, b)| ((b, a + b), a), (0, 1), n)
}

#[desc_jit(static(n, reverse, unroll))]
fn powers(x: f64, n: usize, reverse: bool, unroll: usize) -> (f64, Array1<f64>) {
    scan_n_with(|p| (p * x, p + x), 1.0, n, reverse, unroll)
}

#[test]
fn scans_over_nothing_have_the_same_options() {
    for n in [0, 1, 7] {
        for reverse in [false, true] {
            for unroll in [1, 3, 8] {
                let (last, all) = agree!(powers(0.75, n, reverse, unroll));
                assert_eq!(last, powers::native(0.75, n, false, 1).0);
                assert_eq!(all.len(), n);
            }
        }
    }
    refuse!(powers(0.5, 3, false, 0), Argument, "`unroll` is 0");
}

#[desc_jit(static(n))]
fn newton(x: f64, n: usize) -> f64 {
    let (root, ()) = scan_n(|r| (0.5 * (r + x / r), ()), x, n);
    root
}

#[desc_jit]
fn norms(m: &Array2<f64>) -> (Array1<f64>, Array2<f64>) {
    let lengths = map(|row| row.dot(&row).sqrt(), m);
    let scaled = map(|(row, length)| row / length, (m, &lengths));
    (lengths, scaled)
}

#[desc_jit]
fn halved(x: f64) -> f64 {
    if x > 1.0 { x / 2.0 } else { x }
}

#[desc_jit]
fn maps_of_functions(x: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    (map(halved, x), map(f64::sqrt, x))
}

#[test]
fn scans_over_nothing_and_maps() {
    for n in [0, 1, 10] {
        let ((last, _), all) = agree!(fibonacci(n));
        assert_eq!((all.len(), last), (n, [0, 1, 55][n.min(2)]));
    }
    assert_eq!(agree!(newton(4.0, 8)), 2.0);
    agree!(norms(&Array2::from_shape_fn((5, 3), |(i, j)| (i + 2 * j) as f64 + 0.5)));
    agree!(maps_of_functions(&Array1::from_vec(vec![0.25, 4.0, 9.0])));
}

#[desc_jit]
fn of_two_lengths(a: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
    map(|(x, y)| x + y, (a, b))
}

#[test]
fn arrays_of_different_lengths_are_refused() {
    refuse!(of_two_lengths(&Array1::zeros(2), &Array1::zeros(3)), Shape, "different lengths");
}

mod a_function_named_map {
    use desc_jit::desc_jit;
    use desc_jit_tests::agree;

    #[desc_jit]
    fn map(x: f64, r: f64) -> f64 {
        r * x * (1.0 - x)
    }

    #[desc_jit]
    fn twice(x: f64) -> f64 {
        map(map(x, 3.7), 3.7)
    }

    #[test]
    fn is_called() {
        agree!(twice(0.3));
    }
}
