//! Adapters whose items have no known position, and those that staged code doesn't know.
use desc_jit::prelude::*;

#[desc_jit]
fn adapters(x: &Array1<f64>, n: usize) -> f64 {
    let mut sum = 0.0;
    for v in x.iter().filter(|v| **v > 0.0).rev() {
        sum += v;
    }
    for (v, w) in x.iter().zip((0..n).flat_map(|i| x.iter().skip(i)).filter(|v| **v > 0.0)) {
        sum += v * w;
    }
    for v in x.iter().cycle().take(n) {
        sum += v;
    }
    sum
}

#[desc_jit]
fn written(x: &mut Array1<f64>, y: &mut Array1<f64>) {
    for v in x.iter_mut().chain(y.iter_mut()) {
        *v += 1.0;
    }
}

fn root(v: f64) -> Option<f64> {
    (v > 0.0).then(|| v.sqrt())
}

#[desc_jit]
fn options(x: &Array1<f64>) -> f64 {
    let a: f64 = x.iter().copied().filter_map(root).sum();
    let b: f64 = x.iter().scan(0.0, |s, v| Some(*s + v).filter(|w| w.is_finite())).sum();
    let c: f64 = x
        .iter()
        .flat_map(|v| {
            const TWICE: f64 = 2.0;
            x.iter().map(move |w| TWICE * v * w)
        })
        .sum();
    a + b + c
}

#[desc_jit]
fn behind_an_end(n: usize) -> usize {
    (0..).take_while(|i| i * i < n).chain(100..103).sum()
}

#[desc_jit]
fn left(x: &Array1<f64>, y: &Array1<f64>) -> Array1<f64> {
    let mut z = x.clone();
    for (k, v) in (0..3)
        .flat_map(|i| {
            if i == 1 {
                return y.clone();
            }
            x.clone()
        })
        .enumerate()
    {
        z[k % 2] += v;
    }
    z
}

fn main() {
    adapters(&Array1::zeros(3), 2);
}
