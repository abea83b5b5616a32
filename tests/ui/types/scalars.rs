//! Scalars that staged code does not have.
use desc_jit::prelude::*;

#[desc_jit]
fn add(x: u8, y: &Array1<f64>) -> f64 {
    let z = 3u8;
    let c = x as i16;
    y[0] + z as f64 + c as f64 + y.len() as u16 as f64
}

fn main() {
    add(1, &Array1::zeros(1));
}
