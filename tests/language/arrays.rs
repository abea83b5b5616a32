//! Whole arrays: constructors, arithmetic with broadcasting, maps, reductions, functional updates.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit(static(n))]
fn constructors(n: usize, x: f64) -> (Array1<f64>, Array2<f64>, Array1<f64>, Array2<f64>) {
    let a = Array1::from_elem(n, x) + Array1::<f64>::ones(n);
    let b = Array2::<f64>::zeros((n, 2)) + x;
    let c = Array1::linspace(0.0, x, n);
    let d = Array2::<f64>::eye(n);
    (a, b, c, d)
}

#[test]
fn constructors_of_static_shape() {
    for n in [0, 1, 2, 5] {
        agree!(constructors(n, 1.5));
    }
}

#[desc_jit]
fn from_closures(x: &Array2<f64>) -> (Array2<f64>, Array1<f64>, Array1<i64>) {
    let (n, m) = x.dim();
    let a = Array2::from_shape_fn((n, m), |(i, j)| x[[i, j]] * (i + j) as f64);
    let b = Array1::from_shape_fn(m, |j| {
        let mut s = 0.0;
        for i in 0..n {
            s += x[[i, j]];
        }
        s
    });
    let c = Array1::from_shape_fn(n, |i| i as i64 * 2);
    (a, b, c)
}

#[test]
fn arrays_from_closures() {
    agree!(from_closures(&Array2::from_shape_fn((3, 2), |(i, j)| (i * 3 + j) as f64)));
    agree!(from_closures(&Array2::from_shape_fn((1, 1), |_| 2.0)));
}

#[desc_jit]
fn arithmetic(a: &Array1<f64>, b: &Array1<f64>, m: &Array2<f64>) -> (Array1<f64>, Array2<f64>, Array1<f64>) {
    let c = a + b * 2.0 - 1.0 / a;
    let d = m * a + m / 2.0;
    let mut e = a.clone();
    e += b;
    e *= 3.0;
    e -= &(a * b);
    e /= b;
    (-&c, d, e)
}

#[test]
fn arithmetic_broadcasts() {
    let a = Array1::from_vec(vec![1.0, 2.0, 4.0]);
    let b = Array1::from_vec(vec![0.5, -2.0, 0.1]);
    agree!(arithmetic(&a, &b, &Array2::from_shape_fn((2, 3), |(i, j)| (i + j) as f64)));
    agree!(arithmetic(&a, &b, &Array2::zeros((0, 3))));
}

#[desc_jit]
fn add(a: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
    a + b
}

#[test]
fn shapes_that_do_not_fit_name_both_sides() {
    let (a, b) = (Array1::<f64>::zeros(3), Array1::<f64>::zeros(4));
    refuse!(add(&a, &b), Shape, "the left one is f64[3] and the right one f64[4]");
}

#[desc_jit]
fn reductions(x: &Array2<f64>) -> (f64, f64, Array1<f64>, f64, f64) {
    (x.sum(), x.product(), x.sum_axis(Axis(0)), x.min(), x.max())
}

#[test]
fn reductions_of_arrays() {
    agree!(
        reductions(&Array2::from_shape_fn((3, 4), |(i, j)| (i as f64 - 1.2) * (j as f64 + 0.7))),
        ulps = 4
    );
    agree!(reductions(&Array2::from_shape_fn((1, 1), |_| 3.0)));
    agree!(reductions(&Array2::from_shape_fn((2, 2), |(i, j)| if i + j == 1 { f64::NAN } else { 1.0 })));
}

#[desc_jit]
fn means(x: &Array2<f64>) -> (f64, Array1<f64>) {
    (x.mean().unwrap(), x.mean_axis(Axis(1)).unwrap())
}

#[test]
fn means_of_arrays() {
    agree!(means(&Array2::from_shape_fn((3, 5), |(i, j)| (i * 7 + j) as f64)), ulps = 4);
}

#[desc_jit]
fn products(
    a: &Array2<f64>,
    b: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>, f64, Array2<f64>) {
    (a.dot(b), a.dot(v), v.dot(v), a.t().to_owned())
}

#[test]
fn products_of_matrices() {
    let a = Array2::from_shape_fn((2, 3), |(i, j)| (i * 3 + j) as f64 + 0.25);
    let b = Array2::from_shape_fn((3, 4), |(i, j)| (i + j) as f64 - 1.5);
    agree!(products(&a, &b, &Array1::from_vec(vec![1.0, -2.0, 0.5])), ulps = 4);
}

#[desc_jit]
fn maps(x: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let a = x.mapv(|v| if v > 1.0 { v.sqrt() } else { -v });
    let b = x.exp() + x.sin() * x.abs() + x.powi(2);
    (a, b)
}

#[test]
fn maps_over_elements() {
    agree!(maps(&Array2::from_shape_fn((2, 3), |(i, j)| i as f64 * 1.5 - j as f64)));
}

#[desc_jit]
fn shapes(x: &Array2<f64>, v: &Array1<f64>) -> (usize, usize, usize, usize, f64) {
    let (n, m) = x.dim();
    let s = x.shape()[1] + v.dim() + x.ndim();
    let mut total = 0.0;
    if !v.is_empty() {
        total += v[0];
    }
    (n * 10 + m, x.nrows() + x.ncols(), x.len(), s, total)
}

