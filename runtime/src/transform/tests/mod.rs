//! Derivatives of graphs against differences, against each other, and on every engine.

mod calls;
pub(super) mod cases;
mod control;
mod edges;
mod implicit;
mod ops;
pub(super) mod random;
mod rules;
mod safe;
mod second;
mod single;

use super::{Linearized, jvp, linearize, vjp};
use crate::array::Buffer;
use crate::backend::{Engine, with_engine};
use crate::graph::Graph;

/// Small numbers that follow from a seed: directions must not be special.
pub(super) struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// In (-1, 1).
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    pub fn array(&mut self, shape: &[usize]) -> Buffer {
        let data = (0..shape.iter().product()).map(|_| self.next()).collect::<Vec<f64>>();
        Buffer::from_vec(data, shape).unwrap()
    }
}

pub(super) fn floats(b: &Buffer) -> Vec<f64> {
    b.as_slice::<f64>().unwrap().to_vec()
}

pub(super) fn scalar(x: f64) -> Buffer {
    Buffer::from_vec(vec![x], &[]).unwrap()
}

pub(super) fn vector(x: &[f64]) -> Buffer {
    Buffer::from_vec(x.to_vec(), &[x.len()]).unwrap()
}

pub(super) fn integer(n: usize) -> Buffer {
    Buffer::from_vec(vec![n], &[]).unwrap()
}

pub(super) fn is_float(b: &Buffer) -> bool {
    b.dtype() == crate::dtype::DType::F64
}

/// Optimises and verifies.
pub(super) fn optimized(mut graph: Graph) -> Graph {
    if let Err(e) = graph.verify() {
        panic!("{e}\n{graph}");
    }
    crate::optimize::run(&mut graph).unwrap();
    graph
}

/// Runs a graph on every engine, with the same results.
pub(super) fn run(graph: &Graph, inputs: &[&Buffer]) -> Vec<Buffer> {
    run_on(&Engine::ALL, graph, inputs)
}

fn run_on(engines: &[Engine], graph: &Graph, inputs: &[&Buffer]) -> Vec<Buffer> {
    let mut first: Option<Vec<Buffer>> = None;
    for &engine in engines {
        let results = with_engine(engine, || graph.run(inputs));
        let results = results.unwrap_or_else(|e| panic!("{engine}: {e}\n{graph}"));
        if let Some(first) = &first {
            for (k, (a, b)) in first.iter().zip(&results).enumerate().filter(|(_, (a, _))| is_float(a)) {
                // Candle's functions of arrays may round otherwise in the last place.
                let scale = size(&floats(a)).max(1.0);
                let same = |(x, y): (&f64, f64)| {
                    *x == y || (x - y).abs() <= 1e-13 * scale || x.is_nan() && y.is_nan()
                };
                let (a, b) = (floats(a), floats(b));
                assert!(
                    a.iter().zip(b.iter().copied()).all(same),
                    "result {k} on {engine}: {a:?} {b:?}\n{graph}"
                );
            }
        }
        first.get_or_insert(results);
    }
    first.unwrap()
}

fn moved(x: &[Buffer], wrt: &[usize], direction: &[Buffer], h: f64) -> Vec<Buffer> {
    let mut moved: Vec<Buffer> = x.iter().map(|b| b.deep_clone().unwrap()).collect();
    for (&k, d) in wrt.iter().zip(direction) {
        let new: Vec<f64> = floats(&x[k]).iter().zip(floats(d)).map(|(x, d)| x + h * d).collect();
        moved[k] = Buffer::from_vec(new, x[k].shape()).unwrap();
    }
    moved
}

