//! What is no place on the left of an assignment: rustc says so once.
use desc_jit::prelude::*;

static TOTAL: f64 = 0.0;

#[desc_jit]
fn fix(u: &Array1<f64>, v: f64) -> f64 {
    u.sum() = 1.0;
    TOTAL += v;
    (v, 1.0) += (v, v);
    totl = v;
    v
}

fn main() {}
