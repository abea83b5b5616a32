//! `swap` with something that is no variable.
use desc_jit::prelude::*;

fn first(u: &mut Array1<f64>) -> &mut f64 {
    u.iter_mut().next().unwrap()
}

#[desc_jit]
fn exchange(u: &mut Array1<f64>, a: f64) {
    let mut b = a;
    std::mem::swap(first(u), &mut b);
}

fn main() {}
