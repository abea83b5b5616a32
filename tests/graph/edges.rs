//! Random time steps with boundary conditions: kernels whose loops are taken apart have the bits, or the error, of the
//! op-by-op engine.

use desc_jit::{Engine, Graph};
use desc_jit_tests::generate::edges::{program, run};
use proptest::prelude::*;

proptest! {
    // Each is compiled by the C compiler.
    #![proptest_config(crate::config(40))]

    #[test]
    fn steps_with_boundaries(choices in prop::collection::vec(0u32..1000, 20..200)) {
        let text = program(choices);
        let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
        let on = |engine| run(&graph, engine).map_err(|e| e.message().to_string());
        let expected = on(Engine::Candle);
        for engine in [Engine::Machine, Engine::Cranelift, Engine::C] {
            prop_assert_eq!(&expected, &on(engine), "{}\n{}", engine, graph);
        }
    }
}
