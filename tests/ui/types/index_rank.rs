//! Another number of indices than there are axes.
use desc_jit::prelude::*;

#[desc_jit]
fn pick(u: &Array1<f64>, t: &Array2<f64>) -> f64 {
    u[[0, 1]] + t[[0, 1, 2]]
}

fn main() {}
