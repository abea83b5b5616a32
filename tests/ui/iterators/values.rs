//! Iterators that are kept, and not used up where they stand.
use desc_jit::prelude::*;

#[desc_jit]
fn kept(x: &Array1<f64>) -> f64 {
    let squares = x.iter().map(|v| v * v);
    let mut pairs = x.iter().zip(x.iter());
    squares.sum::<f64>() + pairs.next().unwrap().0
}

fn main() {
    kept(&Array1::zeros(3));
}
