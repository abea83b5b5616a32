//! Mutable references and views in variables.
use desc_jit::prelude::*;

#[desc_jit]
fn change(x: &Array2<f64>) -> Array2<f64> {
    let mut y = x.clone();
    let mut total = 0.0;
    let t = &mut total;
    *t += 1.0;
    let mut row = y.row_mut(0);
    row += *t;
    y
}

fn main() {
    change(&Array2::zeros((2, 2)));
}
