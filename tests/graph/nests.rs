//! Random nests of loops whose bounds depend on each other (`for j in 0..i`) over matrices and a vector at
//! affine indices. Every loop that a compiled kernel takes for independent is run from its last iteration to
//! its first, the outermost ones and then the innermost ones: the bits, or the error, are those of the op-by-op
//! engine all the same.

use desc_jit::__private::{Backwards, with_backwards, with_native_arithmetic};
use desc_jit::{Engine, Graph};
use desc_jit_tests::generate::nests::{program, run};
use proptest::prelude::*;

fn compare(choices: Vec<u32>, engines: &[Engine]) -> Result<(), TestCaseError> {
    let text = program(choices);
    let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let reference = run(&graph, Engine::Candle);
    for &engine in engines {
        let orders = [None, Some(Backwards::Outer), Some(Backwards::Inner)];
        for order in orders {
            let got = with_native_arithmetic(|| match order {
                None => run(&graph, engine),
                Some(which) => with_backwards(which, || run(&graph, engine)),
            });
            match (&reference, got) {
                (Ok(expected), Ok(got)) => {
                    prop_assert_eq!(expected, &got, "{}, {:?}\n{}", engine, order, graph)
                }
                (Err(expected), Err(got)) => {
                    prop_assert_eq!(expected.message(), got.message(), "{}, {:?}\n{}", engine, order, graph)
                }
                (expected, got) => {
                    prop_assert!(false, "{}, {:?}: {:?} and {:?}\n{}", engine, order, expected, got, graph)
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(2000))]

    #[test]
    fn independent_loops_run_in_any_order(choices in prop::collection::vec(0u32..1000, 20..160)) {
        compare(choices, &[Engine::Cranelift])?;
    }
}
