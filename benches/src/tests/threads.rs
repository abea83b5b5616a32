//! The bits of a result depend neither on the number of threads nor on which of them does what.

use super::turn;
use crate::bench::Way;
use crate::kernels;
use desc_jit::{Engine, with_engine, with_threads};

#[test]
fn one_to_seven_threads_give_the_same_bits_every_time() {
    let _turn = turn();
    // However many processors there are: kernels that are started on a thread of a pool use that pool.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(7).build().unwrap();
    for name in kernels::all().iter().map(|bench| bench.name()) {
        pool.install(|| {
            let bench = kernels::all().into_iter().find(|bench| bench.name() == name).unwrap();
            let mut case = bench.at("S").unwrap();
            for engine in [Engine::Cranelift, Engine::C] {
                let mut call = |threads| {
                    let call = || case.call(Way::Ours).unwrap_or_else(|e| panic!("{name}: {e:#}")).results;
                    with_engine(engine, || with_threads(threads, call))
                };
                let expected = call(1);
                for threads in [2, 3, 7, 7, 7, 1] {
                    for (a, b) in expected.iter().zip(call(threads)) {
                        assert!(a.has_bits_of(&b), "{name} on {engine} with {threads} threads");
                    }
                }
            }
        });
    }
}
