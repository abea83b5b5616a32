//! What works, and may not be meant: warnings, here as errors. The function is compiled all the same.
#![deny(deprecated, unused_variables, unused_must_use)]
use desc_jit::prelude::*;

#[desc_jit(static(n, dt))]
fn steps(x: f64, n: usize, dt: f64) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y -= dt * y;
    }
    y
}

#[desc_jit]
fn written_out(x: f64) -> f64 {
    let mut y = x;
    #[unroll]
    for _ in 0..=300 {
        y *= 0.5;
    }
    y
}


#[derive(Tree)]
struct Damped {
    spring: f64,
}

#[desc_jit]
impl Damped {
    #[desc_jit(static(dt))]
    fn force(&self, x: f64, dt: f64) -> f64 {
        -self.spring * x * dt
    }
}

#[desc_jit]
fn forgotten(x: &Array1<f64>, unused: f64) -> f64 {
    let mean = x.sum() / x.len() as f64;
    let half = 0.5 * mean;
    steps(mean, 3, 0.1);
    x.sum().sqrt();
    mean
}

#[desc_jit(static(dt), allow(DJ1101))]
fn meant(x: f64, dt: f64) -> f64 {
    x - dt * x
}

#[desc_jit(allow(DJ1102))]
fn meant_too(x: f64) -> f64 {
    let mut y = x;
    #[unroll]
    for _ in 0..300 {
        y *= 0.5;
    }
    y
}

fn main() {}
