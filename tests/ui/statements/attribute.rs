//! Lint attributes are fine, conditional compilation is not.
use desc_jit::prelude::*;

#[desc_jit]
fn choose(x: f64) -> f64 {
    #[allow(unused_variables)]
    let unused = 1.0;
    #[cfg(windows)]
    let x = 2.0 * x;
    x
}

fn main() {
    choose(1.0);
}
