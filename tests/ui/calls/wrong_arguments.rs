//! Calls of annotated functions with other arguments: rustc says so once.
use desc_jit::prelude::*;

#[desc_jit]
fn potential(r: f64, depth: f64) -> f64 {
    depth * r * r
}

#[desc_jit]
fn energy(r: f64, n: usize) -> f64 {
    potential(r) + potential(r, n)
}

fn main() {}
