//! `#[parallel]` on anything but a `for`, and with arguments.
use desc_jit::prelude::*;

#[desc_jit]
#[parallel]
fn whole(x: f64) -> f64 {
    x
}

#[desc_jit]
fn misplaced(x: &Array1<f64>) -> Array1<f64> {
    #[parallel]
    let mut y = x.clone();
    let mut k = 0;
    #[parallel]
    while k < x.len() {
        k += 1;
    }
    #[parallel]
    if k > 1 {
        y[0] = 1.0;
    }
    for i in 0..x.len() {
        #[parallel]
        y[i] = 2.0 * x[i];
    }
    y
}

#[desc_jit]
fn arguments(x: &Array1<f64>) -> Array1<f64> {
    let mut y = x.clone();
    #[parallel(4)]
    for i in 0..x.len() {
        y[i] = 2.0 * x[i];
    }
    y
}

fn main() {
    whole(1.0);
    misplaced(&Array1::ones(3));
    arguments(&Array1::ones(3));
}
