//! What can't stand in an `impl` block that is compiled.
use desc_jit::prelude::*;

#[derive(Tree, Clone)]
struct Gas {
    t: f64,
}

macro_rules! constants {
    () => {
        const BOLTZMANN: f64 = 1.380649e-23;
    };
}

#[desc_jit]
impl Gas {
    constants!();

    fn pressure(&self, n: f64) -> f64 {
        n * self.t
    }
}

fn main() {}
