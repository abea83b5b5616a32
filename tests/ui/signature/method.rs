//! Methods are not compiled yet; the function still exists.
use desc_jit::prelude::*;

struct State {
    energy: f64,
}

impl State {
    #[desc_jit]
    fn twice(&self) -> f64 {
        2.0
    }
}

fn main() {
    let state = State { energy: 1.0 };
    println!("{} {}", state.energy, state.twice());
}
