//! Rules of derivatives that are not written as they should be.
use desc_jit::prelude::*;

#[desc_jit(jvp)]
fn without_function(x: f64) -> f64 {
    x
}

#[desc_jit(checkpoint(3))]
fn with_list(x: f64) -> f64 {
    x
}

#[desc_jit(checkpoint, vjp = cube_vjp)]
fn two(x: f64) -> f64 {
    x * x * x
}

#[desc_jit(jpv = cube_jvp)]
fn misspelt(x: f64) -> f64 {
    x * x * x
}

#[desc_jit(checkpoint)]
fn updates(x: &mut Array1<f64>) {
    x[0] = 1.0;
}

#[desc_jit]
fn cube_vjp(x: f64, ct: f64) -> f64 {
    3.0 * x * x * ct
}

fn main() {
    without_function(1.0);
    with_list(1.0);
    two(1.0);
    misspelt(1.0);
    updates(&mut Array1::ones(3));
    cube_vjp(1.0, 1.0);
}
