//! A functional update whose result is dropped.
use desc_jit::prelude::*;

#[desc_jit]
fn update(x: &Array1<f64>) -> Array1<f64> {
    let _y = x.at(0).set(1.0);
    x.at(0).set(1.0);
    x.clone()
}

fn main() {
    update(&Array1::zeros(3));
}
