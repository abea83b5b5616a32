//! Methods that write in place.
use desc_jit::prelude::*;

#[desc_jit]
fn scale(x: &Array1<f64>) -> Array1<f64> {
    let mut y = x.clone();
    y.mapv_inplace(|v| 2.0 * v);
    y.clone().fill(1.0);
    y
}

fn main() {
    scale(&Array1::zeros(3));
}
