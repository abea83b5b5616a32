//! Associated functions that staged code does not have.
use desc_jit::prelude::*;

struct Gas;

impl Gas {
    fn pressure(x: f64) -> f64 {
        x
    }
}

#[desc_jit]
fn call(x: f64) -> f64 {
    let y = f64::from_bits(7);
    let a = Array1::<f64>::from_shape_simple_fn(3, || x);
    Gas::pressure(x) + y + a[0]
}

fn main() {
    call(1.0);
}
