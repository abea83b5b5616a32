//! Random chains of stencils. Compiled kernels run them plane by plane, in stretches of a few planes where loops are run
//! from the last stretch to the first: the bits, or the error, are those of the op-by-op engine.

use desc_jit::__private::{Backwards, with_backwards};
use desc_jit::{Engine, Graph, with_threads};
use desc_jit_tests::generate::chains::{program, run, shape};
use proptest::prelude::*;

fn compare(choices: Vec<u32>, engines: &[Engine]) -> Result<(), TestCaseError> {
    let shape = shape(&choices);
    let text = program(choices);
    let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let on = |engine| run(&graph, engine, shape).map_err(|e| e.message().to_string());
    let reference = on(Engine::Candle);
    for &engine in engines {
        for order in [None, Some(Backwards::Outer), Some(Backwards::Inner)] {
            let got = match order {
                None => with_threads(3, || on(engine)),
                Some(which) => with_backwards(which, || on(engine)),
            };
            prop_assert_eq!(&reference, &got, "{}, {:?}\n{}", engine, order, graph);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(600))]

    #[test]
    fn chains_slide(choices in prop::collection::vec(0u32..1000, 12..80)) {
        compare(choices, &[Engine::Machine, Engine::Cranelift])?;
    }
}

proptest! {
    #![proptest_config(crate::config(12))]

    #[test]
    fn chains_slide_in_c(choices in prop::collection::vec(0u32..1000, 12..80)) {
        compare(choices, &[Engine::C])?;
    }
}
