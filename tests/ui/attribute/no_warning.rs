//! Only warnings can be allowed, by their codes.
use desc_jit::prelude::*;

#[desc_jit(allow(DJ0302))]
fn an_error(x: f64) -> f64 {
    x
}

#[desc_jit(allow(deprecated))]
fn a_lint(x: f64) -> f64 {
    x
}

#[desc_jit(alow(DJ1101))]
fn misspelt(x: f64) -> f64 {
    x
}

#[desc_jit(allow = DJ1101)]
fn no_list(x: f64) -> f64 {
    x
}

fn main() {}
