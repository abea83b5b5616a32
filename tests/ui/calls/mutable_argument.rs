//! `&mut` of something that is not a place, and `drop`.
use desc_jit::prelude::*;

#[desc_jit]
fn bump(x: &mut f64) {
    *x += 1.0;
}

#[desc_jit]
fn call(x: f64) -> f64 {
    bump(&mut (x + 1.0));
    drop(x);
    x
}

fn main() {
    call(1.0);
}
