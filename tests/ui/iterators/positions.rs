//! What gives several lists.
use desc_jit::prelude::*;

#[desc_jit]
fn balance(u: &Array1<f64>) -> f64 {
    let (gains, losses): (Vec<f64>, Vec<f64>) = u.iter().partition(|v| **v > 0.0);
    gains.iter().sum::<f64>() / losses.iter().sum::<f64>()
}

#[desc_jit]
fn apart(u: &Array1<f64>) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = u.iter().map(|v| (v.sin(), v.cos())).unzip();
    a[0] * b[0]
}

fn main() {}
