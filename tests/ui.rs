//! Every diagnostic of the macro: wrong programs beside what the compiler says about them.
//! `TRYBUILD=overwrite cargo test -p desc-jit-tests --test ui` writes the messages anew.

#[test]
fn diagnostics() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
