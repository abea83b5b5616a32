//! Threads of the user.
use desc_jit::prelude::*;

use std::sync::Mutex;

#[desc_jit]
fn decay(u: &mut Array1<f64>) {
    let _sum = Mutex::new(0.0);
    std::thread::scope(|s| {
        s.spawn(|| u[0] *= 0.5);
    });
}

#[desc_jit]
fn both(x: f64) -> f64 {
    rayon::join(|| x, || x).0
}

fn main() {}
