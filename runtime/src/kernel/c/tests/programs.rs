//! Random programs give the bits and the errors of the other engines.

use super::tools::{batch, lowered, program, without_library};
use crate::error::Result;
use crate::graph::Graph;
use crate::kernel::ir::Kernel;
use crate::kernel::tests::{Value, random, run};
use crate::kernel::{cranelift, machine, optimize};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn agree(graph: &Graph, found: &Result<Vec<Value>>, expected: &Result<Vec<Value>>, seed: u64) {
    match (found, expected) {
        (Ok(a), Ok(b)) => assert_eq!(a, b, "in program {seed}\n{graph}"),
        (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string(), "in program {seed}\n{graph}"),
        (a, b) => panic!("C gives {a:?}, it should be {b:?}, in program {seed}\n{graph}"),
    }
}

/// The programs of these seeds, compiled together; `prepare` changes their kernels, `expect` is the other engine.
fn compare(
    seeds: std::ops::Range<u64>,
    flag: &'static str,
    prepare: fn(&mut Kernel),
    expect: fn(&Kernel) -> Option<Box<dyn crate::kernel::engine::Executable>>,
) {
    let programs: Vec<_> = seeds
        .map(|seed| {
            let graph = random::program(seed);
            let (mut kernel, interface) = lowered(&graph, seed % 3 > 0);
            prepare(&mut kernel);
            (seed, graph, kernel, interface)
        })
        .collect();
    let kernels: Vec<&Kernel> = programs.iter().map(|p| &p.2).collect();
    let codes = batch(&kernels, flag);
    for ((seed, graph, kernel, interface), code) in programs.into_iter().zip(codes) {
        let inputs = random::inputs(seed);
        let Some(other) = expect(&kernel) else { continue };
        let (again, interface2) = lowered(&graph, seed % 3 > 0);
        drop(again);
        let expected = run(program(&graph, (kernel.clone(), interface2), other), &graph, &inputs);
        let found = run(program(&graph, (kernel, interface), Box::new(code)), &graph, &inputs);
        agree(&graph, &found, &expected, seed);
    }
}

fn by_machine(kernel: &Kernel) -> Option<Box<dyn crate::kernel::engine::Executable>> {
    Some(Box::new(machine::compile(kernel, true)?))
}

fn by_cranelift(kernel: &Kernel) -> Option<Box<dyn crate::kernel::engine::Executable>> {
    Some(Box::new(cranelift::compile(kernel)?))
}

#[test]
fn random_programs_give_what_the_machine_gives() {
    let (first, count) = (number("DESC_JIT_SEED", 0), number("DESC_JIT_RANDOM", 400));
    let mut at = first;
    while at < first + count {
        let to = (at + 200).min(first + count);
        compare(at..to, "-O1", without_library, by_machine);
        at = to;
    }
}

#[test]
fn some_random_programs_with_all_optimisations_too() {
    compare(1000..1030, "-O3", without_library, by_machine);
}

#[test]
fn marked_random_programs_give_what_cranelift_gives() {
    let (first, count) = (number("DESC_JIT_SEED", 0), number("DESC_JIT_RANDOM", 400));
    let mut at = first;
    while at < first + count {
        let to = (at + 200).min(first + count);
        compare(at..to, "-O1", optimize::run, by_cranelift);
        at = to;
    }
    compare(2000..2030, "-O3", optimize::run, by_cranelift);
}

#[test]
fn fused_random_programs_agree_on_every_engine() {
    crate::backend::with_fma(true, || {
        compare(3000..3100, "-O1", without_library, by_machine);
        compare(3100..3200, "-O1", optimize::run, by_cranelift);
    });
}
