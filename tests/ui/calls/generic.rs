//! Type arguments of a call.
use desc_jit::prelude::*;

fn same<T>(x: T) -> T {
    x
}

#[desc_jit]
fn call(x: f64) -> f64 {
    same::<f64>(x)
}

fn main() {
    call(1.0);
}
