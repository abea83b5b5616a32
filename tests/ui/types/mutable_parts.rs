//! Parts of parameters that are to be updated in place.
use desc_jit::prelude::*;

#[desc_jit]
fn advance(state: (&mut Array1<f64>, f64), dt: f64) {
    state.0[0] += dt * state.1;
}

#[desc_jit]
fn both((x, y): (ndarray::ArrayViewMut1<f64>, &mut f64)) {
    *y += x.sum();
}

fn main() {}
