//! Macros of other crates, and of the user.
use desc_jit::prelude::*;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[desc_jit]
fn kinetic(mass: f64, v: f64) -> f64 {
    let label = format!("{v} m/s");
    let _ = label;
    0.5 * mass * square!(v)
}

fn main() {}
