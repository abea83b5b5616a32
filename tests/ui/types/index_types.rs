//! An index that is a float or a signed integer: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn pick(u: &Array1<f64>, x: f64, k: i64) -> f64 {
    u[x] + u[k]
}

fn main() {}
