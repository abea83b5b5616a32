//! What can't be a parameter of a generic function.
use desc_jit::prelude::*;

#[desc_jit]
fn scale<'a, T: Float>(x: &'a Array1<T>) -> T {
    x.sum()
}

#[desc_jit]
fn integral<F: Fn(f64) -> f64, const NAME: char>(a: f64, b: f64) -> f64 {
    b - a
}

#[desc_jit]
fn composed<F, G>(a: f64) -> f64
where
    F: FnMut(f64) -> f64,
    G: Copy,
{
    a
}

#[derive(Tree, Clone)]
struct State {
    x: f64,
}

#[desc_jit]
trait Scaled {
    fn scaled<T: Float, const N: usize>(&self) -> f64 {
        1.0
    }
}

#[desc_jit]
impl State {
    fn copied<T: Copy>(&self, _x: T) -> f64 {
        self.x
    }
}

fn main() {}
