//! The attribute on a module, an enum, a constant and a type.
use desc_jit::prelude::*;

#[desc_jit]
mod gas {}

#[desc_jit]
enum Phase {
    Solid,
}

#[desc_jit]
const BOLTZMANN: f64 = 1.380649e-23;

#[desc_jit]
type Real = f64;

fn main() {}
