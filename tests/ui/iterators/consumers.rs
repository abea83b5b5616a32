//! What gives an `Option` or a list of unknown length.
use desc_jit::prelude::*;

#[desc_jit]
fn consumers(x: &Array1<f64>) -> f64 {
    let first = x.iter().position(|v| *v > 1.0);
    let largest = x.iter().copied().reduce(f64::max).unwrap();
    let order = x.iter().max_by(|a, b| b.partial_cmp(a).unwrap().reverse()).unwrap();
    let positive: Vec<f64> = x.iter().copied().filter(|v| *v > 0.0).collect();
    first.map_or(0.0, |i| x[i]) + largest + order + positive[0]
}

fn main() {
    consumers(&Array1::zeros(3));
}
