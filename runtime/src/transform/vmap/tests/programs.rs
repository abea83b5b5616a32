//! Random programs in batches.

use super::{agree_on, floats, indices};
use crate::Engine;
use crate::transform::tests::{Numbers, random};
use crate::transform::{vjp, vmap};

#[test]
fn random_programs() {
    let engines = [Engine::Candle, Engine::Machine, Engine::Cranelift];
    let n = indices(&[3, 0, 1], &[3]);
    for seed in 0..60 {
        let graph = random::program(seed);
        let x = floats(&[3], 0.25, 0.5);
        let rows = floats(&[3, 4], -1.0, 0.3);
        let columns = floats(&[4, 3], -1.0, 0.3);
        agree_on(&engines, &graph, &[Some(0), Some(0), Some(0)], &[0, 0], &[&x, &rows, &n]);
        let one = floats(&[], 0.5, 0.0);
        agree_on(&engines, &graph, &[None, Some(1), None], &[0, 1], &[&one, &columns, &indices(&[2], &[])]);
        // Batches of batches.
        let inner = vmap(&graph, &[Some(0), None, None], &[0, 1], 3, None).unwrap();
        agree_on(&engines, &inner, &[None, Some(1), Some(0)], &[1, 1], &[&x, &columns, &n]);
    }
}

#[test]
fn batches_of_derivatives_of_random_programs() {
    let engines = [Engine::Candle, Engine::Cranelift];
    for seed in 0..30 {
        let graph = vjp(&random::program(seed), &[0, 1], 8).unwrap();
        let numbers = &mut Numbers::new(seed);
        let n = indices(&[3, 0, 1], &[3]);
        let inputs = [&numbers.array(&[3]), &numbers.array(&[3, 4]), &n];
        let cotangents = [&numbers.array(&[3]), &numbers.array(&[3, 4])];
        let inputs = [&inputs[..], &cotangents[..]].concat();
        agree_on(&engines, &graph, &[Some(0); 5], &[0; 4], &inputs);
    }
}
