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

#[desc_jit]
fn without_end(x: f64) -> f64 {
    let mut y = x;
    #[unroll]
    for i in 0.. {
        if y < 1e-3 {
            break;
        }
        y = 0.5 * y + 1e-6 * i as f64;
    }
    #[unroll]
    for i in (0..).flat_map(|k| 0..k) {
        if i > 3 {
            break;
        }
        y += 1.0;
    }
    y
}

fn main() {}
