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

struct Units<T>(T);

impl Units<f64> {
    fn scaled(x: f64) -> f64 {
        x
    }
}

#[desc_jit]
fn scaled(x: f64) -> f64 {
    Units::<f64>::scaled(x)
}

fn main() {
    let _ = potential(1.0) + scaled(1.0);
}
