//! Mutable references and views that have no name of their own in staged code.
use desc_jit::prelude::*;

#[desc_jit]
fn change(x: &Array2<f64>) -> Array2<f64> {
    let mut y = x.clone();
    let mut total = 0.0;
    let (t, u) = (&mut total, 1.0);
    *t += u;
    let mut column = y.column_mut(0);
    column += *t;
    y
}

#[desc_jit]
fn hidden(x: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    for v in y.iter_mut() {
        let y = 2.0;
        *v *= y;
    }
    y.sum()
}

fn main() {
    change(&Array2::zeros((2, 2)));
    hidden(&Array1::zeros(2));
}
