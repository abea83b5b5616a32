//! A type of the user's own: rustc asks for the trait that it lacks, on the type.
use desc_jit::prelude::*;

struct State {
    _energy: f64,
}

#[desc_jit]
fn energy(state: &State) -> f64 {
    let _ = state;
    1.0
}

fn main() {
    energy(&State { _energy: 1.0 });
}
