//! What a progress bar stands around, and its name.
use desc_jit::prelude::*;

const NAME: &str = "modes";

#[desc_jit]
fn total(mass: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for m in progress("particles", mass.iter()) {
        sum += m;
    }
    for i in progress(NAME, 0..mass.len()) {
        sum += mass[i];
    }
    sum
}

fn main() {}
