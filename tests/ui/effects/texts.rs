//! What a format string can't be in staged code.
use desc_jit::prelude::*;

#[desc_jit]
fn made_elsewhere(x: f64) -> f64 {
    println!(concat!("x is ", "{}"), x);
    x
}

#[desc_jit]
fn padded_text(x: f64) -> f64 {
    println!("{:>10} {x}", "x");
    x
}

#[desc_jit]
fn assigns(x: f64) -> f64 {
    let mut y = x;
    assert!(x > 0.0, "{}", {
        y = 1.0;
        y
    });
    y
}

#[desc_jit]
fn named_by_a_variable(x: f64, n: usize) -> f64 {
    let mut x = x;
    const NAME: &str = "steps";
    for _ in progress(NAME, 0..n) {
        x += 1.0;
    }
    x
}

fn main() {}
