use desc_jit::prelude::*;

struct Plain {
    x: f64,
}

#[derive(Tree)]
struct State {
    name: String,
    plain: Plain,
    #[tree(static)]
    values: Array1<f64>,
}

fn main() {}
