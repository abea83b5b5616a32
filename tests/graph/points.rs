//! Random loops over points with loops of different lengths inside: the C engine runs them side by side, with the bits,
//! or the error of the first point that fails, of the op-by-op engine.

use desc_jit::{Engine, Graph};
use desc_jit_tests::generate::points::{LEN, program, run};
use proptest::prelude::*;

proptest! {
    // Each is compiled by the C compiler.
    #![proptest_config(crate::config(40))]

    #[test]
    fn points_side_by_side(choices in prop::collection::vec(0u32..1000, 20..200), trips in prop::sample::select(vec![LEN, 1, 8, 9])) {
        let text = program(choices);
        let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
        let on = |engine| run(&graph, engine, trips).map_err(|e| e.message().to_string());
        let expected = on(Engine::Candle);
        for engine in [Engine::Machine, Engine::Cranelift, Engine::C] {
            prop_assert_eq!(&expected, &on(engine), "{}\n{}", engine, graph);
        }
    }
}
