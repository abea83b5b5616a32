//! A function of a kind that only nightly compilers know.
use desc_jit::prelude::*;

trait Model {
    fn pressure(n: f64, t: f64) -> f64;
}

struct Gas;

impl Model for Gas {
    #[desc_jit]
    default fn pressure(n: f64, t: f64) -> f64 {
        n * t
    }
}

fn main() {}
