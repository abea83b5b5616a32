//! Closures in a tuple, taken apart, and passed on.
use desc_jit::prelude::*;

#[desc_jit]
fn potential(x: f64) -> f64 {
    let well = |r: f64| r * r;
    let pair = (well, x);
    pair.1
}

#[desc_jit]
fn hidden(x: f64) -> f64 {
    let mut total = 0.0;
    let scaled = |v: f64| 2.0 * v;
    let mut add = |v: f64| total += scaled(v);
    add(x);
    let scaled = |v: f64| 100.0 * v;
    add(scaled(x));
    total
}

fn main() {}
