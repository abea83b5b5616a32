//! Generic functions are not compiled yet. Each parameter says what to write instead.
use desc_jit::prelude::*;

#[desc_jit]
fn scale<'a, T, const N: usize>(x: &'a Array1<f64>, _k: T) -> f64
where
    T: Copy,
{
    x.sum() * N as f64
}

fn main() {
    scale::<_, 3>(&Array1::zeros(3), 1.0);
}
