//! What is updated is no constant of the compilation.
use desc_jit::prelude::*;

#[desc_jit(static(energy))]
fn heat(energy: &mut f64, power: f64) {
    *energy += power;
}

fn main() {}
