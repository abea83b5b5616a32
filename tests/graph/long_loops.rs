//! Random inner loops long enough to run in strips: affine loads and stores, gathers, reductions, selects,
//! guarded stores. The register machine gives the bits, or the error, of the op-by-op engine.

use desc_jit::__private::with_native_arithmetic;
use desc_jit::{Engine, Graph, with_threads};
use desc_jit_tests::generate::long_loops::{LEN, program, run};
use proptest::prelude::*;

fn compare<T: desc_jit::array::Number>(
    choices: Vec<u32>,
    dtype: &'static str,
    trips: usize,
) -> Result<(), TestCaseError> {
    let text = program(choices, dtype, LEN);
    let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let reference = run::<T>(&graph, Engine::Candle, LEN, trips);
    let machine = run::<T>(&graph, Engine::Machine, LEN, trips);
    let in_order = with_native_arithmetic(|| run::<T>(&graph, Engine::Cranelift, LEN, trips));
    for got in [machine, in_order] {
        match (&reference, got) {
            (Ok(expected), Ok(got)) => prop_assert_eq!(expected, &got, "{}", graph),
            (Err(expected), Err(got)) => prop_assert_eq!(expected.message(), got.message(), "{}", graph),
            (expected, got) => prop_assert!(false, "{:?} and {:?}\n{}", expected, got, graph),
        }
    }
    // With reductions, the last digits may differ; the errors do not, nor anything on one thread.
    let several = run::<T>(&graph, Engine::Cranelift, LEN, trips);
    let one = with_threads(1, || run::<T>(&graph, Engine::Cranelift, LEN, trips));
    match (&reference, &several, &one) {
        (Ok(_), Ok(several), Ok(one)) => prop_assert_eq!(several, one, "{}", graph),
        (Err(expected), Err(several), Err(one)) => {
            prop_assert_eq!(expected.message(), several.message(), "{}", graph);
            prop_assert_eq!(expected.message(), one.message(), "{}", graph);
        }
        _ => prop_assert!(false, "{:?}, {:?} and {:?}\n{}", reference, several, one, graph),
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(1200))]

    #[test]
    fn loops_over_f64(choices in prop::collection::vec(0u32..1000, 10..90), trips in prop::sample::select(vec![0usize, 1, 63, 64, 65, 130, 147, 148])) {
        compare::<f64>(choices, "f64", trips)?;
    }

    #[test]
    fn loops_over_f32(choices in prop::collection::vec(0u32..1000, 10..90), trips in prop::sample::select(vec![2usize, 64, 140, 148])) {
        compare::<f32>(choices, "f32", trips)?;
    }

    #[test]
    fn loops_over_i64(choices in prop::collection::vec(0u32..1000, 10..90), trips in prop::sample::select(vec![2usize, 64, 140, 148])) {
        compare::<i64>(choices, "i64", trips)?;
    }
}
