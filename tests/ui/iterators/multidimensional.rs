//! Iterators of `ndarray` that staged code does not know.
use desc_jit::prelude::*;

#[desc_jit]
fn moment(t: &Array2<f64>) -> f64 {
    let mut sum = 0.0;
    for lane in t.lanes(Axis(0)) {
        sum += lane.sum();
    }
    sum
}

fn main() {}
