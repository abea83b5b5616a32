//! Loops and branches, as annotated functions.

use super::{Numbers, check, integer, scalar, vector};
use crate::prelude::*;

macro_rules! graph_of {
    ($f:ident($($arg:expr),*)) => { $f::graph($($arg),*).unwrap() };
}

#[desc_jit]
fn recurrence(a: &Array1<f64>, r: f64) -> Array1<f64> {
    let mut a = a.clone();
    for i in 1..a.len() {
        a[i] = r * a[i - 1] * (1.0 - a[i - 1]) + 0.1 * a[i];
    }
    a
}

#[test]
fn a_recurrence_that_writes_one_element_a_step() {
    let a = Array1::from_vec(vec![0.3, 0.2, 0.5, 0.1, 0.7, 0.4]);
    check(&graph_of!(recurrence(&a, 3.1)), &[vector(&a.to_vec()), scalar(3.1)], &[0, 1]);
}

#[desc_jit]
fn heat(u: &Array1<f64>, alpha: f64, steps: usize) -> f64 {
    let mut u = u.clone();
    let mut next = u.clone();
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            next[i] = u[i] + alpha * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i];
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut energy = 0.0;
    for i in 0..u.len() {
        energy += u[i] * u[i];
    }
    energy
}

#[test]
fn steps_in_time_over_a_stencil() {
    let u = Numbers::new(5).array(&[9]);
    for steps in [0, 1, 2, 7] {
        let array = Array1::from_vec(super::floats(&u));
        let x = [u.deep_clone().unwrap(), scalar(0.05), integer(steps)];
        check(&graph_of!(heat(&array, 0.05, steps)), &x, &[0, 1]);
    }
}

#[desc_jit(static(steps))]
fn heat_of_static_length(u: &Array2<f64>, alpha: f64, steps: usize) -> Array2<f64> {
    let mut u = u.clone();
    let mut next = u.clone();
    for _ in 0..steps {
        for i in 1..u.nrows() - 1 {
            for j in 1..u.ncols() - 1 {
                let flux = u[[i - 1, j]] + u[[i + 1, j]] + u[[i, j - 1]] + u[[i, j + 1]] - 4.0 * u[[i, j]];
                next[[i, j]] = u[[i, j]] + alpha * flux.sin();
            }
        }
        std::mem::swap(&mut u, &mut next);
    }
    u
}

#[test]
fn two_dimensions() {
    let u = Numbers::new(6).array(&[5, 6]);
    let array = Array2::from_shape_vec((5, 6), super::floats(&u)).unwrap();
    check(&graph_of!(heat_of_static_length(&array, 0.2, 4)), &[u, scalar(0.2)], &[0, 1]);
}

#[desc_jit]
fn newton(x: f64, c: f64) -> (f64, usize) {
    let mut x = x;
    let mut n = 0;
    while (x * x - c).abs() > 1e-3 {
        x = 0.5 * (x + c / x);
        n += 1;
    }
    (x, n)
}

#[test]
fn a_while_with_its_count() {
    check(&graph_of!(newton(3.0, 2.0)), &[scalar(3.0), scalar(2.0)], &[0, 1]);
    // No iteration at all.
    check(&graph_of!(newton(2.0, 4.0)), &[scalar(2.0), scalar(4.0)], &[0]);
}

#[desc_jit]
fn branches(x: &Array1<f64>, k: usize) -> f64 {
    let mut s = 1.0;
    for i in 0..x.len() {
        let t = x[i] * s;
        if x[i] > 0.2 {
            let e = t.exp();
            s = s + e * x[i];
            if i > k {
                s = s * x[i - 1].cos();
            }
        } else if x[i] < -0.3 {
            s = s - t * t;
        }
    }
    s
}

#[test]
fn branches_inside_a_loop() {
    let x = vec![0.5, -0.7, 0.1, 0.9, 0.3, -0.4, 0.8];
    check(&graph_of!(branches(&Array1::from_vec(x.clone()), 2)), &[vector(&x), integer(2)], &[0]);
}

#[desc_jit]
fn triangle(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let mut x = b.clone();
    for i in 0..b.len() {
        let mut s = x[i];
        for j in 0..i {
            s -= a[[i, j]] * x[j];
        }
        x[i] = s / a[[i, i]];
    }
    x
}

