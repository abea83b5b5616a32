//! What is at a position, in the ways of lists.
use desc_jit::prelude::*;

#[desc_jit]
fn third(u: &Array1<f64>) -> f64 {
    *u.iter().nth(2).unwrap()
}

#[desc_jit]
fn longest(u: &Array1<f64>) -> f64 {
    u.windows(2).into_iter().map(|w| w[1] - w[0]).reduce(f64::max).unwrap()
}

fn main() {}
