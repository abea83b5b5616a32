//! A closure that assigns what is around it.
use desc_jit::prelude::*;

#[desc_jit]
fn sum(x: &Array1<f64>) -> f64 {
    let mut total = 0.0;
    let _y = x.mapv(|v| {
        total += v;
        v
    });
    total
}

fn main() {
    sum(&Array1::zeros(3));
}
