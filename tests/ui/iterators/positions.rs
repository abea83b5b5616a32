//! What gives several lists, and what can't be put into one.
use desc_jit::prelude::*;

#[desc_jit]
fn balance(u: &Array1<f64>) -> f64 {
    let (gains, losses): (Vec<f64>, Vec<f64>) = u.iter().partition(|v| **v > 0.0);
    gains.iter().sum::<f64>() / losses.iter().sum::<f64>()
}

#[desc_jit]
fn apart(u: &Array1<f64>) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = u.iter().filter(|v| **v > 0.0).map(|v| (v.sin(), v.cos())).unzip();
    let mut n = 0.0;
    let paired: f64 = u.iter().zip(u.iter().flat_map(|v| u.iter().filter(move |w| *w > v))).map(|(v, w)| v * w).sum();
    let numbered: f64 = u.iter().copied().chain(u.iter().flat_map(|v| {
        n += 1.0;
        [*v, n]
    })).sum();
    a[0] * b[0] + paired + numbered
}

fn main() {}
