//! `#[unroll]` where there is no `for`, and with arguments.
use desc_jit::prelude::*;

#[desc_jit]
fn root(a: f64) -> f64 {
    let mut x = a;
    #[unroll]
    while (x * x - a).abs() > 1e-12 {
        x = 0.5 * (x + a / x);
    }
    #[unroll(6)]
    for _ in 0..6 {
        x = 0.5 * (x + a / x);
    }
    x
}

fn main() {}
