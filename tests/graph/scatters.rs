//! Random nests that change several elements in an iteration: shifted so that an iteration makes all changes of one, they
//! give the bits of the op-by-op engine, also with every independent loop run from its last iteration to its first.

use desc_jit::__private::{Backwards, with_backwards, with_native_arithmetic};
use desc_jit::{Engine, Graph};
use desc_jit_tests::generate::scatters::{program, run};
use proptest::prelude::*;

fn compare(choices: Vec<u32>, engines: &[Engine]) -> Result<(), TestCaseError> {
    let text = program(choices);
    let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let reference = run(&graph, Engine::Candle).map_err(|e| TestCaseError::fail(format!("{e}\n{graph}")))?;
    for &engine in engines {
        for order in [None, Some(Backwards::Outer), Some(Backwards::Inner)] {
            let got = with_native_arithmetic(|| match order {
                None => run(&graph, engine),
                Some(which) => with_backwards(which, || run(&graph, engine)),
            });
            let got = got.map_err(|e| TestCaseError::fail(format!("{e}\n{graph}")))?;
            prop_assert_eq!(&reference, &got, "{}, {:?}\n{}", engine, order, graph);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(1000))]

    #[test]
    fn scattered_changes_keep_their_order(choices in prop::collection::vec(0u32..1000, 20..160)) {
        compare(choices, &[Engine::Cranelift])?;
    }
}

proptest! {
    // Each is compiled by the C compiler.
    #![proptest_config(crate::config(12))]

    #[test]
    fn scattered_changes_keep_their_order_in_c(choices in prop::collection::vec(0u32..1000, 40..160)) {
        compare(choices, &[Engine::Machine, Engine::C])?;
    }
}
