//! Functions of type parameters, and of generic types.
use desc_jit::prelude::*;

#[desc_jit]
fn power<T: Float>(x: T) -> T {
    x * x
}

#[desc_jit]
fn potential<T: Float>(x: T) -> T {
    let half = T::from(0.5);
    power::<T>(x * half.unwrap())
}

trait Halve {
    fn halve(self) -> Self;
}

#[desc_jit]
fn halved<T: Float + Halve>(x: T) -> T {
    T::halve(x)
}

trait Metric {
    fn hypot(x: f64, y: f64) -> f64;
}

#[desc_jit]
fn distance<M: Metric>(x: f64, y: f64) -> f64 {
    M::hypot(x, y)
}

fn main() {
    let _ = potential(1.0);
}
