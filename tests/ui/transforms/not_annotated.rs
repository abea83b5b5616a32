//! A transform of a function without the attribute: rustc answers at the user's name, once.
use desc_jit::prelude::*;

fn plain(x: f64) -> f64 {
    x
}

#[desc_jit]
fn called(x: f64) -> f64 {
    grad(plain)(x)
}

fn main() {
    called(1.0);
}
