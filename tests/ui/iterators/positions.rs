//! What is at a position, in the ways of lists.
use desc_jit::prelude::*;

#[desc_jit]
fn root(u: &Array1<f64>) -> f64 {
    u.iter().find_map(|v| (*v > 0.0).then(|| v.sqrt())).unwrap()
}

#[desc_jit]
fn running(u: &Array1<f64>) -> f64 {
    u.iter().scan(0.0, |s, v| { *s += v; Some(*s) }).sum()
}

fn main() {}
