//! `#[checkpoint]` on anything but a `for`, and with arguments.
use desc_jit::prelude::*;

#[desc_jit]
#[checkpoint]
fn whole(x: f64) -> f64 {
    x
}

#[desc_jit]
fn misplaced(x: f64) -> f64 {
    let mut y = x;
    #[checkpoint]
    while y < 10.0 {
        y *= 2.0;
    }
    y
}

#[desc_jit]
fn arguments(x: f64) -> f64 {
    let mut y = x;
    #[checkpoint(100)]
    for _ in 0..1000 {
        y *= 0.5;
    }
    y
}

fn main() {
    whole(1.0);
    misplaced(1.0);
    arguments(1.0);
}
