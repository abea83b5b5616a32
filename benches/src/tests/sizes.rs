//! Every kernel at small and odd sizes, down to nothing at all, and with inputs that come from memory in another
//! order.

use super::turn;
use crate::bench::{Bench, Case, Way};
use crate::kernels;
use crate::parameters::Layout;
use crate::values::Values;
use desc_jit::__private::with_native_arithmetic;
use desc_jit::{Engine, with_engine};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

const SMALL: [usize; 7] = [0, 1, 2, 3, 5, 7, 13];

/// The numbers of sizes: all the same, and each by itself among those of the size for tests.
fn sizes(bench: &Bench) -> Vec<Vec<usize>> {
    let tiny = bench.tiny();
    let mut found: Vec<Vec<usize>> = SMALL.iter().map(|&n| vec![n; tiny.len()]).collect();
    for k in 0..tiny.len() {
        found.extend(SMALL[..3].iter().map(|&n| {
            let mut numbers = tiny.to_vec();
            numbers[k] = n;
            numbers
        }));
    }
    found.sort();
    found.dedup();
    found
}

/// The kernel at that size; `None` where its definition has no inputs there (it divides by the size, say).
fn case(bench: &Bench, numbers: &[usize]) -> Option<Box<dyn Case>> {
    catch_unwind(AssertUnwindSafe(|| bench.at_numbers(numbers))).ok()
}

/// What a reading gives: results, or an error, which natively is a panic.
fn reading(case: &mut Box<dyn Case>, way: Way) -> Result<Vec<Values>, String> {
    match catch_unwind(AssertUnwindSafe(|| case.call(way))) {
        Ok(Ok(call)) => Ok(call.results),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) if way == Way::Native => Err("a panic".into()),
        Err(panic) => resume_unwind(panic),
    }
}

fn largest_error(expected: &[Values], got: &[Values]) -> f64 {
    assert_eq!(expected.len(), got.len());
    expected.iter().zip(got).map(|(a, b)| a.relative_error(b).unwrap()).fold(0.0, f64::max)
}

#[test]
fn every_reading_agrees_at_small_and_odd_sizes() {
    let _turn = turn();
    let (mut results, mut errors) = (0, 0);
    for bench in kernels::all() {
        for numbers in sizes(&bench) {
            let Some(mut case) = case(&bench, &numbers) else { continue };
            case.forget();
            let what = format!("{} {numbers:?}", bench.name());
            let expected = reading(&mut case, Way::Native);
            // A C compiler takes a tenth of a second for each.
            let with_c = numbers.iter().all(|&n| n == numbers[0]);
            for engine in Engine::ALL.into_iter().filter(|&e| e != Engine::C || with_c) {
                let got = with_engine(engine, || reading(&mut case, Way::Ours));
                match (&expected, got) {
                    (Ok(expected), Ok(got)) => {
                        let error = largest_error(expected, &got);
                        assert!(error <= bench.tolerance().bound(), "{what} on {engine}: {error:e}");
                        results += 1;
                    }
                    (Err(_), Err(_)) => errors += 1,
                    (Ok(_), Err(error)) => panic!("{what} on {engine}: {error}"),
                    (Err(_), Ok(_)) => panic!("{what}: native fails, and {engine} does not"),
                }
            }
            case.forget();
            let got =
                with_engine(Engine::Cranelift, || with_native_arithmetic(|| reading(&mut case, Way::Ours)));
            if let (Ok(expected), Ok(got)) = (&expected, got) {
                let error = largest_error(expected, &got);
                assert!(error == 0.0, "{what} in native arithmetic: {error:e}");
            }
            case.forget();
        }
    }
    // Both kinds are there, so neither is compared with nothing.
    assert!(results > 1000 && errors > 40, "{results} results, {errors} errors");
}

#[test]
fn inputs_from_memory_in_another_order_are_the_same_inputs() {
    let _turn = turn();
    for bench in kernels::all() {
        for numbers in [bench.tiny().to_vec(), vec![7; bench.tiny().len()]] {
            let Some(mut case) = case(&bench, &numbers) else { continue };
            case.forget();
            let compiled = |case: &mut Box<dyn Case>| {
                with_engine(Engine::Cranelift, || [Way::Native, Way::Ours].map(|way| reading(case, way)))
            };
            let expected = compiled(&mut case);
            for layout in [Layout::Transposed, Layout::Strided, Layout::Sliced] {
                case.take_through(layout);
                for (expected, got) in expected.iter().zip(compiled(&mut case)) {
                    let what = format!("{} {numbers:?}, {layout:?}", bench.name());
                    match (expected, got) {
                        (Ok(expected), Ok(got)) => assert!(largest_error(expected, &got) == 0.0, "{what}"),
                        (Err(_), Err(_)) => {}
                        _ => panic!("{what}: one fails, the other does not"),
                    }
                }
            }
        }
    }
}
