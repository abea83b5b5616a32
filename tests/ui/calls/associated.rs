//! Functions of types that staged code does not know.
use desc_jit::prelude::*;

struct Gas;

impl Gas {
    fn pressure(density: f64) -> f64 {
        density
    }
}

#[desc_jit]
fn call(x: f64) -> f64 {
    let y = f64::sqr(x);
    let a = Array1::<f64>::zeroes(3);
    Gas::pressure(x) + y + a[0]
}

fn main() {
    call(1.0);
}
