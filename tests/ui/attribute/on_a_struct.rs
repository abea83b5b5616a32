//! The attribute on something that is not a function.
use desc_jit::prelude::*;

#[desc_jit]
struct State {
    _energy: f64,
}

#[desc_jit]
impl State {}

fn main() {}
