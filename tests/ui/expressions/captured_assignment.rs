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

#[desc_jit]
fn kept(x: &Array1<f64>) -> f64 {
    let mut count = 0.0;
    let double = |v: f64| {
        count += 1.0;
        2.0 * v
    };
    let y = x.mapv(double);
    y.sum() + count
}

fn main() {
    sum(&Array1::zeros(3));
}
