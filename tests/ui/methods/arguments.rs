//! Type arguments of methods, and an axis that is not written out.
use desc_jit::prelude::*;

#[desc_jit]
fn twice(x: &Array2<f64>) -> Array2<f64> {
    let mut y = x.mapv::<f64, _>(|v| 2.0 * v);
    let axis = Axis(1);
    y.index_axis_mut(axis, 0).fill(1.0);
    y
}

fn main() {
    twice(&Array2::zeros((2, 2)));
}
