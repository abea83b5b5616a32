//! The updated array of `put` is dropped.
use desc_jit::prelude::*;

#[desc_jit]
fn clamp_ends(u: &Array1<f64>) -> Array1<f64> {
    let v = u.clone();
    put(&v, 0, 0.0);
    v
}

fn main() {}
