//! A `for` loop over something else than a range.
use desc_jit::prelude::*;

#[desc_jit]
fn total(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for v in x.iter() {
        sum += v;
    }
    for (i, v) in x.iter().enumerate() {
        sum += i as f64 * v;
    }
    sum
}

fn main() {
    total(&Array1::zeros(3));
}
