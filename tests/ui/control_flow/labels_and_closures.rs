//! Labelled blocks, `return` in a closure, and patterns of a loop.
use desc_jit::prelude::*;

#[desc_jit]
fn labels(x: &Array1<f64>, n: usize) -> f64 {
    let mut total = 'outer: {
        if n > 3 {
            break 'outer 1.0;
        }
        2.0
    };
    for ref i in 0..n {
        total += *i as f64;
    }
    total + x.mapv(|v| { return 2.0 * v; }).sum()
}

fn main() {
    labels(&Array1::zeros(3), 1);
}
