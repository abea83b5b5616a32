//! An element that an iterator finds.
use desc_jit::prelude::*;

#[desc_jit]
fn fix(u: &mut Array1<f64>) {
    *u.iter_mut().last().unwrap() = 0.0;
}

fn main() {}
