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

#[desc_jit]
fn other_constants(x: f64) -> f64 {
    const SCALE: f64 = 2.0;
    #[desc_jit]
    fn twice(v: f64) -> f64 {
        2.0 * v
    }
    let mut total = x;
    let mut add = |v: f64| total += SCALE * v;
    let mut double = |v: f64| add(twice(v));
    {
        const SCALE: f64 = 3.0;
        double(SCALE * x);
    }
    total
}

fn main() {}
