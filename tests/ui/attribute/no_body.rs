//! A required method of a trait, which has no body to compile.
use desc_jit::prelude::*;

trait Model {
    #[desc_jit]
    fn pressure(n: f64, t: f64) -> f64;
}

fn main() {}
