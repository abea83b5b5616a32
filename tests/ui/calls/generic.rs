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

#[derive(Tree, Clone)]
struct Grid<const N: usize> {
    x: [f64; N],
}

#[desc_jit]
impl<const N: usize> Grid<N> {
    fn new(x: [f64; N]) -> Self {
        Self { x }
    }
}

// `N` is read off the argument, where it is too late for a type.
#[desc_jit]
fn first<const N: usize>(x: [f64; N]) -> f64 {
    Grid::<N>::new(x).x[0]
}

fn main() {
    let _ = potential(1.0) + first([1.0]);
}
