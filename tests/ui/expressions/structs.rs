//! Structs: literals, fields and constructors.
use desc_jit::prelude::*;

struct State {
    energy: f64,
}
struct Wrapper(f64);

#[desc_jit]
fn energy(x: f64) -> f64 {
    let state = State { energy: x };
    let wrapper = Wrapper(x);
    state.energy + wrapper.0
}

fn main() {
    energy(1.0);
}
