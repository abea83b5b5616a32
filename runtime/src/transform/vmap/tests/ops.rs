//! Every op in a batch.

use super::{agree_on, collect};
use crate::Engine;
use crate::array::Buffer;
use crate::op::datum::Datum;
use crate::transform::tests::{Numbers, cases, check_on};
use crate::transform::vjp;

/// Elements side by side along `axis`.
fn stacked(elements: &[&Buffer], axis: usize) -> Buffer {
    let first = elements[0];
    let inner = first.shape()[axis..].iter().product::<usize>();
    let mut shape = first.shape().to_vec();
    shape.insert(axis, elements.len());
    let lent: Vec<Datum> = elements.iter().map(|b| Datum::Lent(b)).collect();
    let read: Vec<_> = lent.iter().map(|datum| datum.reader().unwrap()).collect();
    let n = elements.len();
    collect(first.dtype(), &shape, |j| Ok(read[j / inner % n](j / inner / n * inner + j % inner))).unwrap()
}

/// One of the points where nothing is mapped, a batch of them where something is.
fn batch(points: &[Vec<Buffer>], in_axes: &[Option<usize>]) -> Vec<Buffer> {
    let one = |(k, axis): (usize, &Option<usize>)| match axis {
        None => points[0][k].deep_clone().unwrap(),
        Some(axis) => stacked(&points.iter().map(|p| &p[k]).collect::<Vec<_>>(), *axis),
    };
    in_axes.iter().enumerate().map(one).collect()
}

#[test]
fn every_op_does_in_a_batch_what_it_does_alone() {
    let engines = [Engine::Candle, Engine::Machine, Engine::Cranelift];
    for case in cases::all() {
        let points = [1, 2, 3].map(|seed| case.point(seed));
        let ranks: Vec<usize> = points[0].iter().map(|b| b.shape().len()).collect();
        let results: Vec<usize> = case.graph.body.results.iter().map(|&v| case.graph.ty(v).rank()).collect();
        let first: Vec<Option<usize>> = ranks.iter().map(|_| Some(0)).collect();
        let last: Vec<Option<usize>> = ranks.iter().map(|&rank| Some(rank)).collect();
        let alone = (0..ranks.len()).filter(|_| ranks.len() > 1).map(|k| {
            let mut axes = vec![None; ranks.len()];
            axes[k] = Some(ranks[k]);
            axes
        });
        for axes in [first, last].into_iter().chain(alone) {
            let out = if axes[0] == Some(0) { vec![0; results.len()] } else { results.clone() };
            let inputs = batch(&points, &axes);
            agree_on(&engines, &case.graph, &axes, &out, &inputs.iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn derivatives_of_batches_and_batches_of_derivatives() {
    let engines = [Engine::Candle, Engine::Cranelift];
    for case in cases::all().iter().filter(|case| !case.wrt.is_empty()) {
        let mut points = [1, 2, 3].map(|seed| case.point(seed));
        let axes = vec![Some(0); case.arguments.len()];
        let batched = batch(&points, &axes);
        let results = vec![0; case.graph.body.results.len()];
        let graph = agree_on(&engines, &case.graph, &axes, &results, &batched.iter().collect::<Vec<_>>());
        check_on(&engines, &graph, &batched, &case.wrt);

        let reverse = vjp(&case.graph, &case.wrt, 8).unwrap();
        let cotangents = &reverse.body.params[axes.len()..];
        for (seed, point) in points.iter_mut().enumerate() {
            let numbers = &mut Numbers::new(seed as u64 + 10);
            point.extend(cotangents.iter().map(|&v| numbers.array(&reverse.ty(v).shape)));
        }
        let axes = vec![Some(0); reverse.body.params.len()];
        let batched = batch(&points, &axes);
        let results = vec![0; reverse.body.results.len()];
        agree_on(&engines, &reverse, &axes, &results, &batched.iter().collect::<Vec<_>>());
    }
}
