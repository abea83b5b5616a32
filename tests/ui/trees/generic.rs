//! What generic structs and blocks can't have.
use desc_jit::prelude::*;

#[derive(Tree)]
struct Window<'a> {
    width: std::marker::PhantomData<&'a f64>,
}

#[derive(Tree, Clone)]
struct Gas<T> {
    t: T,
}

#[derive(Tree, Clone)]
struct Grid<const N: usize> {
    x: [f64; N],
}

trait Scaled<T> {
    fn scaled(&self, k: T) -> T;
}

#[desc_jit]
impl<T: Float> Scaled<T> for Gas<f64> {
    fn scaled(&self, k: T) -> T {
        k
    }
}

// Which length that is says only the type.
#[desc_jit]
fn moved<const N: usize>(grid: &Grid<N>) -> Grid<N> {
    Grid { x: grid.x }
}

#[desc_jit]
fn moved_by_hand<const N: usize>(grid: &Grid<N>) -> Grid<N> {
    Grid::<N> { x: grid.x }
}

#[derive(Tree, Clone)]
struct Labelled<T> {
    label: T,
}

#[desc_jit]
fn labels(x: &Labelled<String>) -> f64 {
    1.0
}

fn main() {}
