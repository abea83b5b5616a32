//! Methods with too few or too many arguments: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn reset(u: &mut Array1<f64>, k: usize) -> f64 {
    u.fill();
    u.swap(k);
    let v = u.mapv();
    v[0].powi(2, 3)
}

fn main() {}
