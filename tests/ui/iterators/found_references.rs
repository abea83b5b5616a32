//! Items that are found among those of `iter_mut()` would be copies.
use desc_jit::prelude::*;

#[desc_jit]
fn found(x: &mut Array1<f64>, limit: f64) {
    let first = x.iter_mut().find(|v| **v > limit).unwrap();
    *first = limit;
    let least = x.iter_mut().min_by(|a, b| a.total_cmp(b)).unwrap();
    *least = 0.0;
    let mut all: Vec<&mut f64> = x.iter_mut().collect();
    *all[0] = 2.0;
}

fn main() {}
