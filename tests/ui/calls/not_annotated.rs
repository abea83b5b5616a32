//! A function without the attribute: rustc answers on its name.
use desc_jit::prelude::*;

fn plain(x: f64) -> f64 {
    x + 1.0
}

#[desc_jit]
fn call(x: f64) -> f64 {
    plain(x)
}

fn main() {
    call(1.0);
}
