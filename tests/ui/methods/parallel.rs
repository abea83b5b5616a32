//! Iterators of rayon.
use desc_jit::prelude::*;

use rayon::prelude::*;

#[desc_jit]
fn total(u: &Array1<f64>) -> f64 {
    u.as_slice().unwrap().par_iter().map(|v| v * v).sum()
}

fn main() {}
