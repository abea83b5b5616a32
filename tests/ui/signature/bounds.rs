//! Type parameters of arguments that are no floats, as far as one can tell.
use desc_jit::prelude::*;

#[desc_jit]
fn scale<T: Copy + std::ops::Mul<Output = T>>(x: &Array1<T>, k: T) -> f64 {
    1.0
}

#[desc_jit]
fn total<T>(x: &[T]) -> f64
where
    T: num_traits::Float,
{
    1.0
}

fn main() {
    scale(&Array1::<f64>::zeros(3), 1.0);
    total(&[1.0]);
}
