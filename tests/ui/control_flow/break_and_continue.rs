//! `break` and `continue`, with what to write instead.
use desc_jit::prelude::*;

#[desc_jit]
fn search(x: &Array1<f64>) -> usize {
    let mut found = 0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        if x[i] > 1.0 {
            found = i;
            break;
        }
    }
    found
}

fn main() {
    search(&Array1::zeros(3));
}
