//! Every derivative: each engine against the one that was written by hand.

use super::{largest_error, long, turn};
use crate::bench::Way;
use crate::kernels;
use desc_jit::{Engine, with_engine};

#[test]
fn every_engine_agrees_with_the_derivative_by_hand() {
    let _turn = turn();
    for bench in kernels::derivatives() {
        for engine in Engine::ALL {
            let error = with_engine(engine, || largest_error(&bench, "tiny", Way::Ours));
            let tolerance = bench.tolerance();
            assert!(error <= tolerance.bound(), "{} on {engine}: {error:e}, {tolerance:?}", bench.name());
        }
    }
}

#[test]
fn compiled_engines_agree_with_the_derivative_by_hand_on_long_loops() {
    let _turn = turn();
    for bench in kernels::derivatives() {
        for engine in [Engine::Cranelift, Engine::C] {
            let error = with_engine(engine, || largest_error(&bench, long(&bench), Way::Ours));
            let tolerance = bench.tolerance();
            assert!(error <= tolerance.bound(), "{} on {engine}: {error:e}, {tolerance:?}", bench.name());
        }
    }
}

#[test]
fn primals_are_in_the_list_and_derivatives_have_a_python_file() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("python/kernels");
    let all = kernels::derivatives();
    for bench in &all {
        assert!(folder.join(format!("{}.py", bench.name())).exists(), "{}", bench.name());
        if let Some(primal) = bench.primal() {
            let primal = all.iter().find(|other| other.name() == primal);
            assert_eq!(primal.map(|primal| primal.sizes()), Some(bench.sizes()), "{}", bench.name());
        }
    }
}
