//! Transforms of functions that take and give slices, `Vec`s and fixed arrays: as of arrays with those elements.

use super::{all_close, close, on_every_engine};
use desc_jit::array::Array4;
use desc_jit::backend::{Backend, with_backend};
use desc_jit::prelude::*;

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Mass {
    x: f64,
    v: f64,
}

fn masses(n: usize) -> Vec<Mass> {
    (0..n).map(|k| Mass { x: 0.5 + k as f64, v: 2.0 - 0.25 * k as f64 }).collect()
}

#[desc_jit]
fn tension(x: &[f64], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += k * (x[i] - x[i - 1]).powi(2);
    }
    sum
}

#[desc_jit]
fn length(x: &Vec<f64>) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[desc_jit]
fn volume(sides: [f64; 3]) -> f64 {
    sides[0] * sides[1] * sides[2]
}

#[desc_jit]
fn determinant(m: &[[f64; 2]; 2]) -> f64 {
    m[0][0] * m[1][1] - m[0][1] * m[1][0]
}

#[desc_jit]
fn action(list: &[Mass]) -> f64 {
    let mut sum = 0.0;
    for m in list {
        sum += m.x * m.v * m.v;
    }
    sum
}

#[desc_jit]
fn rows(table: &Vec<Vec<f64>>) -> f64 {
    let mut sum = 0.0;
    for row in table {
        for v in row {
            sum += v * v;
        }
    }
    sum
}

#[desc_jit]
fn squares(x: &[f64]) -> Vec<f64> {
    x.iter().map(|v| v * v).collect()
}

#[desc_jit]
fn turned(x: [f64; 3]) -> [f64; 3] {
    [x[1], x[2] * x[0], x[0]]
}

#[desc_jit]
fn drifted(list: &[Mass], dt: f64) -> Vec<Mass> {
    list.iter().map(|m| Mass { x: m.x + dt * m.v, v: m.v * m.v }).collect()
}

#[desc_jit]
fn descended(x: &mut Vec<f64>, steps: usize) -> f64 {
    for _ in 0..steps {
        let slope = grad(tension)(&x[..], 0.5);
        for i in 0..x.len() {
            x[i] -= 0.1 * slope[i];
        }
    }
    tension(&x[..], 0.5)
}

#[test]
fn gradients_are_lists_like_the_arguments() {
    on_every_engine(|| {
        let of_slice: Vec<f64> = grad(tension::jit())(&[1.0, 2.0, 4.0], 0.5);
        assert_eq!(of_slice, [-1.0, -1.0, 2.0]);
        let (value, (by_x, by_k)) = value_and_grad(tension::jit().wrt(argnums![0, 1]))(&[1.0, 2.0, 4.0], 0.5);
        assert_eq!((value, by_x, by_k), (2.5, vec![-1.0, -1.0, 2.0], 5.0));
        all_close(&grad(length::jit())(&vec![3.0, 4.0]), &[0.6, 0.8]);
        let of_array: [f64; 3] = grad(volume::jit())([1.0, 2.0, 4.0]);
        assert_eq!(of_array, [8.0, 4.0, 2.0]);
        assert_eq!(grad(determinant::jit())(&[[1.0, 2.0], [3.0, 5.0]]), [[5.0, -3.0], [-2.0, 1.0]]);
        assert_eq!(grad(rows::jit())(&vec![vec![1.0, 2.0], vec![3.0, 5.0]]), [[2.0, 4.0], [6.0, 10.0]]);
        for n in [2, 16, 17, 30] {
            let slope: Vec<Mass> = grad(action::jit())(&masses(n));
            let expected: Vec<Mass> =
                masses(n).iter().map(|m| Mass { x: m.v * m.v, v: 2.0 * m.x * m.v }).collect();
            assert_eq!(slope, expected, "{n}");
        }
    });
}

#[test]
fn tangents_and_cotangents_are_lists() {
    on_every_engine(|| {
        assert_eq!(jvp(squares::jit())(&[1.0, 2.0], &[0.5, 0.25]), (vec![1.0, 4.0], vec![1.0, 1.0]));
        assert_eq!(vjp(squares::jit())(&[1.0, 2.0], &vec![0.5, 0.25]), (vec![1.0, 4.0], vec![1.0, 1.0]));
        assert_eq!(jvp(turned::jit())([1.0, 2.0, 3.0], [0.5, 0.25, 1.0]).1, [0.25, 2.5, 0.5]);
        assert_eq!(vjp(turned::jit())([1.0, 2.0, 3.0], &[0.5, 0.25, 1.0]).1, [1.75, 0.5, 0.25]);
        assert_eq!(hvp(tension::jit())(&[1.0, 2.0, 4.0], 0.5, &[1.0, 0.0, 0.0]), [1.0, -1.0, 0.0]);
        let (value, map) = linearize(squares::jit())(&[1.0, 2.0]);
        assert_eq!((value, map(&[1.0, 0.5])), (vec![1.0, 4.0], vec![2.0, 2.0]));
        for n in [3, 18] {
            let (list, along) = (masses(n), masses(n + 1)[1..].to_vec());
            let (_, tangent) = jvp(drifted::jit())(&list, 0.5, &along);
            let (_, pulled) = vjp(drifted::jit())(&list, 0.5, &along);
            for k in 0..n {
                let (m, a) = (list[k], along[k]);
                assert_eq!(tangent[k], Mass { x: a.x + 0.5 * a.v, v: 2.0 * m.v * a.v }, "{n}");
                assert_eq!(pulled[k], Mass { x: a.x, v: 0.5 * a.x + 2.0 * m.v * a.v }, "{n}");
            }
            let (value, map) = linearize(drifted::jit().wrt(argnums![0]))(&list, 0.5);
            assert_eq!((value, map(&along)), (drifted::native(&list, 0.5), tangent), "{n}");
        }
    });
}

