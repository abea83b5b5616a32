//! What can't be assigned.
use desc_jit::prelude::*;

static TABLE: [f64; 2] = [1.0, 2.0];
const COPY: [f64; 2] = [1.0, 2.0];

#[desc_jit]
fn write(x: &Array1<f64>) -> f64 {
    COPY[0] = 2.0;
    x.clone()[0] = 2.0;
    TABLE[0]
}

fn main() {
    write(&Array1::zeros(3));
}
