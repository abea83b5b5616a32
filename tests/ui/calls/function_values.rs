//! Functions in variables.
use desc_jit::prelude::*;

#[desc_jit]
fn apply(x: f64, k: usize) -> f64 {
    let f = f64::sqrt;
    let branches: [fn(f64) -> f64; 2] = [f64::sqrt, f64::abs];
    let mut y = f(x);
    let old = std::mem::take(&mut y);
    cond(x > 0.0, f, f, old) + switch(k, branches, x)
}

fn main() {
    apply(1.0, 1);
}
