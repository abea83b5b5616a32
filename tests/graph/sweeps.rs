//! Random sweeps over matrices, most of them divided among threads: the bits, or the error of the first iteration that
//! fails, are those of one thread, and in the order of the text those of the register machine.

use desc_jit::__private::with_native_arithmetic;
use desc_jit::array::Number;
use desc_jit::{Engine, Graph, with_threads};
use desc_jit_tests::generate::sweeps::{SHAPE, program, run};
use proptest::prelude::*;

fn compare<T: Number>(choices: Vec<u32>, dtype: &'static str) -> Result<(), TestCaseError> {
    let text = program(choices, dtype);
    let graph: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let on = |engine| run::<T>(&graph, engine, SHAPE).map_err(|e| e.message().to_string());
    let machine = on(Engine::Machine);
    let in_order = with_native_arithmetic(|| on(Engine::Cranelift));
    prop_assert!(machine == in_order, "the machine, and Cranelift in native arithmetic\n{}", graph);
    let one = with_threads(1, || on(Engine::Cranelift));
    let several = on(Engine::Cranelift);
    prop_assert!(one == several, "one thread, and several\n{}", graph);
    prop_assert_eq!(machine.err(), one.err(), "{}", graph);
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(25))]

    #[test]
    fn sweeps_over_f64(choices in prop::collection::vec(0u32..1000, 10..90)) {
        compare::<f64>(choices, "f64")?;
    }

    #[test]
    fn sweeps_over_f32(choices in prop::collection::vec(0u32..1000, 10..90)) {
        compare::<f32>(choices, "f32")?;
    }

    #[test]
    fn sweeps_over_i64(choices in prop::collection::vec(0u32..1000, 10..90)) {
        compare::<i64>(choices, "i64")?;
    }
}
