//! A `swap` that is not `std::mem::swap` is not mistaken for it.
use desc_jit::prelude::*;

#[desc_jit]
fn swap(a: &mut f64, b: &mut f64) {
    *a += *b;
}

#[desc_jit]
fn call(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    swap(&mut a, &mut b);
    a - b
}

fn main() {
    call(1.0, 2.0);
}