#[test]
fn shapes_are_constants() {
    agree!(shapes(&Array2::zeros((2, 3)), &Array1::ones(4)));
    agree!(shapes(&Array2::zeros((0, 3)), &Array1::zeros(0)));
}

#[desc_jit]
fn functional_updates(x: &Array1<f64>, i: usize) -> (Array1<f64>, Array1<f64>, Array1<f64>) {
    let a = x.at(i).set(5.0);
    let b = x.at(i).add(1.0).at(0).mul(3.0);
    let c = put(&x.at(1).max(10.0), i, 0.25).at(2).min(-1.0);
    (a, b, c)
}

#[test]
fn functional_updates_leave_the_array_alone() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    for i in 0..3 {
        agree!(functional_updates(&x, i));
    }
    refuse!(functional_updates(&x, 4), Index, "index 4");
}

#[desc_jit]
fn updates_by_list(x: &Array1<f64>, index: &Array1<usize>, v: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    (x.at(index).add(v), x.at(index).set(v))
}

#[test]
fn repeated_indices_apply_in_order() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let index = Array1::from_vec(vec![1usize, 1, 0]);
    let v = Array1::from_vec(vec![10.0, 20.0, 30.0]);
    let (added, set) = agree!(updates_by_list(&x, &index, &v));
    assert_eq!(added.to_vec(), [31.0, 32.0, 3.0]);
    assert_eq!(set.to_vec(), [30.0, 20.0, 3.0]);
}

#[desc_jit]
fn positions(x: &Array1<f64>) -> (usize, usize) {
    (x.argmin(), x.argmax())
}

#[test]
fn positions_of_extrema() {
    agree!(positions(&Array1::from_vec(vec![3.0, -1.0, 7.0, -1.0, 7.0])));
}

#[desc_jit]
fn numpy_names(x: &Array1<f64>) -> (Array1<f64>, f64, Array1<f64>, Array1<f64>) {
    let y = jnp::where_(&x.mapv(|v| v > 0.0), &jnp::sqrt(&jnp::abs(x)), 0.5);
    let z = jnp::maximum(x, 0.25) + jnp::zeros(x.len()) + jnp::ones_like(x);
    let w = jnp::clip(x, -1.0, 1.0) * jnp::full(x.len(), 2.0) + jnp::linspace(0.0, 1.0, x.len());
    (y, jnp::sum(&jnp::exp(x)) + jnp::max(x), z, w)
}

#[test]
fn functions_under_their_numpy_names() {
    agree!(numpy_names(&Array1::from_vec(vec![1.0, -2.0, 0.3])), ulps = 2);
}

#[desc_jit]
fn joined(a: &Array1<f64>, b: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    (jnp::concatenate(&[a, b]), jnp::cumsum(a))
}

#[test]
fn arrays_are_joined() {
    agree!(joined(&Array1::from_vec(vec![1.0, 2.0]), &Array1::from_vec(vec![3.0])));
}

#[desc_jit]
fn extremes_at(x: &Array1<f64>, i: usize, v: f64) -> (Array1<f64>, Array1<f64>) {
    (x.at(i).min(v), x.at(i).max(v))
}

#[test]
fn updates_to_extremes_with_nan() {
    let x = Array1::from_vec(vec![1.0, f64::NAN, -3.0]);
    for i in 0..3 {
        for v in [0.5, f64::NAN] {
            agree!(extremes_at(&x, i, v));
        }
    }
}

#[desc_jit]
fn sums_of_one_value(x: &Array1<f64>) -> (f64, f64, Array1<f64>) {
    let a = Array1::<f64>::from_elem(x.len(), 0.1);
    let b = Array2::<f64>::from_elem((x.len(), 3), 0.1);
    (a.sum(), a.dot(&a), b.sum_axis(Axis(0)))
}

#[test]
fn the_sum_of_a_repeated_value_adds_in_the_same_order() {
    // The order of a compiled kernel is another one: each of the 101 additions may round by half a unit.
    for n in [0, 1, 10, 101] {
        agree!(sums_of_one_value(&Array1::zeros(n)), ulps = 0, compiled = 64);
    }
}

#[desc_jit]
fn adds_in_place(u: &Array2<f64>, v: &Array1<f64>) -> Array2<f64> {
    let mut u = u.clone();
    u += v;
    u
}

#[test]
fn assigning_operators_broadcast_the_right_side_only() {
    let v = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    agree!(adds_in_place(&Array2::ones((2, 3)), &v));
    refuse!(adds_in_place(&Array2::ones((2, 1)), &v), Shape, "`u` is f64[2,1]: `+=` with f64[3]");
}

/// They were panics inside of the library in debug builds.
#[test]
fn arrays_without_elements_are_printed() {
    assert_eq!(format!("{:?}", Array2::<f64>::zeros((0, 2))), "[]");
    assert_eq!(format!("{:?}", Array2::<f64>::zeros((3, 2)).slice(s![1..1, ..])), "[]");
    assert_eq!(format!("{:?}", Array2::<f64>::zeros((2, 0))), "[[], []]");
    assert_eq!(format!("{:?}", Array3::<i64>::zeros((0, 1, 2))), "[]");
}
