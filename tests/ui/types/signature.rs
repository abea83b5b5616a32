//! Types that can't be in a signature.
use desc_jit::prelude::*;

#[desc_jit]
fn apply(f: impl Fn(f64) -> f64, g: fn(f64) -> f64, h: &dyn Fn(f64) -> f64, p: *const f64) -> f64 {
    let _ = (f(1.0), g(1.0), h(1.0), p);
    1.0
}

#[desc_jit]
fn lists(x: &[f64], y: Vec<f64>, z: [f64; 3]) -> Option<f64> {
    Some(x[0] + y[0] + z[0])
}

#[desc_jit]
fn text(name: &str) -> f64 {
    let _ = name;
    1.0
}

fn main() {
    apply(|x| x, |x| x, &|x| x, &1.0);
    lists(&[1.0], vec![1.0], [1.0; 3]);
    text("x");
}
