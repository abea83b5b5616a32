//! A model that is chosen at run time.
use desc_jit::prelude::*;

#[desc_jit]
fn energy(potential: Box<dyn Fn(f64) -> f64>, x: f64) -> f64 {
    potential(x)
}

fn main() {}