/// The derivative of the float results along `direction` by Richardson's extrapolation of central differences.
pub(super) fn differences(graph: &Graph, x: &[Buffer], wrt: &[usize], direction: &[Buffer]) -> Vec<Vec<f64>> {
    let at = |h: f64| -> Vec<Vec<f64>> {
        let x = moved(x, wrt, direction, h);
        let results = with_engine(Engine::Cranelift, || graph.run(&x.iter().collect::<Vec<_>>())).unwrap();
        results.iter().filter(|b| is_float(b)).map(floats).collect()
    };
    let central = |h: f64| -> Vec<Vec<f64>> {
        at(h)
            .iter()
            .zip(at(-h))
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b) / (2.0 * h)).collect())
            .collect()
    };
    let (coarse, fine) = (central(1e-3), central(5e-4));
    let best = |(c, f): (&Vec<f64>, &Vec<f64>)| c.iter().zip(f).map(|(c, f)| (4.0 * f - c) / 3.0).collect();
    coarse.iter().zip(&fine).map(best).collect()
}

fn near(a: f64, b: f64, scale: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * scale.max(1.0)
}

fn size(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |m, x| f64::max(m, x.abs()))
}

/// Both modes at `x` with respect to the parameters `wrt`: against differences, and against each other. Calls stay
/// calls, so that their rules are what is tested.
pub(super) fn check(graph: &Graph, x: &[Buffer], wrt: &[usize]) {
    check_on(&Engine::ALL, graph, x, wrt);
}

pub(super) fn check_on(engines: &[Engine], graph: &Graph, x: &[Buffer], wrt: &[usize]) {
    let run = |graph: &Graph, inputs: &[&Buffer]| run_on(engines, graph, inputs);
    let (mut simple, placed) = (graph.clone(), &optimized(graph.clone()));
    crate::optimize::simplify(&mut simple).unwrap();
    let graph = &simple;
    let numbers = &mut Numbers::new(7);
    let direction: Vec<Buffer> = wrt.iter().map(|&k| numbers.array(x[k].shape())).collect();
    let inputs: Vec<&Buffer> = x.iter().collect();
    let primal = run(placed, &inputs);

    let forward = optimized(jvp(graph, wrt).unwrap());
    let both = run(&forward, &[&inputs[..], &direction.iter().collect::<Vec<_>>()].concat());
    let tangents: Vec<Vec<f64>> = both[primal.len()..].iter().map(floats).collect();
    let expected = differences(placed, x, wrt, &direction);
    for (k, (found, wanted)) in tangents.iter().zip(&expected).enumerate() {
        for (a, b) in found.iter().zip(wanted) {
            assert!(near(*a, *b, size(wanted), 1e-8), "tangent {k}: {found:?} and {wanted:?}\n{forward}");
        }
    }

    let Linearized { primal: with_residuals, linear, .. } = linearize(graph, wrt, 64).unwrap();
    let (with_residuals, linear) = (optimized(with_residuals), optimized(linear));
    let values = run(&with_residuals, &inputs);
    let residuals = values[primal.len()..].iter();
    let found = run(&linear, &residuals.chain(&direction).collect::<Vec<_>>());
    for (found, wanted) in found.iter().map(floats).zip(&tangents) {
        for (a, b) in found.iter().zip(wanted) {
            assert!(near(*a, *b, size(wanted), 1e-11), "linear map: {found:?} and {wanted:?}\n{linear}");
        }
    }

    let reverse = optimized(vjp(graph, wrt, 64).unwrap());
    let cotangents: Vec<Buffer> =
        primal.iter().filter(|b| is_float(b)).map(|b| numbers.array(b.shape())).collect();
    let all = run(&reverse, &[&inputs[..], &cotangents.iter().collect::<Vec<_>>()].concat());
    for (a, b) in primal.iter().zip(&all).filter(|(a, _)| is_float(a)) {
        assert_eq!(floats(a), floats(b), "the forward pass is the function\n{reverse}");
    }
    let dot = |a: &[Buffer], b: &[Vec<f64>]| -> f64 {
        a.iter().zip(b).map(|(a, b)| floats(a).iter().zip(b).map(|(a, b)| a * b).sum::<f64>()).sum()
    };
    let gradients: Vec<Vec<f64>> = all[primal.len()..].iter().map(floats).collect();
    let (out, back) = (dot(&cotangents, &tangents), dot(&direction, &gradients));
    let scale: f64 = gradients.iter().map(|g| size(g)).fold(0.0, f64::max);
    assert!(near(out, back, scale, 1e-11), "{out} forward, {back} in reverse: {gradients:?}\n{reverse}");
}
