//! The nearest method is named.
use desc_jit::prelude::*;

trait More {
    fn sqared(&self) -> f64;
    fn sum_axes(&self) -> f64;
}
impl More for f64 {
    fn sqared(&self) -> f64 {
        self * self
    }
    fn sum_axes(&self) -> f64 {
        *self
    }
}

#[desc_jit]
fn call(x: f64) -> f64 {
    x.sqared() + x.sum_axes()
}

fn main() {
    call(1.0);
}
