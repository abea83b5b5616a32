//! What is collected of pairs whose first parts come from a closure that assigns.
use desc_jit::prelude::*;

#[desc_jit]
fn numbered(u: &Array1<f64>, w: &Array1<f64>) -> Array1<f64> {
    let mut n = 0.0;
    let mut next = |a: f64| {
        n += 1.0;
        n * a
    };
    u.iter().map(|a| next(*a)).zip(w).map(|(a, b)| a * b).collect()
}

fn main() {}
