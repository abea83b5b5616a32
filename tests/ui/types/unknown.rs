//! A type of the user's own: rustc asks for the trait that it lacks, once, on the type.
use desc_jit::prelude::*;

struct State {
    _energy: f64,
}

#[desc_jit]
fn energy(state: &State) -> f64 {
    let _ = state;
    1.0
}

#[desc_jit]
fn made(energy: f64) -> State {
    State { _energy: energy }
}

#[desc_jit]
fn total(pair: (f64, State), many: &[String]) -> f64 {
    pair.0
}

fn main() {
    energy(&State { _energy: 1.0 });
}
