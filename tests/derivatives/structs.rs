//! Transforms of functions that take and give structs.

use super::{all_close, close};
use desc_jit::ErrorKind;
use desc_jit::prelude::*;

#[derive(Tree, Clone, Debug)]
struct Spring {
    x: Array1<f64>,
    stiffness: f64,
    count: i64,
    #[tree(static)]
    order: usize,
}

fn spring() -> Spring {
    Spring { x: Array1::from_vec(vec![1.0, -2.0]), stiffness: 3.0, count: 7, order: 2 }
}

#[desc_jit]
fn energy(s: &Spring, scale: f64) -> f64 {
    let mut e = 0.0;
    for i in 0..s.x.len() {
        let mut p = 1.0;
        for _ in 0..s.order {
            p *= s.x[i];
        }
        e += 0.5 * s.stiffness * p;
    }
    e * scale * s.count as f64 / 7.0
}

#[test]
fn a_gradient_by_a_struct_is_such_a_struct() {
    let gradient: Spring = grad(energy::jit())(&spring(), 2.0);
    all_close(&gradient.x, &[6.0, -12.0]);
    close(gradient.stiffness, 5.0);
    assert_eq!((gradient.count, gradient.order), (7, 2));
    let (value, (by_s, by_scale)) = value_and_grad(energy::jit().wrt(argnums![0, 1]))(&spring(), 2.0);
    close(value, 15.0);
    close(by_scale, 7.5);
    assert_eq!(by_s.order, 2);
    let cubic = Spring { order: 3, ..spring() };
    all_close(&grad(energy::jit())(&cubic, 2.0).x, &[9.0, 36.0]);
}

#[derive(Tree, Clone, Debug)]
struct State {
    x: Array1<f64>,
    v: f64,
    #[tree(static)]
    n: usize,
}

fn state(v: f64) -> State {
    State { x: Array1::from_vec(vec![1.0, 2.0]), v, n: 2 }
}

#[desc_jit]
fn moved(s: &State, dt: f64) -> State {
    let mut s = s.clone();
    for i in 0..s.n {
        s.x[i] += dt * s.v * s.x[i];
    }
    State { v: s.v * s.v, ..s }
}

#[test]
fn tangents_and_cotangents_are_structs() {
    let tangent = State { x: Array1::from_vec(vec![1.0, 0.0]), v: 1.0, n: 2 };
    let (value, along): (State, State) = jvp(moved::jit())(&state(3.0), 0.5, &tangent);
    all_close(&value.x, &[2.5, 5.0]);
    all_close(&along.x, &[3.0, 1.0]);
    close(along.v, 6.0);
    assert_eq!((value.n, along.n), (2, 2));
    let (_, back): (State, State) = vjp(moved::jit())(&state(3.0), 0.5, &tangent);
    all_close(&back.x, &[2.5, 0.0]);
    close(back.v, 6.5);
    assert_eq!(back.n, 2);
}

#[test]
fn a_batch_of_structs_is_a_struct_of_batches() {
    let states = [state(1.0), state(3.0), state(-1.0)];
    let stack = tree_stack(&states);
    let batch = vmap(moved::jit()).in_axes(in_axes![0, _])(&stack, 0.5);
    assert_eq!((batch.x.shape(), batch.v.to_vec(), batch.n), (&[3, 2][..], vec![1.0, 9.0, 1.0], 2));
    let each: Vec<State> = tree_unstack(&batch);
    for (s, found) in states.iter().zip(&each) {
        let expected = moved(s, 0.5);
        all_close(&found.x, &expected.x.to_vec());
    }
}

#[desc_jit]
fn descent(s: &Spring, rate: f64, steps: usize) -> Spring {
    let mut s = s.clone();
    for _ in 0..steps {
        let g = grad(energy)(&s, 1.0);
        s = Spring { x: &s.x - rate * &g.x, ..s };
    }
    s
}

#[test]
fn gradients_by_structs_are_taken_in_staged_code() {
    let after = descent(&spring(), 0.1, 3);
    all_close(&after.x, &[0.343, -0.686]);
    assert_eq!((after.count, after.order), (7, 2));
}

#[test]
fn integers_have_no_tangents() {
    let error = jvp(energy::jit()).try_call(&spring(), 1.0, &spring()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DType);
    assert!(error.to_string().contains("has no tangent"), "{error}");
}
