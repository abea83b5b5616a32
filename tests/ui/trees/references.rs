use desc_jit::prelude::*;

#[derive(Tree)]
#[tree(static)]
struct State {
    x: &'static Array1<f64>,
    #[tree(constant)]
    n: usize,
}

fn main() {}
