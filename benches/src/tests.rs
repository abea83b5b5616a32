//! Every kernel: each engine against the native reading, and the hand-written version too.

mod derivatives;
mod differentiated;
mod sizes;
mod threads;

use std::sync::{Mutex, MutexGuard, PoisonError};

use desc_jit::__private::with_native_arithmetic;
use desc_jit::{Engine, with_engine};

use crate::bench::{Bench, Way};
use crate::kernels;

/// What a kernel was compiled to is kept for the whole process: tests that compile in different ways take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hand-written versions sum and contract in another way.
const LIMIT_TOLERANCE: f64 = 1e-11;

fn largest_error(bench: &Bench, size: &str, way: Way) -> f64 {
    let mut case = bench.at(size).unwrap();
    case.forget();
    let expected = case.call(Way::Native).unwrap().results;
    assert!(!expected.is_empty(), "{} has no result", bench.name());
    let got = case.call(way).unwrap_or_else(|e| panic!("{}, {way:?}: {e:#}", bench.name())).results;
    assert_eq!(expected.len(), got.len());
    let errors = expected.iter().zip(&got).map(|(a, b)| a.relative_error(b).unwrap());
    errors.fold(0.0, f64::max)
}

#[test]
fn every_engine_agrees_with_native() {
    let _turn = turn();
    for bench in kernels::all() {
        for engine in Engine::ALL {
            let error = with_engine(engine, || largest_error(&bench, "tiny", Way::Ours));
            let tolerance = bench.tolerance();
            assert!(error <= tolerance.bound(), "{} on {engine}: {error:e}, {tolerance:?}", bench.name());
        }
    }
}

/// The size that is long enough for blocks of reductions, tiles and threads, and not too long for a test.
fn long(bench: &Bench) -> &'static str {
    if bench.sizes().contains(&"small") { "small" } else { "S" }
}

#[test]
fn compiled_engines_agree_with_native_on_long_loops() {
    let _turn = turn();
    for bench in kernels::all() {
        for engine in [Engine::Cranelift, Engine::C] {
            let error = with_engine(engine, || largest_error(&bench, long(&bench), Way::Ours));
            let tolerance = bench.tolerance();
            assert!(error <= tolerance.bound(), "{} on {engine}: {error:e}, {tolerance:?}", bench.name());
        }
    }
}

/// In the order of the native reading and with its functions there is nothing left to differ in: what differs
/// at this size otherwise is rounding, however much a kernel amplifies it.
#[test]
fn in_native_arithmetic_every_kernel_has_the_bits_of_native() {
    let _turn = turn();
    for bench in kernels::all() {
        let ours = || with_engine(Engine::Cranelift, || largest_error(&bench, long(&bench), Way::Ours));
        let error = with_native_arithmetic(ours);
        assert!(error == 0.0, "{}: {error:e}", bench.name());
    }
}

#[test]
fn hand_written_versions_agree_with_native() {
    let _turn = turn();
    for bench in kernels::all().iter().filter(|bench| bench.has_limit()) {
        let error = largest_error(bench, "tiny", Way::Limit);
        assert!(error <= LIMIT_TOLERANCE, "{}: {error:e}", bench.name());
    }
}

#[test]
fn calls_start_from_the_same_inputs() {
    for bench in kernels::all() {
        let mut case = bench.at("tiny").unwrap();
        let first = case.call(Way::Native).unwrap().results;
        case.time(Way::Native, 2).unwrap();
        let second = case.call(Way::Native).unwrap().results;
        for (a, b) in first.iter().zip(&second) {
            assert_eq!(a.relative_error(b).unwrap(), 0.0, "{}", bench.name());
        }
    }
}

#[test]
fn every_kernel_has_a_python_file_and_a_tiny_size() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("python/kernels");
    for bench in kernels::all() {
        assert!(folder.join(format!("{}.py", bench.name())).exists(), "{}", bench.name());
        assert!(bench.sizes().contains(&"tiny"), "{}", bench.name());
    }
}