#[test]
fn a_triangular_system() {
    let a = Numbers::new(8).array(&[4, 4]);
    let mut data = super::floats(&a);
    (0..4).for_each(|i| data[i * 5] += 3.0);
    let b = vec![1.0, -0.4, 0.7, 2.0];
    let array = Array2::from_shape_vec((4, 4), data.clone()).unwrap();
    let x = [crate::array::Buffer::from_vec(data, &[4, 4]).unwrap(), vector(&b)];
    check(&graph_of!(triangle(&array, &Array1::from_vec(b))), &x, &[0, 1]);
}

#[desc_jit]
fn downwards(x: &Array1<f64>, stride: usize) -> f64 {
    let mut s = 0.5;
    for i in (1..x.len()).rev() {
        s = s * x[i] + x[i - 1].sin();
    }
    for i in (0..x.len()).step_by(2) {
        s = s + x[i] * s;
    }
    for i in (0..x.len()).step_by(stride) {
        s = s * (1.0 + x[i] * x[i]);
    }
    s
}

#[test]
fn loops_in_strides_and_downwards() {
    let x = vec![0.5, -0.7, 0.1, 0.9, 0.3, -0.4, 0.8];
    check(&graph_of!(downwards(&Array1::from_vec(x.clone()), 3)), &[vector(&x), integer(3)], &[0]);
}

#[desc_jit]
fn while_in_for_in_while(x: f64, y: &Array1<f64>) -> f64 {
    let mut s = x;
    let mut rounds = 0;
    while rounds < 3 {
        for i in 0..y.len() {
            let mut t = y[i];
            while t < 2.1 {
                t = t * (1.5 + 0.1 * s.sin());
                if t > 1.0 {
                    s += 0.1 * t;
                }
            }
            s = s * 0.5 + t;
        }
        rounds += 1;
    }
    s
}

#[test]
fn whiles_and_fors_in_each_other() {
    let y = vec![0.3, 0.7, 2.5];
    let graph = graph_of!(while_in_for_in_while(0.4, &Array1::from_vec(y.clone())));
    check(&graph, &[scalar(0.4), vector(&y)], &[0, 1]);
}

#[desc_jit]
fn picked(x: f64, k: usize) -> f64 {
    let mut s = x;
    for i in 0..k {
        s = switch(i, [|s: f64| s.sin(), |s: f64| s * s + 1.0, |s: f64| s], s);
    }
    s
}

#[test]
fn a_switch_in_a_loop() {
    for k in [0, 1, 2, 4] {
        check(&graph_of!(picked(0.8, k)), &[scalar(0.8), integer(k)], &[0]);
    }
}

#[desc_jit]
fn gauss_seidel(u: &Array1<f64>, f: &Array1<f64>) -> Array1<f64> {
    let mut u = u.clone();
    for _ in 0..3 {
        for i in 1..u.len() - 1 {
            u[i] = 0.5 * (u[i - 1] + u[i + 1] - f[i] * u[i] * u[i]);
        }
    }
    u
}

#[test]
fn sweeps_in_place() {
    let n = &mut Numbers::new(9);
    let (u, f) = (n.array(&[7]), n.array(&[7]));
    let arrays = (Array1::from_vec(super::floats(&u)), Array1::from_vec(super::floats(&f)));
    check(&graph_of!(gauss_seidel(&arrays.0, &arrays.1)), &[u, f], &[0, 1]);
}

#[desc_jit]
fn histogram(x: &Array1<f64>, bins: usize) -> Array1<f64> {
    let mut h = Array1::<f64>::zeros(4);
    for i in 0..x.len() {
        let k = ((x[i] + 1.0) * bins as f64 / 2.0).floor() as usize;
        h[k] += x[i] * x[i];
        h[k] *= 1.1;
    }
    h
}

#[test]
fn indices_computed_from_data() {
    let x = vec![0.55, -0.7, 0.1, 0.9, 0.3, -0.45, 0.8];
    check(&graph_of!(histogram(&Array1::from_vec(x.clone()), 4)), &[vector(&x), integer(4)], &[0]);
}

#[desc_jit]
fn upwind(x: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for i in 1..x.len() {
        let d = x[i] - x[i - 1];
        let growth = if d > 0.1 { d } else { 0.1 * d };
        s += growth * growth;
    }
    s
}

#[test]
fn a_branch_without_functions_needs_no_tape() {
    let x = vec![0.5, -0.7, 0.1, 0.9, 0.3];
    let graph = graph_of!(upwind(&Array1::from_vec(x.clone())));
    check(&graph, &[vector(&x)], &[0]);
    let adjoint = super::optimized(super::vjp(&graph, &[0], 8).unwrap()).to_string();
    assert!(!adjoint.contains("tape"), "{adjoint}");
}
