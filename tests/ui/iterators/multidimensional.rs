//! Iterators of `ndarray` that staged code does not know.
use desc_jit::prelude::*;

#[desc_jit]
fn moment(u: &Array1<f64>, t: &Array2<f64>) -> f64 {
    let mut sum = 0.0;
    for (i, v) in u.indexed_iter() {
        sum += i as f64 * v;
    }
    for lane in t.lanes(Axis(0)) {
        sum += lane.sum();
    }
    sum
}

fn main() {}
