//! Transforms of transforms.

use super::{Numbers, check, floats, optimized, run, scalar, vector};
use crate::graph::Graph;
use crate::prelude::*;
use crate::transform::{hessian, hvp, jacfwd, jacrev, jvp, value_and_grad, vjp};

#[desc_jit]
fn chain(x: &Array1<f64>, k: f64) -> f64 {
    let mut energy = 0.0;
    for i in 1..x.len() {
        let d = x[i] - x[i - 1];
        energy += 0.5 * k * d * d + (x[i] * x[i - 1]).sin();
        if d > 0.0 {
            energy += d.powi(3);
        }
    }
    energy
}

fn chain_graph() -> (Graph, Vec<crate::array::Buffer>) {
    let x = vec![0.3, -0.4, 0.9, 1.2, 0.1];
    let graph = chain::graph(&Array1::from_vec(x.clone()), 1.3).unwrap();
    (graph, vec![vector(&x), scalar(1.3)])
}

#[test]
fn derivatives_of_derivatives_in_every_order() {
    let (graph, x) = chain_graph();
    let n = &mut Numbers::new(3);
    let direction = n.array(&[5]);
    let with_direction =
        || vec![x[0].deep_clone().unwrap(), x[1].deep_clone().unwrap(), direction.deep_clone().unwrap()];
    // The tangents and cotangents are differentiated too.
    check(&jvp(&graph, &[0]).unwrap(), &with_direction(), &[0, 1, 2]);
    let mut adjoint = with_direction();
    adjoint[2] = scalar(0.7);
    check(&vjp(&graph, &[0, 1], 64).unwrap(), &adjoint, &[0, 1, 2]);
    check(&value_and_grad(&graph, &[0], 64).unwrap(), &x, &[0, 1]);
    let third = jvp(&optimized(value_and_grad(&graph, &[0], 64).unwrap()), &[0]).unwrap();
    check(&third, &with_direction(), &[0, 2]);
}

#[test]
fn hessians_are_symmetric_and_agree_with_products() {
    let (graph, x) = chain_graph();
    let graph = optimized(graph);
    let second = optimized(hessian(&graph, &[0, 1], 64).unwrap());
    let inputs: Vec<&crate::array::Buffer> = x.iter().collect();
    let blocks: Vec<Vec<f64>> = run(&second, &inputs).iter().map(floats).collect();
    let h = &blocks[0];
    for i in 0..5 {
        for j in 0..5 {
            assert!((h[i * 5 + j] - h[j * 5 + i]).abs() < 1e-14, "{h:?}");
        }
    }
    assert_eq!(blocks[1].len(), 5);
    for (a, b) in blocks[1].iter().zip(&blocks[2]) {
        assert!((a - b).abs() < 1e-14);
    }
    let v = Numbers::new(4).array(&[5]);
    let products = optimized(hvp(&graph, &[0], 64).unwrap());
    let product = run(&products, &[inputs[0], inputs[1], &v]);
    for i in 0..5 {
        let wanted: f64 = (0..5).map(|j| h[i * 5 + j] * floats(&v)[j]).sum();
        assert!((floats(&product[0])[i] - wanted).abs() < 1e-13);
    }
}

#[desc_jit]
fn polar(x: &Array2<f64>, s: f64) -> (Array1<f64>, f64) {
    let mut y = Array1::<f64>::zeros(3);
    for i in 0..3 {
        y[i] = x[[0, i]] * x[[1, i]].cos() * s;
    }
    (y, s * x[[0, 1]] * x[[1, 2]])
}

#[test]
fn jacobians_of_both_modes_agree_with_differences() {
    let x = Numbers::new(11).array(&[2, 3]);
    let graph = polar::graph(&Array2::from_shape_vec((2, 3), floats(&x)).unwrap(), 0.8).unwrap();
    let graph = optimized(graph);
    let inputs = [&x, &scalar(0.8)];
    let forward = run(&optimized(jacfwd(&graph, &[0, 1]).unwrap()), &inputs);
    let reverse = run(&optimized(jacrev(&graph, &[0, 1], 64).unwrap()), &inputs);
    let shapes: Vec<&[usize]> = forward.iter().map(|b| b.shape()).collect();
    assert_eq!(shapes, [&[3, 2, 3][..], &[3], &[2, 3], &[]]);
    for (a, b) in forward.iter().zip(&reverse) {
        assert_eq!(a.shape(), b.shape());
        for (a, b) in floats(a).iter().zip(floats(b)) {
            assert!((a - b).abs() < 1e-14);
        }
    }
    for k in 0..6 {
        let mut axis = vec![0.0; 6];
        axis[k] = 1.0;
        let axis = [crate::array::Buffer::from_vec(axis, &[2, 3]).unwrap()];
        let point = [x.deep_clone().unwrap(), scalar(0.8)];
        let wanted = super::differences(&graph, &point, &[0], &axis);
        for (i, wanted) in wanted[0].iter().enumerate() {
            assert!((floats(&forward[0])[i * 6 + k] - wanted).abs() < 1e-9);
        }
        assert!((floats(&forward[2])[k] - wanted[1][0]).abs() < 1e-9);
    }
}
