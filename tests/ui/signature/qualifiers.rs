//! Qualifiers that a compiled function can't have, all reported.
use desc_jit::prelude::*;

#[desc_jit]
async fn later(x: f64) -> f64 {
    x
}

#[desc_jit]
const fn early(x: f64) -> f64 {
    x
}

#[desc_jit]
unsafe fn careless(x: f64) -> f64 {
    x
}

#[desc_jit]
extern "C" fn foreign(x: f64) -> f64 {
    x
}

fn main() {
    let _ = later(1.0);
    early(1.0);
    unsafe { careless(1.0) };
    foreign(1.0);
}
