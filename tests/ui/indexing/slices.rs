//! Slices: only `s![..]`, used where it is made.
use desc_jit::prelude::*;

#[desc_jit]
fn part(x: &Array2<f64>) -> f64 {
    let whole = s![.., 0];
    let a = x.slice(whole);
    let b = x.slice(s![.., ndarray::NewAxis, 0]);
    a.sum() + b.sum()
}

fn main() {
    part(&Array2::zeros((2, 2)));
}
