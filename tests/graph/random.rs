//! Random loop nests over arrays and scalars: the register machine gives the bits, or the kind of error,
//! that the op-by-op engine gives.

use desc_jit::__private::with_native_arithmetic;
use desc_jit::{Engine, Graph};
use desc_jit_tests::generate::random::{program, run};
use proptest::prelude::*;

proptest! {
    #![proptest_config(crate::config(1500))]

    #[test]
    fn engines_agree_on_random_graphs(choices in prop::collection::vec(0u32..1000, 20..160), n in 0usize..5) {
        let text = program(choices);
        let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
        let mut optimised = graph.clone();
        for pass in ["fold", "dce", "compact"] {
            optimised.run_pass(pass).unwrap();
        }
        let reference = run(&graph, Engine::Candle, n);
        let engines = [
            (&graph, Engine::Machine),
            (&optimised, Engine::Candle),
            (&optimised, Engine::Machine),
            (&graph, Engine::Cranelift),
            (&optimised, Engine::Cranelift),
        ];
        for (graph, engine) in engines {
            match (&reference, with_native_arithmetic(|| run(graph, engine, n))) {
                (Ok(expected), Ok(got)) => prop_assert_eq!(expected, &got, "{}\n{}", engine, graph),
                (Err(expected), Err(got)) => {
                    prop_assert_eq!(expected.message(), got.message(), "{}\n{}", engine, graph)
                }
                (expected, got) => prop_assert!(false, "{}: {:?} and {:?}\n{}", engine, expected, got, graph),
            }
        }
    }
}