#[test]
fn jacobians_of_lists_are_arrays() {
    on_every_engine(|| {
        let forward: Array2<f64> = jacfwd(squares::jit())(&[1.0, 2.0]);
        assert_eq!(forward.to_vec(), [2.0, 0.0, 0.0, 4.0]);
        assert_eq!(jacrev(squares::jit())(&[1.0, 2.0]).to_vec(), forward.to_vec());
        let of_fixed: Array2<f64> = jacrev(turned::jit())([1.0, 2.0, 3.0]);
        assert_eq!(of_fixed.to_vec(), [0.0, 1.0, 0.0, 3.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        let second: Array2<f64> = hessian(tension::jit())(&[1.0, 2.0, 4.0], 0.5);
        assert_eq!(second.to_vec(), [1.0, -1.0, 0.0, -1.0, 2.0, -1.0, 0.0, -1.0, 1.0]);
        let of_table: Array4<f64> = hessian(determinant::jit())(&[[1.0, 2.0], [3.0, 5.0]]);
        assert_eq!((of_table[[0, 0, 1, 1]], of_table[[0, 1, 1, 0]], of_table.sum()), (1.0, -1.0, 0.0));
    });
}

#[test]
fn batches_of_lists_have_an_axis_more() {
    on_every_engine(|| {
        let points = array![[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]];
        let volumes: Array1<f64> = vmap(volume::jit())(points.clone());
        assert_eq!(volumes.to_vec(), [6.0, 140.0]);
        assert_eq!(vmap(tension::jit()).in_axes(in_axes![0, _])(&points, 0.5).to_vec(), [1.0, 2.5]);
        let slopes: Array2<f64> = vmap(grad(tension::jit())).in_axes(in_axes![0, _])(&points, 0.5);
        assert_eq!(slopes.to_vec(), [-1.0, 0.0, 1.0, -1.0, -1.0, 2.0]);
        assert_eq!(vmap(squares::jit())(&points).to_vec(), [1.0, 4.0, 9.0, 16.0, 25.0, 49.0]);
        for n in [2, 19] {
            let stacks: Vec<_> =
                masses(n).iter().map(|m| tree_stack(&[*m, Mass { x: 1.0, v: m.x }])).collect();
            let actions = vmap(action::jit())(&stacks);
            let other: Vec<Mass> = masses(n).iter().map(|m| Mass { x: 1.0, v: m.x }).collect();
            assert_eq!(actions.to_vec(), [action::native(&masses(n)), action::native(&other)], "{n}");
        }
    });
}

#[test]
fn gradients_by_lists_are_taken_in_staged_code() {
    on_every_engine(|| {
        let (mut x, mut y) = (vec![1.0, 2.0, 4.0], [1.0, 2.0, 4.0]);
        let value = descended(&mut x, 3);
        for _ in 0..3 {
            let (a, b) = (y[1] - y[0], y[2] - y[1]);
            y = [y[0] + 0.1 * a, y[1] - 0.1 * (a - b), y[2] - 0.1 * b];
        }
        all_close(&x, &y);
        close(value, tension::native(&y, 0.5));
    });
}

#[test]
fn derivatives_by_lists_follow_the_backend() {
    let slope = Derivative::grad(tension::jit());
    let exact = slope.compute(&[1.0, 2.0, 4.0], 0.5);
    assert_eq!(exact, [-1.0, -1.0, 2.0]);
    let by_side = Derivative::grad(volume::jit());
    assert_eq!(by_side.compute([1.0, 2.0, 4.0]), [8.0, 4.0, 2.0]);
    with_backend(Backend::Native, || {
        // Central differences of second order.
        for (found, expected) in slope.compute(&[1.0, 2.0, 4.0], 0.5).iter().zip(&exact) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        let jacobian: Array2<f64> = Derivative::jacobian(squares::jit()).compute(&[1.0, 2.0]);
        assert!((jacobian[[1, 1]] - 4.0).abs() < 1e-9 && jacobian[[0, 1]].abs() < 1e-9);
        assert!(
            by_side.compute([1.0, 2.0, 4.0]).iter().zip([8.0, 4.0, 2.0]).all(|(a, b)| (a - b).abs() < 1e-9)
        );
    });
}
