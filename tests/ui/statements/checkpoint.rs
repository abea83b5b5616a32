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

#[desc_jit]
fn without_end(x: f64) -> f64 {
    let mut y = x;
    #[checkpoint]
    for i in 0.. {
        if y < 1e-3 {
            break;
        }
        y = 0.5 * y + 1e-6 * i as f64;
    }
    #[checkpoint]
    for i in (0..).flat_map(|k| 0..k) {
        if i > 3 {
            break;
        }
        y += 1.0;
    }
    y
}

fn main() {
    whole(1.0);
    misplaced(1.0);
    arguments(1.0);
    without_end(1.0);
}
